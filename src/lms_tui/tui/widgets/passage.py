"""A short text of a course under its title, read as the lesson's own text is: what a quiz says before it begins."""

from collections.abc import Sequence

from rich.segment import Segment

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import render
from lms_tui.tui.text.parse import TextFormat, parse
from lms_tui.tui.widgets.fitted import Fitted
from lms_tui.wire.text import clean_line


class Passage(Fitted):
    """Shows a title and a text, both foreign."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._text = "", ""
        self._format: TextFormat = "markdown"
        self._drawn_for: tuple[int, Palette] | None = None
        self._drawn: list[Sequence[Segment]] = []

    def show(self, title: str, text: str, text_format: TextFormat) -> None:
        """Show `title` and under it `text`."""
        if (shown := (clean_line(title), text, text_format)) != (self._title, self._text, self._format):
            self._title, self._text, self._format = shown
            self._drawn_for = None
            self.refresh(layout=True)

    def lines(self, width: int) -> Sequence[Sequence[Segment]]:
        """Return the title's line and the text's at `width`."""
        palette = Palette.of(self)
        if self._drawn_for != (width, palette):
            body = [line.segments for line in render(parse(self._text, self._format), width, palette)]
            self._drawn, self._drawn_for = [(Segment(self._title, palette.strong),), *body], (width, palette)
        return self._drawn
