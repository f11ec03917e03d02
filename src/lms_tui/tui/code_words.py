"""A code that is typed or pasted, as it is read: in groups, whatever its spelling."""

import re
from typing import Final

from lms_tui.tui import glyphs
from lms_tui.wire.codes import LENGTH, LETTERS, grouped, letters_of

TYPED: Final = "Capitals, spaces and dashes do not matter."
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212-]+")
"""What stands between groups in whatever a code was copied from."""


def code_read(code: str) -> tuple[str, str]:
    """Return what to say of a code as far as it is typed, and in which tone: the groups, and how much is missing.

    Codes that another program made look otherwise, and nothing is said of them.
    """
    letters = _letters(code)
    if not letters or len(letters) > LENGTH or not set(letters) <= set(LETTERS):
        return TYPED, "muted"
    if len(letters) == LENGTH:
        return f"{glyphs.DONE} {grouped(letters)}", "success"
    return f"{grouped(letters)} {glyphs.DOT} {len(letters)} of {LENGTH}", "muted"


def code_to_send(code: str) -> str:
    """Return a code of ours in its groups, any other as it was typed: it is compared letter by letter."""
    letters = _letters(code)
    ours = len(letters) == LENGTH and set(letters) <= set(LETTERS)
    return grouped(letters) if ours else code.strip()


def _letters(code: str) -> str:
    return letters_of(_BETWEEN.sub("", code))
