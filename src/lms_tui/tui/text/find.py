"""Finding words in the lines of a lesson, also where a line ends within what is looked for.

Large and small letters are the same, and any run of blanks is. A line that is as wide as the text may end within a
word; any other ends between two. The bars and indents that begin the lines of a quote or a list stand in no word's way.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from lms_tui.tui.text.lines import Line

Span = tuple[int, int, int]
"""A line, and the cells from which to which of it."""
Match = tuple[Span, ...]
"""What was found: a piece on one line, or on each of several."""

MOST: Final = 10_000
"""Matches that are counted; nobody goes through more."""
_WITHIN, _BETWEEN = "\x00", "\n"
_BEGIN: Final = "[ │]*"
"""What a line may begin with that is none of its words."""
_BLANK: Final = "(?:[ \x00\n│]+)"


def find(lines: Sequence[Line], words: str, width: int) -> list[Match]:
    """Return where `words` stand in `lines` that were made for `width`, from the top; none for blanks alone."""
    parts = words.split()
    if not parts:
        return []
    broken = f"(?:{_WITHIN}{_BEGIN})?"
    pattern = re.compile(_BLANK.join(broken.join(map(re.escape, part)) for part in parts), re.IGNORECASE)
    text, starts = _joined(lines, width)
    found: list[Match] = []
    for match in pattern.finditer(text):
        found.append(tuple(_spans(lines, starts, *match.span())))
        if len(found) == MOST:
            break
    return found


def _joined(lines: Sequence[Line], width: int) -> tuple[str, list[int]]:
    """Return all lines as one text, and where in it each begins."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for number, line in enumerate(lines):
        said = line.text
        full = not line.wide and cell_len(said) >= width
        following = number + 1 < len(lines) and lines[number + 1].block == line.block and said.strip() != ""
        end = (_WITHIN if full else _BETWEEN) if following else "\x01"
        starts.append(at)
        parts += [said, end]
        at += len(said) + 1
    return "".join(parts), starts


def _spans(lines: Sequence[Line], starts: list[int], start: int, end: int) -> list[Span]:
    number = bisect_right(starts, start) - 1
    spans: list[Span] = []
    while number < len(lines) and starts[number] < end:
        said = lines[number].text
        first, last = max(0, start - starts[number]), min(len(said), end - starts[number])
        if spans:  # the lines that follow begin with bars and indents
            first = len(said) - len(said.lstrip(" │"))
        if last > first:
            spans.append((number, cell_len(said[:first]), cell_len(said[:last])))
        number += 1
    return spans
