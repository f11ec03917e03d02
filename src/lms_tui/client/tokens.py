"""Where a session is kept between two runs: the keyring, else a file of 0600, else (kiosks) nowhere.

Keyrings of machines without a desktop fail, hang or swallow what they are given (measured). So each call runs in
a thread of its own that nobody waits for at the end, with a time-out; every error counts as "no keyring"; and what
was written is read back before it is believed. After the first fault the keyring is left alone for this run.
"""

import asyncio
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar

import msgspec

from lms_tui.client.private_file import read_private, remove_private, write_private
from lms_tui.wire.accounts import Session

Kind = Literal["keyring", "file", "memory"]
Done = TypeVar("Done")

KEPT: Final[dict[Kind, str]] = {
    "keyring": "The session is kept in your keyring.",
    "file": "No keyring can be used here: the session is kept in a file that only you can read.",
    "memory": "The session ends with this run: it could be kept nowhere.",
}
"""What to tell of where a session is kept."""
KEYRING_SECONDS: Final = 5.0
_KEYRING_NAME: Final = "lms-tui"

_log = logging.getLogger(__name__)


class _NoKeyringError(Exception):
    """The keyring cannot be used in this run."""


class _Ring(Protocol):
    """What is used of the module `keyring`."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


class TokenStore:
    """Keeps one session per service. `kind` tells where, so that the screen can say so."""

    def __init__(self, folder: Path, *, kiosk: bool = False, seconds: float = KEYRING_SECONDS) -> None:
        """`folder` holds the files that stand in for a keyring; `seconds` is how long a keyring may take."""
        self._folder, self._seconds = folder, seconds
        self._memory: dict[str, Session] = {}
        self._ring_works = True
        self.kind: Kind = "memory" if kiosk else "keyring"
        """Where the session is kept, as far as is known: certain after `load` found one and after `save`."""

    async def load(self, service: str) -> Session | None:
        """Return the session kept for `service`, None where there is none that can be read.

        A file counts before the keyring: it is there only since the keyring failed after what it may still hold.
        """
        if self.kind == "memory":
            return self._memory.get(service)
        content, kind = await asyncio.to_thread(self._read_file, service), "file"
        if content is None and self._ring_works:
            try:
                text = await self._keyring(lambda ring: ring.get_password(_KEYRING_NAME, service))
            except _NoKeyringError:
                self.kind = "file"
                return None
            content, kind = text.encode() if text else None, "keyring"
        if content is None:
            return None
        self.kind = "file" if kind == "file" else "keyring"
        try:
            return msgspec.json.decode(content, type=Session)
        except msgspec.MsgspecError:
            _log.warning("the session kept for %s cannot be read: sign in again", service)
            return None

    async def save(self, service: str, session: Session) -> None:
        """Keep `session`. Raises OSError where neither keyring nor file takes it: it then lasts for this run."""
        if self.kind == "memory":
            self._memory[service] = session
            return
        content = msgspec.json.encode(session)
        self.kind = "file"
        if self._ring_works:
            with suppress(_NoKeyringError):
                await self._keyring(lambda ring: _write_and_read(ring, service, content.decode()))
                self.kind = "keyring"
        try:
            if self.kind == "keyring":
                await asyncio.to_thread(remove_private, self._folder, _file_name(service))
            else:
                await asyncio.to_thread(write_private, self._folder, _file_name(service), content)
        except OSError:
            self.kind = "memory"
            self._memory[service] = session
            raise

    async def forget(self, service: str) -> None:
        """Forget the session, wherever it is kept. Raises OSError when a file cannot be removed."""
        self._memory.pop(service, None)
        if self.kind == "memory":
            return
        if self._ring_works:
            with suppress(_NoKeyringError):
                await self._keyring(lambda ring: _delete(ring, service))
        await asyncio.to_thread(remove_private, self._folder, _file_name(service))

    async def probe(self) -> Kind:
        """Find out where a session would be kept, by writing, reading and removing a word in the keyring."""
        word = secrets.token_hex(8)
        if self.kind == "memory":
            return self.kind
        try:
            await self._keyring(lambda ring: _try_out(ring, word))
        except _NoKeyringError:
            return "file"
        return "keyring"

    def _read_file(self, service: str) -> bytes | None:
        try:
            return read_private(self._folder, _file_name(service))
        except OSError as error:
            _log.warning("the session's file is not used: %s", error)
            return None

    async def _keyring(self, work: Callable[[_Ring], Done]) -> Done:
        """Run `work` on the keyring. Raises _NoKeyringError for any fault, and when it takes too long."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Done] = loop.create_future()

        def settle(value: Done | None, error: BaseException | None) -> None:
            if not result.done():
                if error is not None:
                    result.set_exception(_NoKeyringError(str(error)))
                else:
                    result.set_result(value)  # type: ignore[arg-type]  # None only where Done is

        def run() -> None:
            value: Done | None = None
            error: BaseException | None = None
            try:
                import keyring  # noqa: PLC0415 - 0.1 s, and only for those who sign in

                value = work(keyring)
            except Exception as fault:  # noqa: BLE001 - back ends are other people's and raise anything
                error = fault
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, value, error)

        threading.Thread(target=run, name="keyring", daemon=True).start()  # may hang: nobody waits for it at exit
        try:
            async with asyncio.timeout(self._seconds):
                return await result
        except TimeoutError as error:
            self._ring_works = False
            _log.warning("the keyring does not answer: it is not used")
            raise _NoKeyringError("no answer in time") from error
        except _NoKeyringError as error:
            self._ring_works = False
            _log.info("no keyring: %s", error)
            raise


def _write_and_read(ring: _Ring, service: str, content: str) -> None:
    """Raises _NoKeyringError when it does not keep what it is given; what it kept instead is taken out again."""
    ring.set_password(_KEYRING_NAME, service, content)
    if ring.get_password(_KEYRING_NAME, service) != content:
        _delete(ring, service)
        raise _NoKeyringError("it did not keep what it was given")


def _try_out(ring: _Ring, word: str) -> None:
    _write_and_read(ring, "doctor", word)
    _delete(ring, "doctor")


def _delete(ring: _Ring, service: str) -> None:
    if ring.get_password(_KEYRING_NAME, service) is not None:
        ring.delete_password(_KEYRING_NAME, service)


def _file_name(service: str) -> str:
    return f"{hashlib.sha256(service.encode()).hexdigest()[:24]}.json"
