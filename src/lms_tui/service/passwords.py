"""Passwords: verified as bcrypt or Argon2, written as Argon2id, in two threads so that the loop never waits."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.wire.joining import LONGEST_PASSWORD, SHORTEST_PASSWORD

_BCRYPT_BYTES: Final = 72

COMMON: Final = frozenset(
    """12345678 123456789 1234567890 password password1 password12 password123 passw0rd p@ssw0rd p@ssword qwertyui
    qwerty123 qwertyuiop qwerty12 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx qazwsxedc asdfghjkl zxcvbnm1 11111111 00000000
    88888888 12341234 11223344 12121212 87654321 987654321 0987654321 123123123 147258369 789456123 abcd1234 abc12345
    a1b2c3d4 iloveyou iloveyou1 sunshine princess football baseball basketball superman batman123 trustno1 welcome1
    welcome123 letmein1 letmein123 monkey123 dragon123 master123 shadow123 michael1 jennifer computer internet starwars
    whatever changeme changeme1 admin123 admin1234 administrator secret123 test1234 testtest default1 guest1234
    hello123 charlie1 liverpool chelsea1 samsung1 pokemon1 google123 asdf1234 asdfasdf qweasdzxc 1234qwer q1w2e3r4
    aa123456 a12345678 123456789a 1234567a 666666666 999999999 55555555 77777777""".split()  # noqa: SIM905 - read by eye, not by comma
)
"""The most common ones that are long enough to pass the length."""


class WeakPasswordError(ValueError):
    """A password that may not be chosen; its text is a sentence for the user."""


def check_new(password: str) -> None:
    """Raise WeakPasswordError unless `password` has 8 to 128 characters and is not a common one (domain.md)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPasswordError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; this one has {len(password)}."
        )
    if password.casefold() in COMMON:
        raise WeakPasswordError("This is one of the most common passwords. Choose another.")


class Passwords:
    """Hashes and verifies in its own threads; `close` ends them."""

    def __init__(self) -> None:
        self._argon2 = Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._bcrypt = BcryptHasher()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")
        self._nobody = self._argon2.hash("nobody has this password")

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

    async def verify(self, password: str, stored: str | None) -> bool:
        """Tell whether `password` is the one of `stored`; None works as long and is False."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, self._verify, password, stored or self._nobody)
        return right and stored is not None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
