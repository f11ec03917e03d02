"""A few wrapped paragraphs in their own colours: what a course is about, a question to confirm, an address."""

from collections.abc import Sequence

from rich.segment import Segment

from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.fitted import Fitted
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean

Paragraph = tuple[str, str]
"""A text, line feeds kept, and the name of its style in the palette ("text", "strong", "muted", "accent")."""


class Paragraphs(Fitted):
    """Shows paragraphs, wrapped at the width. Every text is foreign."""

    def __init__(self, paragraphs: Sequence[Paragraph] = ()) -> None:
        """Make it with these paragraphs."""
        super().__init__()
        self._paragraphs = tuple(paragraphs)
        self._wrapped: tuple[int, list[Paragraph]] = (-1, [])

    def show(self, *paragraphs: Paragraph) -> None:
        """Show these paragraphs in place of the earlier."""
        if paragraphs != self._paragraphs:
            self.put(*paragraphs)
            self.refresh(layout=self.styles.is_auto_height)

    def put(self, *paragraphs: Paragraph) -> None:
        """Have these paragraphs in place of the earlier; whoever does it has them painted."""
        self._paragraphs, self._wrapped = paragraphs, (-1, [])

    def lines(self, width: int) -> list[list[Segment]]:
        """Return the paragraphs' lines at `width`."""
        if self._wrapped[0] != width:
            lines: list[Paragraph] = []
            for text, style in self._paragraphs:
                for part in clean(text).expandtabs(4).split("\n"):
                    lines += [(line, style) for line in wrapped(part, width) or [""]]
            self._wrapped = width, lines
        palette = Palette.of(self)
        return [[Segment(text, palette.tone(style))] for text, style in self._wrapped[1]]


class Panel(Paragraphs):
    """Paragraphs in the body of a screen, above or beside its list."""
