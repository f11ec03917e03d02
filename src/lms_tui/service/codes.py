"""Codes of invitations and resets: 130 random bits that a person types, kept as a hash (domain.md, people, codes).

How they are written and read says `wire.codes`.
"""

import hashlib
import secrets
from typing import Final

from lms_tui.wire.codes import LENGTH, LETTERS, grouped, letters_of

_MARK: Final = "sha256:"
_LONGEST: Final = 200
"""Characters above which nothing is a code, another program's neither."""


def new_code() -> str:
    """Return a new code, in groups, as a person types it."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def stored(code: str) -> str:
    """Return how one of our codes is kept: `sha256:` and the hash of its letters alone."""
    return _MARK + hashlib.sha256(letters_of(code).encode()).hexdigest()


def nobodys() -> str:
    """Return what is kept for a code that is made only when its mail goes out: no code opens it."""
    return stored(secrets.token_hex(32))


def candidates(presented: str) -> list[str]:
    """Return what a row may hold for `presented`: its hash, or itself where another program made the row.

    One that looks like what is kept opens nothing, else whoever read the table could use it; neither does an empty
    or endless one.
    """
    presented = presented.strip()
    if not presented or len(presented) > _LONGEST or presented.lower().startswith(_MARK):
        return []
    return [stored(presented), presented]
