"""Passwords: verified as bcrypt or Argon2, written as Argon2id, in two threads so that the loop never waits."""

import asyncio
import re
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.wire.joining import LONGEST_PASSWORD, SHORTEST_PASSWORD

_BCRYPT_BYTES: Final = 72
_PARTS: Final = re.compile(r"[\s@.]+")

_FEW_GUESSES: Final = 1_000_000
"""What somebody gets through in years at doors that hold them back (`doors`): fewer are not enough. zxcvbn's own bound
between its scores 1 and 2."""
_LOOKED_AT: Final = 72
"""Characters at the beginning that are enough to tell: what takes longer to look at is long enough."""

NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$zuv1Z/RlSQdr06L/rCdbyQ$P2ZcyQ8mTvMQt/O64WdUtI5K0RLp4tykhjXTqj5Kdso"
"""What `Passwords.hash_now` makes of some password: as much work, without making one at each start."""


class WeakPasswordError(ValueError):
    """A password that may not be chosen; its text is a sentence for the user."""


def check_new(password: str, about: Iterable[str] = ()) -> None:
    """Raise WeakPasswordError unless `password` has 8 to 128 characters and is not a common one (domain.md, passwords).

    Common is what zxcvbn finds among the first million that anybody would try: known passwords, words and names, dates,
    rows of keys, and what is `about` the person (address, names). No mix of characters is asked for. Takes some 10 ms,
    the first time 100.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPasswordError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; this one has {len(password)}."
        )
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 50 ms to load, and most services set no password

    near = {"lms-tui"} | {
        part for text in about for part in (text, text.partition("@")[0], *_PARTS.split(text)) if part
    }
    if zxcvbn(password[:_LOOKED_AT], user_inputs=sorted(near))["guesses"] < _FEW_GUESSES:
        raise WeakPasswordError(
            "This password is among the first that anybody would try. Choose a longer one: several words do well."
        )


class Verified(NamedTuple):
    """What came of a verification, the seconds that it took, and those before a thread was free for it."""

    right: bool
    took: float
    waited: float


class Passwords:
    """Hashes and verifies in its own threads; `close` ends them."""

    def __init__(self) -> None:
        self._argon2 = Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._bcrypt = BcryptHasher()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")

    def hash_now(self, password: str) -> str:
        """Return a new Argon2id hash; takes some 20 ms of the calling thread."""
        return self._argon2.hash(password)

    async def hash_like(self, password: str, newest: str | None) -> str:
        """Return a hash in the scheme of `newest`, Argon2id where there is none (domain.md, people, passwords).

        Raises WeakPasswordError for a password that bcrypt would cut.
        """
        loop = asyncio.get_running_loop()
        if newest is None or newest.startswith("$argon2"):
            return await loop.run_in_executor(self._threads, self.hash_now, password)
        if len(password.encode()) > _BCRYPT_BYTES:
            raise WeakPasswordError(
                f"Passwords are kept here in a way that reads {_BCRYPT_BYTES} bytes at most; choose a shorter one."
            )
        return await loop.run_in_executor(self._threads, BcryptHasher(rounds=int(newest[4:6])).hash, password)

    def _verify(self, password: str, stored: str) -> bool:
        if self._argon2.identify(stored):
            return self._argon2.verify(password, stored)
        if self._bcrypt.identify(stored):
            return self._bcrypt.verify(password.encode()[:_BCRYPT_BYTES], stored)
        return False  # an unusable hash: somebody who signs in by SSO only

    async def verify(self, password: str, stored: str) -> bool:
        """Tell whether `password` is the one of `stored`."""
        return (await self.timed(password, stored)).right

    async def timed(self, password: str, stored: str | None, decoy: str | None = None) -> Verified:
        """As `verify`, and tell how long it was. Where nothing is stored that could be right the work is that of
        `decoy`, of an Argon2id of ours without one, and the answer is no.
        """
        asked = time.monotonic()
        usable = stored is not None and self.reads(stored)
        hashed = stored if usable and stored is not None else decoy or NOBODY

        def work() -> Verified:
            began = time.monotonic()
            right = self._verify(password, hashed) and usable
            return Verified(right, time.monotonic() - began, began - asked)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def cost(self, stored: str) -> float:
        """Return the seconds of CPU that a verification takes, of all threads: what others do meanwhile on the machine
        does not count, what this process does besides may."""

        def work() -> float:
            began = time.process_time()
            self._verify("nobody has this password", stored)
            return time.process_time() - began

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def reads(self, stored: str) -> bool:
        """Whether a password may be right for `stored`; not so for who signs in by SSO only."""
        return self._argon2.identify(stored) or self._bcrypt.identify(stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
