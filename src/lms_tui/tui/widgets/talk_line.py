"""The line between a conversation and the question that is typed: what goes on, and whether more is below.

A state that is a sentence too long for the line takes a few: it says what is to be done.
"""

from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from lms_tui.tui.palette import Palette
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean_line

_MOST: Final = 3
"""Lines."""


class TalkLine(Widget):
    """At its left a state in words, at its right a sign. Both are foreign."""

    DEFAULT_CSS = "TalkLine { height: auto; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown = ("", "muted", "")

    def show(self, state: str, tone: str = "muted", sign: str = "") -> None:
        """Show `state` in a colour of the palette, and `sign`; nothing is drawn where they stand there."""
        if (shown := (clean_line(state), tone, clean_line(sign))) != self._shown:
            self._shown = shown
            self.refresh(layout=len(self._states(self.size.width)) != self.size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines the state takes."""
        return len(self._states(width))

    def render_line(self, y: int) -> Strip:
        """Return one of the lines; the sign stands on the first."""
        palette, width = Palette.of(self), self.size.width
        states, (_, tone, sign) = self._states(width), self._shown
        state, sign = states[y] if y < len(states) else "", sign if y == 0 else ""
        gap = max(1, width - 4 - cell_len(state) - cell_len(sign))
        segments = [
            Segment(f"  {state}", palette.base + palette.tone(tone)),
            Segment(" " * gap, palette.base),
            Segment(sign, palette.base + palette.accent),
        ]
        return Strip(segments).crop_extend(0, width, palette.base)

    def _states(self, width: int) -> list[str]:
        """Return the state's lines at `width`, one at least."""
        state, _, sign = self._shown
        room = max(0, width - 5 - cell_len(sign))
        lines = wrapped(state, room) or [""]
        if len(lines) > _MOST:
            lines[_MOST - 1 :] = [shorten(" ".join(lines[_MOST - 1 :]), room)]
        return lines
