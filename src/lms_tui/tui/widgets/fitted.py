"""A widget of a few lines that is as high as they are."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
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
