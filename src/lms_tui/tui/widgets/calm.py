"""A sentence in the middle of an empty screen: loading, nothing here, something went wrong, offline."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.palette import Palette
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean_line

_MEASURE = 60


class Calm(Widget):
    """Shows what is going on, and under it what to do; both texts are foreign and get cleaned."""

    DEFAULT_CSS = "Calm { height: 1fr; width: 1fr; }"

    def __init__(self, sentence: str = "", hint: str = "") -> None:
        super().__init__()
        self.sentence = clean_line(sentence)
        self.hint = clean_line(hint)
        self._wrapped: tuple[tuple[str, str, int], list[tuple[str, str]]] = ("", "", 0), []

    def say(self, sentence: str, hint: str = "") -> None:
        """Show `sentence`, and in the quiet colour `hint`, which says what to do."""
        if (sentence, hint) != (self.sentence, self.hint):
            self.sentence, self.hint = clean_line(sentence), clean_line(hint)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        palette, (width, height) = Palette.of(self), self.size
        lines = self._lines(max(1, min(_MEASURE, width - 4)))
        at = y - max(0, (height - len(lines)) // 2)
        if not 0 <= at < len(lines):
            return Strip.blank(width, palette.base)
        text, tone = lines[at]
        left = " " * max(0, (width - cell_len(text)) // 2)
        return Strip([Segment(left + text, palette.base + palette.tone(tone))]).crop_extend(0, width, palette.base)

    def _lines(self, measure: int) -> list[tuple[str, str]]:
        """Return both texts in lines of `measure` cells, with their tones; made once for all lines of the screen."""
        wanted = self.sentence, self.hint, measure
        if self._wrapped[0] != wanted:
            said, hint = wrapped(self.sentence, measure), wrapped(self.hint, measure)
            lines = [(text, "text") for text in said] + [("", "text")] * bool(hint) + [(text, "muted") for text in hint]
            self._wrapped = wanted, lines
        return self._wrapped[1]
