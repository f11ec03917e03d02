"""Where a session is kept between two runs: the keyring, else a file of 0600, else (kiosks) nowhere.

What a keyring can be relied on is in `ring`. After the first fault it is left alone for this run.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from lms_tui.client.private_file import read_private, remove_private, write_private
from lms_tui.client.ring import NAME, SECONDS, NoKeyringError, Ring, delete, on_ring, write_and_read
from lms_tui.wire.accounts import Session

Kind = Literal["keyring", "file", "memory"]
Done = TypeVar("Done")

KEPT: Final[dict[Kind, str]] = {
    "keyring": "The session is kept in your keyring.",
    "file": "No keyring can be used here: the session is kept in a file that only you can read.",
    "memory": "The session ends with this run: it could be kept nowhere.",
}
"""What to tell of where a session is kept."""

_log = logging.getLogger(__name__)


class TokenStore:
    """Keeps one session per service. `kind` tells where, so that the screen can say so."""

    def __init__(self, folder: Path, *, kiosk: bool = False, seconds: float = SECONDS) -> None:
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
                text = await self._keyring(lambda ring: ring.get_password(NAME, service))
            except NoKeyringError:
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
            with suppress(NoKeyringError):
                await self._keyring(lambda ring: write_and_read(ring, service, content.decode()))
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
            with suppress(NoKeyringError):
                await self._keyring(lambda ring: delete(ring, service))
        await asyncio.to_thread(remove_private, self._folder, _file_name(service))

    async def probe(self) -> Kind:
        """Find out where a session would be kept, by writing, reading and removing a word in the keyring."""
        word = secrets.token_hex(8)
        if self.kind == "memory":
            return self.kind
        try:
            await self._keyring(lambda ring: _try_out(ring, word))
        except NoKeyringError:
            return "file"
        return "keyring"

    def _read_file(self, service: str) -> bytes | None:
        try:
            return read_private(self._folder, _file_name(service))
        except OSError as error:
            _log.warning("the session's file is not used: %s", error)
            return None

    async def _keyring(self, work: Callable[[Ring], Done]) -> Done:
        """Run `work` on the keyring. Raises NoKeyringError for any fault, and when it takes too long."""
        try:
            return await on_ring(work, self._seconds)
        except TimeoutError as error:
            self._ring_works = False
            _log.warning("the keyring does not answer: it is not used")
            raise NoKeyringError("no answer in time") from error
        except NoKeyringError as error:
            self._ring_works = False
            _log.info("no keyring: %s", error)
            raise


def _try_out(ring: Ring, word: str) -> None:
    write_and_read(ring, "doctor", word)
    delete(ring, "doctor")


def _file_name(service: str) -> str:
    return f"{hashlib.sha256(service.encode()).hexdigest()[:24]}.json"
