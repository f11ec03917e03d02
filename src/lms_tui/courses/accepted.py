"""What a fill-blank question accepts, in the notation that is stored (domain.md, fill-blank).

`#3:0.5` and `#1..5` are numbers, `#~a*` is a pattern in which `*` stands for any run, all else is literal.
"""

import re
from decimal import Decimal

from lms_tui.courses.gift_syntax import Answer

_NUMBER = r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?"
_ONE = re.compile(rf"({_NUMBER})(?:\s*:\s*({_NUMBER}))?")
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_STAR = re.compile(r"\\\*|\*")


def number(raw: str) -> str | None:
    """A GIFT number (`3`, `3:0.5`, `1..5`) as stored; None where it is none, or a range or tolerance below zero."""
    raw = raw.strip()
    found = _RANGE.fullmatch(raw)
    if found:
        return f"#{found[1]}..{found[2]}" if Decimal(found[1]) <= Decimal(found[2]) else None
    found = _ONE.fullmatch(raw)
    if not found or (found[2] and Decimal(found[2]) < 0):
        return None
    return f"#{found[1]}:{found[2]}" if found[2] else f"#{found[1]}"


def literal(text: str) -> str:
    """A text that is to be typed as it stands. One that would read as a number or a pattern is stored as a pattern
    without a star, which accepts exactly that text."""
    looks_like_more = text.startswith("#") and (text.startswith("#~") or number(text[1:]) is not None)
    return f"#~{text}" if looks_like_more else text


def short(answer: Answer, text: str) -> str:
    """A short answer as stored; `text` is its text as Markdown. A star is a wildcard unless written `\\*`."""
    stars = {found[0] for found in _STAR.finditer(answer.raw)}
    if "*" in stars:
        return f"#~{text.replace(chr(92) + '*', '*')}"
    return literal(text.replace("\\*", "*") if stars else text)


def mixes_stars(answer: Answer) -> bool:
    """Whether a short answer has a wildcard and a star to be typed too, which the notation cannot tell apart."""
    return {found[0] for found in _STAR.finditer(answer.raw)} == {"*", "\\*"}
