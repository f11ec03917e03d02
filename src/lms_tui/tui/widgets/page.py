"""A page of lines to scroll through: numbers in words, bars, plots. Nothing on it is chosen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.line_view import LineView
from lms_tui.wire.text import clean, clean_line

Piece = tuple[str, str]
"""Text of one line, and the name of its style in the palette; foreign text gets cleaned."""
Line = Sequence[Piece]
Lines = Callable[[int], Sequence[Line]]
"""Gives the lines for a width in cells."""


class Page(LineView, can_focus=True):
    """Shows lines that are made for its width, with a margin of a cell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False, id="page.down"),
        Binding("up,k", "step(-1)", "Up", show=False, id="page.up"),
        Binding("pagedown,space", "turn(1)", "Page down", show=False, id="page.page_down"),
        Binding("pageup,b", "turn(-1)", "Page up", show=False, id="page.page_up"),
        Binding("home,g", "end(False)", "Top", show=False, id="page.top"),
        Binding("end,G", "end(True)", "End", show=False, id="page.end"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._make: Lines = _nothing
        self._drawn: tuple[int, Palette, list[Strip]] | None = None

    def show(self, make: Lines) -> None:
        """Show the lines that `make` gives."""
        self._make, self._drawn = make, None
        self._measure()
        self.refresh()

    def on_resize(self) -> None:
        """Make the lines anew for the width."""
        self._measure()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        strips = self._strips()
        at = y + self.scroll_offset.y
        return strips[at] if at < len(strips) else Strip.blank(self.size.width, Palette.of(self).base)

    def action_step(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)

    def action_turn(self, way: int) -> None:
        """Scroll by a screenful, keeping two lines of the old one in sight."""
        self.action_step(way * max(1, self.size.height - 2))

    def action_end(self, last: bool) -> None:
        """Scroll to the top or to the end."""
        self.scroll_to(y=len(self._strips()) if last else 0, animate=False, force=True)

    def _measure(self) -> None:
        if self.size.width:
            self.virtual_size = Size(self.size.width, len(self._strips()))

    def _strips(self) -> list[Strip]:
        palette, width = Palette.of(self), self.size.width
        if self._drawn is None or self._drawn[:2] != (width, palette):
            strips = [_strip(line, width, palette) for line in self._make(max(20, width - 2))]
            self._drawn = width, palette, strips
        return self._drawn[2]


def _strip(line: Line, width: int, palette: Palette) -> Strip:
    segments = [Segment(" ", palette.base)]
    segments += [Segment(_kept(text), palette.base + palette.tone(tone)) for text, tone in line]
    return Strip(segments).simplify().crop_extend(0, width, palette.base)


def _kept(text: str) -> str:
    """Return `text` cleaned, its spaces as they are: a plot is mostly spaces."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def fitted(text: str, width: int) -> str:
    """Return foreign `text`, cleaned, in exactly `width` cells: shortened with an ellipsis, or filled up."""
    return set_cell_size(shorten(clean_line(text), width), max(0, width))


def _nothing(_width: int) -> Sequence[Line]:
    return ()
