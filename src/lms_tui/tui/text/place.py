"""A place in a lesson's text that holds at any width: a block, and how many of its letters and digits stand before.

Bars, bullets and blanks do not count, since they depend on the width.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from lms_tui.tui.text.lines import Line


class Place(NamedTuple):
    """`block` counts from 0 as in `Line`; `letters` are those of the block in the lines above."""

    block: int = 0
    letters: int = 0


TOP: Final = Place()


def place_of(lines: Sequence[Line], at: int) -> Place:
    """Return the place of the line `at`; the beginning where there is no such line."""
    if not 0 <= at < len(lines):
        return TOP
    block = lines[at].block
    letters = 0
    for line in reversed(lines[:at]):
        if line.block != block:
            break
        letters += _letters(line)
    return Place(block, letters)


def line_of(lines: Sequence[Line], place: Place) -> int:
    """Return the line in which `place` is: of its block the one that has its next letter."""
    first = next((at for at, line in enumerate(lines) if line.block == place.block and line.segments), 0)
    letters = 0
    for at in range(first, len(lines)):
        if lines[at].block != place.block:
            return max(first, at - 1)
        letters += _letters(lines[at])
        if letters > place.letters:
            return at
    return max(first, len(lines) - 1) if place.letters else first


def _letters(line: Line) -> int:
    return sum(map(str.isalnum, line.text))
