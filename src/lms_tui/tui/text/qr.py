"""A QR code as lines of half blocks, or in ASCII as pairs of `#`, in two colours of its own, so that it scans anywhere.

Its edge of two squares, or of one where that makes it fit, is narrower than the four of the standard, as a terminal is
small. Where a terminal has no colours, ink stands for light: most terminals are dark, and most readers take a code in
which light and dark are changed over. In ASCII it is the other way round, and takes twice the lines: no character of
ASCII fills half a cell. Micro codes hold 15 letters, which no address of a film has, and few phones read them.
"""

from typing import Final

import segno
from rich.segment import Segment
from rich.style import Style

_EDGES: Final = (2, 1)
"""In squares, the best first; readers find no code that touches what is around it."""
_LIGHT, _DARK = "#ffffff", "#000000"
_LIGHT_INK: Final = Style(color=_LIGHT, bgcolor="#c0c0c0")
"""The ground, which no ink leaves free, differs from it: what is written in its own colour a filter makes readable."""
_DARK_INK: Final = Style(color=_DARK, bgcolor="#555555")
_GROUNDS: Final = (Style(bgcolor=_LIGHT), Style(bgcolor=_DARK))
_BOTH: Final = Style(color=_LIGHT, bgcolor=_DARK)
_CELLS: Final = {
    (False, False): Segment("█", _LIGHT_INK),
    (False, True): Segment("▀", _BOTH),
    (True, False): Segment("▄", _BOTH),
    (True, True): Segment(" ", _GROUNDS[True]),
}
"""A cell by whether its upper and its lower square are dark."""


def drawn(text: str, width: int, height: int, *, ascii_only: bool = False) -> list[list[Segment]] | None:
    """Return the lines of the code for `text`, or None where it takes more than `width` x `height` cells."""
    if (code := _code(text)) is None:
        return None
    for edge in _EDGES:
        rows = [[bool(square) for square in row] for row in code.matrix_iter(border=edge)]
        columns, lines = _cells(len(rows), ascii_only=ascii_only)
        if columns <= width and lines <= height:
            return _pairs(rows) if ascii_only else _halves(rows)
    return None


def least(text: str, *, ascii_only: bool = False) -> tuple[int, int] | None:
    """Return how many columns and lines the code for `text` takes at least; None where no code can hold it."""
    code = _code(text)
    return None if code is None else _cells(len(code.matrix) + 2 * _EDGES[-1], ascii_only=ascii_only)


def _code(text: str) -> segno.QRCode | None:
    try:
        return segno.make_qr(text, error="l")
    except segno.DataOverflowError:
        return None


def _cells(squares: int, *, ascii_only: bool) -> tuple[int, int]:
    """Return the columns and lines of a code that is so many squares wide and high."""
    return (2 * squares, squares) if ascii_only else (squares, (squares + 1) // 2)


def _pairs(rows: list[list[bool]]) -> list[list[Segment]]:
    squares = (Segment("  ", _GROUNDS[False]), Segment("##", _DARK_INK))
    return [[squares[dark] for dark in row] for row in rows]


def _halves(rows: list[list[bool]]) -> list[list[Segment]]:
    below = [*rows[1::2], *([[False] * len(rows)] if len(rows) % 2 else [])]
    return [
        [_CELLS[pair] for pair in zip(upper, lower, strict=True)] for upper, lower in zip(rows[::2], below, strict=True)
    ]
