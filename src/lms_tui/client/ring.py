"""The keyring of the account of this machine, as it can be relied on.

Keyrings of machines without a desktop fail, hang or swallow what they are given (measured). So each call runs in a
thread of its own that nobody waits for at the end, with a time-out; every error counts as "no keyring"; and what was
written is read back before it is believed.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

NAME: Final = "lms-tui"
"""The service that all of ours is kept under."""
SECONDS: Final = 5.0

Done = TypeVar("Done")


class NoKeyringError(Exception):
    """The keyring cannot be used; the text is for the log."""


class Ring(Protocol):
    """What is used of the module `keyring`."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


async def on_ring(work: Callable[[Ring], Done], seconds: float = SECONDS) -> Done:
    """Run `work` on the keyring. Raises NoKeyringError for any fault, TimeoutError when it takes too long."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[Done] = loop.create_future()

    def settle(value: Done | None, error: BaseException | None) -> None:
        if not result.done():
            if error is not None:
                result.set_exception(NoKeyringError(str(error)))
            else:
                result.set_result(value)  # type: ignore[arg-type]  # None only where Done is

    def run() -> None:
        value: Done | None = None
        error: BaseException | None = None
        try:
            import keyring  # noqa: PLC0415 - 0.1 s, and only for those who keep something in it

            value = work(keyring)
        except Exception as fault:  # noqa: BLE001 - back ends are other people's and raise anything
            error = fault
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, name="keyring", daemon=True).start()  # may hang: nobody waits for it at exit
    async with asyncio.timeout(seconds):
        return await result


def write_and_read(ring: Ring, user: str, content: str) -> None:
    """Raises NoKeyringError when it does not keep what it is given; what it kept instead is taken out again."""
    ring.set_password(NAME, user, content)
    if ring.get_password(NAME, user) != content:
        delete(ring, user)
        raise NoKeyringError("it did not keep what it was given")


def delete(ring: Ring, user: str) -> None:
    """Take out what is kept for `user`, if anything."""
    if ring.get_password(NAME, user) is not None:
        ring.delete_password(NAME, user)
