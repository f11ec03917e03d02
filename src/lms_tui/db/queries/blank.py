"""What is blank in SQL: the same as in Python, by whose `str.strip` our rules go.

PostgreSQL's `btrim(text)` takes the space of ASCII away and nothing else, and what its patterns take for white space is
another thing in each locale.
"""

from typing import Final

_WHITE: Final = (
    *(*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680),
    *(*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
)
"""The letters that Python takes for white space; a test holds them against it."""
_LITERAL: Final = "E'" + "".join(f"\\u{letter:04X}" for letter in _WHITE) + "'"


def trimmed(text: str) -> str:
    """Return the SQL of `text.strip()`; `text` is SQL, and NULL stays NULL."""
    return f"btrim({text}, {_LITERAL})"
