"""The line between a conversation and the question that is typed: what goes on, and whether more is below."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import shorten
from lms_tui.wire.text import clean_line


class TalkLine(Widget):
    """One line: at its left a state in words, at its right a sign. Both are foreign."""

    DEFAULT_CSS = "TalkLine { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown = ("", "muted", "")

    def show(self, state: str, tone: str = "muted", sign: str = "") -> None:
        """Show `state` in a colour of the palette, and `sign`; nothing is drawn where they stand there."""
        if (shown := (clean_line(state), tone, clean_line(sign))) != self._shown:
            self._shown = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Return the line."""
        palette, width = Palette.of(self), self.size.width
        state, tone, sign = self._shown
        state = shorten(state, max(0, width - 5 - cell_len(sign)))
        gap = max(1, width - 4 - cell_len(state) - cell_len(sign))
        segments = [
            Segment(f"  {state}", palette.base + palette.tone(tone)),
            Segment(" " * gap, palette.base),
            Segment(sign, palette.base + palette.accent),
        ]
        return Strip(segments).crop_extend(0, width, palette.base)
