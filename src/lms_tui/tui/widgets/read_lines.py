"""Lines to read: scrolled by keys, moved sideways where they are wide, with what was found in them marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.find import find
from lms_tui.tui.text.lines import Line
from lms_tui.tui.widgets.finding import Finding
from lms_tui.tui.widgets.lesson_line import drawn
from lms_tui.tui.widgets.line_view import LineView

MEASURE = 88
"""The widest that prose gets, in cells; on a wider screen it stands in the middle."""

_SIDEWAYS = 8


class ReadLines(LineView, can_focus=True):
    """Shows the lines that the class below makes; that says by `_redraw` when they are others than were drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "line(1)", "Down", show=False, id="text.down"),
        Binding("up,k", "line(-1)", "Up", show=False, id="text.up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="text.page_down"),
        Binding("pageup,b", "page(-1)", "Page up", show=False, id="text.page_up"),
        Binding("home,g", "top", "Top", show=False, id="text.top"),
        Binding("end,G", "bottom", "End", show=False, id="text.bottom"),
        Binding("right,l,greater_than_sign", "sideways(1)", "Right", show=False, id="text.right"),
        Binding("left,h,less_than_sign", "sideways(-1)", "Left", show=False, id="text.left"),
    ]

    @dataclass
    class _Matched(Message):
        """What was found in `lines`."""

        lines: Sequence[Line]
        finding: Finding

    @dataclass
    class Found(Message):
        """`found` is another than before."""

        text: "ReadLines"

        @property
        def control(self) -> "ReadLines":
            """The widget that sent this."""
            return self.text

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._lines: list[Line] = []
        self._shift = 0
        self._finding: Finding | None = None
        self._strips: dict[int, Strip] = {}
        self._strips_for: object = None

    @property
    def line(self) -> int:
        """The line at the top of the screen, from 0."""
        return self.scroll_offset.y

    @property
    def found(self) -> str:
        """Where one is among the matches of what is looked for, as "3/17"; empty where nothing is."""
        return self._finding.count if self._finding is not None else ""

    def find(self, words: str) -> None:
        """Mark where `words` stand, and go to the first of those from here on; a `Found` tells when that is done."""
        if not words.strip():
            self.end_finding()
            self.post_message(self.Found(self))
        else:
            self._find(words, self._lines, self._room, self.line)

    def step_match(self, way: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        if self._finding is not None:
            self._finding.step(way)
            self._show_match()
            self.post_message(self.Found(self))

    def end_finding(self) -> None:
        """Mark nothing any more."""
        self.workers.cancel_group(self, "lesson-find")
        self._finding = None
        self._redraw()

    @work(thread=True, exclusive=True, group="lesson-find")
    def _find(self, words: str, lines: Sequence[Line], room: int, top: int) -> None:
        worker = get_current_worker()
        finding = Finding(words, find(lines, words, room), top)
        if not worker.is_cancelled:
            self.post_message(self._Matched(lines, finding))

    def on_read_lines__matched(self, message: _Matched) -> None:
        """Show what was found, if the lines are still those in which it was."""
        message.stop()
        if message.lines is not self._lines:
            self.find(message.finding.words)
            return
        self._finding = message.finding
        self._show_match()
        self.post_message(self.Found(self))

    def _show_match(self) -> None:
        """Bring the present match on the screen, also when it is in what is wider."""
        match = self._finding.here if self._finding is not None else None
        if match is not None:
            line, start, end = match[0]
            if not self.line <= line < self.line + self.size.height:
                self.goto_line(max(0, line - self.size.height // 3))
            hidden = self._lines[line].wide - self._room
            if hidden > 0 and not self._shift < start <= end < self._shift + self._room:
                self._shift = max(0, min(start - self._room // 3, hidden))
        self._redraw()

    def _redraw(self) -> None:
        """Draw each line anew."""
        self._strips_for = None
        self.refresh()

    def goto_line(self, line: int) -> None:
        """Bring `line` to the top of the screen, or as near as the end of the document allows."""
        self.scroll_to(y=line, animate=False, force=True)

    def action_line(self, way: int) -> None:
        """Scroll by a line."""
        self.goto_line(self.line + way)

    def action_page(self, way: int) -> None:
        """Scroll by a screenful, keeping two lines of the old one in sight."""
        self.goto_line(self.line + way * max(1, self.size.height - 2))

    def action_top(self) -> None:
        """Go to the beginning."""
        self.goto_line(0)

    def action_bottom(self) -> None:
        """Go to the end."""
        self.goto_line(len(self._lines))

    def action_sideways(self, way: int) -> None:
        """Move what is wider than the screen, as far as the widest of it on the screen goes."""
        shown = self._lines[self.line : self.line + self.size.height]
        widest = max((line.wide for line in shown), default=0)
        shift = max(0, min(self._shift + way * _SIDEWAYS, widest - self._room))
        if shift != self._shift:
            self._shift = shift
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen; the same strip for the same line, whose rendering Textual keeps with it."""
        palette, width = Palette.of(self), self.size.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, palette.base)
        if self._strips_for != (drawn_for := (palette, width, self._shift)):
            self._strips, self._strips_for = {}, drawn_for
        if (strip := self._strips.get(at)) is None:
            found = self._finding.spans(at) if self._finding is not None else ()
            strip = drawn(self._lines[at], self._room, self._margin, self._shift, found, palette)
            self._strips[at] = strip = strip.crop_extend(0, width, palette.base).simplify()
        return strip

    @property
    def _room(self) -> int:
        """The cells a line may take."""
        return max(1, self.size.width - 2 * self._margin)

    @property
    def _margin(self) -> int:
        """The blank cells at each side."""
        return max(2 if self.size.width >= 40 else 1, (self.size.width - MEASURE) // 2)
