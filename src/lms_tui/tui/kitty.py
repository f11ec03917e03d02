"""Pictures by kitty's graphics protocol, as cells: a picture is sent once, and cells say which part of it they show.

Such a cell is the character U+10EEEE with two marks for its row and column and a third for the upper byte of the
picture's number, whose lower byte is the cell's colour. Cells scroll, are drawn over and diffed as text is, so nothing
else has to know of pictures; that is why this way of the protocol was taken, and no terminal without it is used
(docs/files.md). The colour is one of 256, so that it comes through where a terminal's true colours are not known, as
over SSH. https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

import re
import unicodedata
from base64 import standard_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from lms_tui.tui.answers import Heard

PLACE: Final = "\U0010eeee"
_LEFT_OUT: Final = frozenset(
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u0313\u0314\u0342\u0653\u0654"
)
MARKS: Final = tuple(
    mark
    for mark in map(chr, range(0x300, 0x750))
    if unicodedata.combining(mark) == 230 and not unicodedata.decomposition(mark) and mark not in _LEFT_OUT
)
"""The protocol's marks for 0, 1, 2 …, made by the rule that it gives for them: 100, so no picture is larger."""
LOWER: Final = range(16, 256)
"""Lower bytes of numbers: the colours that no theme of a terminal changes."""
_PIECE: Final = 4096
_KNOWN: Final = re.compile(
    r"kitty\((?:0\.(?:2[89]|[3-9]\d|\d{3,})|[1-9])|ghostty |iTerm2 (?:3\.(?:[7-9]|\d\d)|[4-9]|\d\d)"
)
"""Terminals that draw such cells. Others say that they know the protocol, and show the character (Konsole, WezTerm)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The size of a cell in pixels."""

    width: int = 10
    height: int = 20


def cell_of(heard: Heard, *, whatever_it_is: bool = False) -> Cell | None:
    """Return the size of a cell of a terminal that shows pictures in cells, None for any other.

    `whatever_it_is`: somebody who knows the terminal says that it does.
    """
    shows = heard.graphics.endswith(";OK") and _KNOWN.match(heard.name) is not None
    if not (shows or whatever_it_is):
        return None
    return Cell(heard.width, heard.height) if heard.width and heard.height else Cell()


def sent(number: int, png: bytes, columns: int, rows: int) -> str:
    """Return what gives the terminal a picture to be shown in `columns` x `rows` cells; it answers nothing."""
    content = standard_b64encode(png).decode()
    pieces = [content[at : at + _PIECE] for at in range(0, len(content), _PIECE)]
    about = f"a=T,U=1,f=100,t=d,q=2,i={number},c={columns},r={rows},"
    return "".join(
        f"\x1b_G{'' if at else about}m={int(at < len(pieces) - 1)};{piece}\x1b\\" for at, piece in enumerate(pieces)
    )


def freed(number: int) -> str:
    """Return what has the terminal forget a picture."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def lines(number: int, columns: int, rows: int, behind: Color | None) -> Iterator[tuple[Segment, ...]]:
    """Yield the lines of cells that show a picture, `behind` what of it is transparent."""
    style = Style(color=Color.from_ansi(number & 0xFF), bgcolor=behind)
    upper = MARKS[number >> 24]
    for row in range(rows):
        yield (Segment("".join(f"{PLACE}{MARKS[row]}{MARKS[column]}{upper}" for column in range(columns)), style),)
