"""The line over a question: a mark for each question of the attempt, and what the quiz asks for."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui import glyphs
from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.question_lines import margin_of

Mark = tuple[str, str]
"""A glyph and the name of its colour in the palette."""

_SPARE = 3


class QuizHead(Widget):
    """Marks at the left, a sentence at the right while there is room for it, a blank line under them."""

    DEFAULT_CSS = "QuizHead { height: 2; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._marks: tuple[Mark, ...] = ()
        self._here = 0
        self._sentence = ""

    def show(self, marks: Sequence[Mark], here: int, sentence: str) -> None:
        """Show `marks`, those around number `here` when not all fit; `sentence` is ours, not foreign."""
        wanted = (tuple(marks), here, sentence)
        if wanted != (self._marks, self._here, self._sentence):
            self._marks, self._here, self._sentence = wanted
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        palette, width = Palette.of(self), self.size.width
        if y:
            return Strip.blank(width, palette.base)
        margin = margin_of(width)
        shown, gap = self._fitting(width - 2 * margin)
        segments = [Segment(" " * margin, palette.base)]
        for glyph, tone in shown:
            segments.append(Segment(glyph + gap, palette.base + palette.tone(tone)))
        used = sum(cell_len(segment.text) for segment in segments)
        room = width - used - margin
        if len(self._sentence) + _SPARE <= room:
            segments.append(Segment(self._sentence.rjust(room), palette.base + palette.muted))
        return Strip(segments).crop_extend(0, width, palette.base).simplify()

    def _fitting(self, room: int) -> tuple[tuple[Mark, ...], str]:
        """Return the marks that fit, around the one that is here, and what parts them."""
        if 2 * len(self._marks) <= room:
            return self._marks, " "
        if len(self._marks) <= room:
            return self._marks, ""
        first = max(0, min(self._here - room // 2, len(self._marks) - room))
        shown = list(self._marks[first : first + room])
        more = (glyphs.ELLIPSIS, "muted")
        if first > 0:
            shown[0] = more
        if first + room < len(self._marks):
            shown[-1] = more
        return tuple(shown), ""
