"""An address to take elsewhere: as a link of the terminal, in letters, and as a QR code beside them."""

from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.qr import drawn, least
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.tui.wrapping import wrapped

_FEWEST: Final = 26
"""Columns that the words keep beside a code."""
_GAP: Final = 3
"""Blank columns between a code and the words, and at the right."""


class AddressCard(Widget):
    """Shows one address, clean and in ASCII."""

    DEFAULT_CSS = "AddressCard { height: 1fr; width: 1fr; }"

    def __init__(
        self,
        address: str,
        before: list[Paragraph],
        behind: list[Paragraph],
        *,
        coded: str = "",
        ascii_only: bool,
    ) -> None:
        """Make it with the paragraphs that stand before and behind the address; `coded` is what the QR code holds
        where that is another address, which leads to the same place."""
        super().__init__()
        self._address, self._before, self._behind = address, before, behind
        self._coded = coded or address
        self._ascii_only = ascii_only
        self._link = Style(link=address, underline=True)
        self._lines: tuple[object, list[list[Segment]]] = (None, [])

    def say(self, *behind: Paragraph) -> None:
        """Show these paragraphs behind the address from now on."""
        if list(behind) != self._behind:
            self._behind, self._lines = list(behind), (None, [])
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, width = Palette.of(self), self.size.width
        made_for = (palette, self.size)
        if self._lines[0] != made_for:
            self._lines = made_for, self._made(palette)
        lines = self._lines[1]
        strip = Strip(lines[y] if y < len(lines) else [])
        return strip.apply_style(palette.base).crop_extend(0, width, palette.base)

    def _made(self, palette: Palette) -> list[list[Segment]]:
        width, height = self.size
        code = drawn(self._coded, width - _FEWEST - _GAP, height, ascii_only=self._ascii_only)
        left = sum(segment.cell_length for segment in code[0]) + 2 if code else 1
        words = self._words(palette, width - left - 1, code is not None)
        blank = Segment(" " * left, palette.base)
        lines = []
        for y in range(max(len(words), len(code or ()))):
            start = [*code[y], Segment("  ", palette.base)] if code and y < len(code) else [blank]
            lines.append([*start, *(words[y] if y < len(words) else ())])
        return lines

    def _words(self, palette: Palette, width: int, coded: bool) -> list[list[Segment]]:
        behind = self._behind if coded else [*self._behind, ("", "muted"), (self._uncoded(), "muted")]
        if coded and self._coded != self._address:
            behind = [*self._behind, ("", "muted"), ("Who scans the QR code need not type the code.", "muted")]
        lines: list[list[Segment]] = [[]]
        for text, tone in self._before:
            lines += [[Segment(line, palette.tone(tone))] for line in wrapped(text, width) or [""]]
        pieces = [self._address[at : at + width] for at in range(0, len(self._address), width)]
        lines += [[], *([Segment(piece, palette.accent + self._link)] for piece in pieces), []]
        for text, tone in behind:
            lines += [[Segment(line, palette.tone(tone))] for line in wrapped(text, width) or [""]]
        return lines

    def _uncoded(self) -> str:
        """Return in a sentence why there is no code."""
        found = least(self._coded, ascii_only=self._ascii_only)
        if found is None:
            return "It is too long for a QR code."
        (columns, lines), window = found, self.app.size
        columns += _FEWEST + _GAP + window.width - self.size.width
        lines += window.height - self.size.height
        needed = f"Its QR code needs a window of {columns} columns and {lines} rows"
        return f"{needed}; this one has {window.width} x {window.height}."
