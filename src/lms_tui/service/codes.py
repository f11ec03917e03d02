"""Codes of invitations and resets: 130 random bits that a person types, kept as a hash (domain.md, people, codes).

Twenty-six of thirty-two letters and digits without look-alikes (Crockford's base 32), in groups: `7K3QM-…`. Case,
spaces and dashes do not count when one is typed, and O, I and L are read as the digits that they look like.
"""

import hashlib
import secrets
from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 26
_GROUPS: Final = (5, 5, 5, 5, 6)
_MARK: Final = "sha256:"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LONGEST: Final = 200
"""Characters above which nothing is a code, another program's neither."""


def new_code() -> str:
    """Return a new code, in groups, as a person types it."""
    letters = iter("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
    return "-".join("".join(next(letters) for _ in range(size)) for size in _GROUPS)


def stored(code: str) -> str:
    """Return how one of our codes is kept: `sha256:` and the hash of its letters alone."""
    letters = code.upper().translate(_READ_AS)
    return _MARK + hashlib.sha256(letters.encode()).hexdigest()


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
