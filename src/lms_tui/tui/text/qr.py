"""A QR code as lines of half blocks, or in ASCII as pairs of `#`, in two colours of its own, so that it scans anywhere.

Its edge of two squares is narrower than the four of the standard, as a terminal is small. Where a terminal has no
colours, ink stands for light: most terminals are dark, and most readers take a code in which light and dark are
changed over. In ASCII it is the other way round, and takes twice the lines.
"""

from typing import Final

import segno
from rich.segment import Segment
from rich.style import Style

_EDGE: Final = 2
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
    try:
        code = segno.make_qr(text, error="l")
    except segno.DataOverflowError:
        return None
    rows = [[bool(square) for square in row] for row in code.matrix_iter(border=_EDGE)]
    if ascii_only:
        squares = (Segment("  ", _GROUNDS[False]), Segment("##", _DARK_INK))
        lines = [[squares[dark] for dark in row] for row in rows]
    else:
        if len(rows) % 2:
            rows.append([False] * len(rows))
        lines = [
            [_CELLS[pair] for pair in zip(upper, lower, strict=True)]
            for upper, lower in zip(rows[::2], rows[1::2], strict=True)
        ]
    cells = len(rows[0]) * (2 if ascii_only else 1)
    return lines if cells <= width and len(lines) <= height else None
