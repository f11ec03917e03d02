"""A few wrapped paragraphs in their own colours: what a course is about, a question to confirm, an address."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean

Paragraph = tuple[str, str]
"""A text, line feeds kept, and the name of its style in the palette ("text", "strong", "muted", "accent")."""


class Paragraphs(Widget):
    """Shows paragraphs, wrapped at the width; what is too long for the height is cut with an ellipsis.

    It is as high as its text; give it a `max-height`. Every text is foreign.
    """

    DEFAULT_CSS = "Paragraphs { height: auto; width: 1fr; padding: 0 1; }"

    def __init__(self, paragraphs: Sequence[Paragraph] = ()) -> None:
        """Make it with these paragraphs."""
        super().__init__()
        self._paragraphs = tuple(paragraphs)
        self._wrapped: tuple[int, list[Paragraph]] = (-1, [])

    def show(self, *paragraphs: Paragraph) -> None:
        """Show these paragraphs in place of the earlier."""
        if paragraphs != self._paragraphs:
            self._paragraphs, self._wrapped = paragraphs, (-1, [])
            self.refresh(layout=self.styles.is_auto_height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines the paragraphs take at `width`."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, (width, height) = Palette.of(self), self.size
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, palette.base)
        text, style = lines[y]
        if y == height - 1 and len(lines) > height:
            text = shorten(text + " " * width, width)
        return Strip([Segment(text, palette.base + palette.tone(style))]).crop_extend(0, width, palette.base)

    def _lines(self, width: int) -> list[Paragraph]:
        if self._wrapped[0] != width:
            lines: list[Paragraph] = []
            for text, style in self._paragraphs:
                for part in clean(text).expandtabs(4).split("\n"):
                    lines += [(line, style) for line in wrapped(part, width) or [""]]
            self._wrapped = width, lines
        return self._wrapped[1]


class Panel(Paragraphs):
    """Paragraphs in the body of a screen, above or beside its list."""
