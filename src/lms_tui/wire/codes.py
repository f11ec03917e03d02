"""How the codes of invitations and resets are written and read: letters without look-alikes, in groups.

Twenty-six of thirty-two letters and digits (Crockford's base 32): `7K3QM-…`. Case, spaces and dashes do not count when
one is typed, and O, I and L are read as the digits that they look like. Codes of other programs look otherwise.
"""

from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 26
_GROUPS: Final = (5, 5, 5, 5, 6)
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def letters_of(code: str) -> str:
    """Return the letters alone, as one of our codes is read; what is none stays."""
    return code.upper().translate(_READ_AS)


def grouped(letters: str) -> str:
    """Return letters in groups, as a person types them; fewer than a whole code make as many groups as they fill."""
    at, groups = 0, []
    for size in _GROUPS:
        groups.append(letters[at : at + size])
        at += size
    return "-".join(filter(None, groups))
