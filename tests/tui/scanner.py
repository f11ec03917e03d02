"""What a phone sees: the cells of a screen as a picture, read by a reader of QR codes."""

from collections.abc import Sequence

import zxingcpp
from rich.color import Color
from textual.strip import Strip

_SCALE = 4
"""Pixels at each side of half a cell."""


def scanned(strips: Sequence[Strip]) -> str | None:
    """Return the text of the one QR code among the lines, None where none can be read."""
    rows: list[bytes] = []
    for strip in strips:
        upper, lower = bytearray(), bytearray()
        for text, style, _ in strip:
            ink, ground = (_grey(style.color, 200), _grey(style.bgcolor, 30)) if style else (200, 30)
            for character in text:
                up, down = {"█": (ink, ink), "▀": (ink, ground), "▄": (ground, ink), "#": (ink, ink)}.get(
                    character, (ground, ground)
                )
                upper += bytes([up]) * _SCALE
                lower += bytes([down]) * _SCALE
        rows += [bytes(upper)] * _SCALE + [bytes(lower)] * _SCALE
    width = max(map(len, rows))
    picture = memoryview(b"".join(row.ljust(width, b"\x00") for row in rows)).cast("B", (len(rows), width))
    found = zxingcpp.read_barcodes(picture)
    return found[0].text if len(found) == 1 else None


def _grey(colour: Color | None, otherwise: int) -> int:
    if colour is None or colour.is_default:
        return otherwise
    red, green, blue = colour.get_truecolor()
    return (red * 3 + green * 6 + blue) // 10
