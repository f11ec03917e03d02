"""A short text of a course under its title, read as the lesson's own text is: what a quiz says before it begins."""

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import render
from lms_tui.tui.text.parse import TextFormat, parse
from lms_tui.wire.text import clean_line

_Lines = list[tuple[Segment, ...]]


class Passage(Widget):
    """Shows a title and a text; it is as high as they are, and says at its end when there was no room for all."""

    DEFAULT_CSS = "Passage { height: auto; width: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._title, self._text = "", ""
        self._format: TextFormat = "markdown"
        self._drawn: tuple[tuple[int, Palette] | None, _Lines] = (None, [])

    def show(self, title: str, text: str, text_format: TextFormat) -> None:
        """Show `title` and under it `text`; both are foreign."""
        if (shown := (clean_line(title), text, text_format)) != (self._title, self._text, self._format):
            self._title, self._text, self._format = shown
            self._drawn = (None, [])
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines there are at `width`."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, (width, height) = Palette.of(self), self.size
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, palette.base)
        segments: tuple[Segment, ...] = lines[y]
        if y == height - 1 and len(lines) > height:
            segments = (Segment(glyphs.ELLIPSIS, palette.muted),)
        return Strip(segments).apply_style(palette.base).crop_extend(0, width, palette.base)

    def _lines(self, width: int) -> _Lines:
        palette = Palette.of(self)
        if self._drawn[0] != (width, palette):
            body = [line.segments for line in render(parse(self._text, self._format), width, palette)]
            self._drawn = (width, palette), [(Segment(self._title, palette.strong),), *body]
        return self._drawn[1]
