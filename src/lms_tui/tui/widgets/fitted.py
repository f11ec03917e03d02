"""A widget of a few lines that is as high as they are."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette


class Fitted(Widget):
    """Shows the `lines` that it has at its width; give it a `max-height`: what is cut ends with an ellipsis."""

    DEFAULT_CSS = "Fitted { height: auto; width: 1fr; padding: 0 1; }"

    def lines(self, width: int) -> Sequence[Sequence[Segment]]:
        """Return the lines at `width`, none of them wider; asked for often."""
        raise NotImplementedError

    @property
    def shown_lines(self) -> Sequence[Sequence[Segment]]:
        """The lines at the width that it has on the screen; none where it is not shown."""
        return self.lines(self.size.width) if self.size else ()

    def paint_since(self, before: Sequence[Sequence[Segment]]) -> None:
        """Paint again the lines that are not as they were `before`, with the last one, which may end with an ellipsis.

        What stands beside a list changes with each move in it, and mostly by a few lines of many.
        """
        width, height = self.size
        pairs = enumerate(zip_longest(before, self.shown_lines))
        changed = {y for y, (old, new) in pairs if old != new and y < height}
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed | {height - 1}))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines there are at `width`."""
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, (width, height) = Palette.of(self), self.size
        lines = self.lines(width)
        if y >= len(lines):
            return Strip.blank(width, palette.base)
        strip = Strip(lines[y])
        if y == height - 1 and len(lines) > height:
            kept = list(strip.crop(0, min(strip.cell_length, width - 1)))
            strip = Strip([*kept, Segment(glyphs.ELLIPSIS, kept[-1].style if kept else None)])
        return strip.apply_style(palette.base).crop_extend(0, width, palette.base)
