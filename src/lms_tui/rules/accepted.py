"""Whether a typed text is one that a blank accepts (domain.md, fill-blank)."""

import re
import unicodedata
from decimal import Decimal

from lms_tui.wire.text import folded

_NUMBER = r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?"
_TYPED = re.compile(_NUMBER.replace(r"\.", "[.,]"), re.ASCII)
"""A learner may type a decimal comma; the stored notation never has one (courses.accepted)."""
_AROUND = re.compile(rf"#\s*({_NUMBER})(?:\s*:\s*({_NUMBER}))?", re.ASCII)
_RANGE = re.compile(rf"#\s*({_NUMBER})\s*\.\.\s*({_NUMBER})", re.ASCII)


def matches_pattern(pattern: str, text: str) -> bool:
    """Whether `text` fits `pattern`, in which `*` stands for any run; both are folded first.

    The pieces between stars are found from left to right, each at its first place: never exponential.
    """
    first, *rest = folded(pattern).split("*")
    text = folded(text)
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def bounds(accepted: str) -> tuple[Decimal, Decimal] | None:
    """Return lowest and highest number that `accepted` takes (`#3`, `#3:0.5`, `#1..5`); None where it is no number."""
    accepted = accepted.strip()
    if span := _RANGE.fullmatch(accepted):
        low, high = Decimal(span[1]), Decimal(span[2])
        return (low, high) if low <= high else None
    if around := _AROUND.fullmatch(accepted):
        middle, room = Decimal(around[1]), Decimal(around[2] or "0")
        return (middle - room, middle + room) if room >= 0 else None
    return None


def accepts(accepted: str, typed: str) -> bool:
    """Whether `typed` is what the stored text `accepted` asks for: a number, a pattern, or that text. Blank: never."""
    if not typed.strip():
        return False
    if (span := bounds(accepted)) is not None:
        number = unicodedata.normalize("NFKC", typed).strip().replace("\u2212", "-")
        return bool(_TYPED.fullmatch(number)) and span[0] <= Decimal(number.replace(",", ".")) <= span[1]
    if accepted.startswith("#~"):
        return matches_pattern(accepted[2:], typed)
    return folded(accepted) == folded(typed)
