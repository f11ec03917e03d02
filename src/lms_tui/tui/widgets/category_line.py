"""The categories of the catalog on one line, each with its number, and at the right how the list is narrowed."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.wire.text import clean_line


class CategoryLine(Widget):
    """Shows which category is chosen by brackets and colour; when it is too long, the part around the chosen."""

    DEFAULT_CSS = "CategoryLine { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        """Make an empty line."""
        super().__init__()
        self._labels: list[str] = []
        self._chosen = 0
        self._right = ""

    def show(self, labels: Sequence[str], chosen: int, right: str) -> None:
        """Show `labels`, foreign text, with the one at `chosen` chosen, and `right` flush right."""
        cleaned = ([clean_line(label) for label in labels], chosen, clean_line(right))
        if cleaned != (self._labels, self._chosen, self._right):
            self._labels, self._chosen, self._right = cleaned
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Return the line."""
        palette, width = Palette.of(self), self.size.width
        room = max(0, width - cell_len(self._right) - 3)
        segments = self._fitting(room, palette.base + palette.muted, palette.base + palette.cursor)
        left = Strip([Segment(" ", palette.base), *segments]).crop_extend(0, room + 1, palette.base)
        right = Segment(f" {self._right} ", palette.base + palette.secondary)
        return Strip([*left, right]).crop_extend(0, width, palette.base)

    def _fitting(self, room: int, quiet: Style, bright: Style) -> list[Segment]:
        """Return as many labels as fit, the chosen among them, with an ellipsis where some are left out."""
        if not self._labels:
            return []
        shown = [f"[{label}]" if at == self._chosen else label for at, label in enumerate(self._labels)]
        gap = f" {glyphs.DOT} "
        first = 0
        while first < self._chosen and cell_len(gap.join(shown[first : self._chosen + 1])) > room - 4:
            first += 1
        segments = [Segment(f"{glyphs.ELLIPSIS} ", quiet)] if first else []
        used = 2 if first else 0
        for at in range(first, len(shown)):
            text = (gap if at > first else "") + shown[at]
            if used + cell_len(text) > room - (2 if at < len(shown) - 1 else 0) and at > first:
                segments.append(Segment(f" {glyphs.ELLIPSIS}", quiet))
                break
            used += cell_len(text)
            segments += [
                Segment(gap if at > first else "", quiet),
                Segment(shown[at], bright if at == self._chosen else quiet),
            ]
        return segments
