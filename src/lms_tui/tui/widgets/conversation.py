"""A conversation to read: each turn made into lines once per width, the newest first, and an answer as it comes.

New text is followed only while its end is on the screen; the reader who has scrolled up stays where they are. Turns of
long ago are let go while nobody reads them, and asked for when somebody scrolls up to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from textual import work
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from lms_tui.tui.palette import Palette
from lms_tui.tui.text import said
from lms_tui.tui.text.lines import Line
from lms_tui.tui.text.place import TOP, Place, line_of, place_of
from lms_tui.tui.text.streamed import Streamed
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets.read_lines import ReadLines

DRAW_SECONDS: Final = 0.25
"""Between two times that a growing answer is drawn."""
MOST_TURNS: Final = 120
"""Turns that are kept while their end is read; more of them are let go, down to `KEPT_TURNS`."""
KEPT_TURNS: Final = 60
_AT_ONCE: Final = 4_000
"""Characters of a turn that is made into lines at once; a longer one is made in a thread."""
_BATCH: Final = 24_000
"""Characters of the turns that a thread hands over together."""


@dataclass(slots=True, eq=False)
class _Shown(said.Drawn):
    """A turn with its lines as the list of all lines has them, none before they are `made`."""

    made: bool = False
    growing: Streamed | None = None


class Conversation(ReadLines):
    """Shows turns; give them with `show`, and more with `add`, `put_before`, `grow`, `change` and `drop_from`."""

    @dataclass
    class _Made(Message):
        """The lines of turns are there, in the making `making`."""

        making: int
        lines: list[tuple[_Shown, said.Drawn]]

    class Moved(Message):
        """Another part is on the screen, or more is below it."""

    class EarlierWanted(Message):
        """The reader is near the first turn, before which there are others."""

    def __init__(self) -> None:
        super().__init__()
        self._turns: list[_Shown] = []
        self._earlier = self._asked = False
        self._making, self._made_for = 0, (0, Palette.plain())
        self._follows = True
        self._anchor: tuple[_Shown, Place] | None = None
        self._pieces: dict[Turn, list[str]] = {}
        self._drawing: Timer | None = None

    @property
    def turns(self) -> list[Turn]:
        """The turns that are here, the oldest first."""
        return [shown.turn for shown in self._turns]

    @property
    def lines_below(self) -> int:
        """How many lines stand below the screen."""
        return max(0, len(self._lines) - self.line - self.size.height)

    def show(self, turns: Iterable[Turn], *, earlier: bool = False) -> None:
        """Show exactly these turns, from their end; `earlier` tells that there are others before the first."""
        self._turns, self._earlier, self._asked = [_Shown(turn) for turn in turns], earlier, False
        self._pieces.clear()
        self._anchor, self._follows, self._lines = None, True, []
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._redraw()
        self._make_missing()

    def put_before(self, turns: Sequence[Turn], *, earlier: bool) -> None:
        """Show these turns before the others; what is read stays where it is."""
        self._turns = [*(_Shown(turn) for turn in turns), *self._turns]
        self._earlier, self._asked = earlier, False
        self._make_missing()

    def not_earlier(self) -> None:
        """Take note that the turns that were wanted could not be had; they are asked for again by scrolling."""
        self._asked = False

    def add(self, turn: Turn) -> None:
        """Show `turn` behind the others, and go there."""
        shown = _Shown(turn)
        self._turns.append(shown)
        self._follows, self._anchor = True, None
        if self.size.width:
            self._take([(shown, said.drawn(turn, *self._made_for))])

    def change(self, turn: Turn) -> None:
        """Draw `turn` anew: its text, its note or what is said of it is another; it grows no more."""
        shown = self._shown(turn)
        if shown is None or not self.size.width:
            return
        if shown.growing is not None and turn in self._pieces:
            self._draw_grown()  # less than to draw all of it
        self._pieces.pop(turn, None)
        growing, shown.growing = shown.growing, None
        if growing is not None and growing.is_whole(turn.text):
            body = shown.lines[shown.head : shown.head + shown.body]
            self._splice(shown, 0, [*said.head(turn, *self._made_for), *body, *said.foot(turn, *self._made_for)])
        elif len(turn.text) <= _AT_ONCE:
            self._take([(shown, said.drawn(turn, *self._made_for))])
        else:
            self._make([shown], self._making, *self._made_for)

    def say(self, turn: Turn) -> None:
        """Draw the note of a turn that grows, whose text stands as far as it is drawn."""
        shown = self._shown(turn)
        if shown is not None and shown.made:
            foot = said.foot(turn, *self._made_for)
            self._splice(shown, shown.head + shown.body, foot)

    def grow(self, turn: Turn, piece: str) -> None:
        """Take a piece of the answer `turn`, whose text it already is; it is drawn with others that come soon."""
        self._pieces.setdefault(turn, []).append(piece)
        if self._drawing is None:
            self._draw_grown()
            self._drawing = self.set_interval(DRAW_SECONDS, self._draw_grown)

    def drop_from(self, turn: Turn) -> None:
        """Show `turn` and all behind it no more."""
        at = next((at for at, shown in enumerate(self._turns) if shown.turn is turn), len(self._turns))
        del self._lines[self._start_of(at) :]
        del self._turns[at:]
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._redraw()

    def on_mount(self) -> None:
        """Make all lines anew, in the new colours, when the theme changes."""
        self.watch(self.app, "theme", self._make_anew, init=False)

    def on_resize(self) -> None:
        """Wrap anew when the width changed, and stay at the same words."""
        self._make_anew()
        self._go_on()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow what comes from now on, or no more; ask for earlier turns near the first."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = not self.lines_below
        if self._follows:
            self._prune()
        self._want_earlier()
        self.post_message(self.Moved())

    def action_top(self) -> None:
        """Go to the first turn; where its lines are still being made, as soon as they are there."""
        super().action_top()
        if self._turns and not self._turns[0].made:
            self._anchor = (self._turns[0], TOP)

    def action_bottom(self) -> None:
        """Go to the end, and follow what comes."""
        self._follows, self._anchor = True, None
        super().action_bottom()

    def _shown(self, turn: Turn) -> _Shown | None:
        return next((shown for shown in reversed(self._turns) if shown.turn is turn), None)

    def _start_of(self, at: int) -> int:
        return sum(len(shown.lines) for shown in self._turns[:at])

    def _make_anew(self, *_theme: str) -> None:
        """Make all lines for this width and theme, if they are not."""
        wanted = (self._room, Palette.of(self))
        if not self.size.width or wanted == self._made_for:
            return
        self._anchor = None if self._follows else self._here()
        self._made_for = wanted
        self._lines = []
        for shown in self._turns:
            shown.lines, shown.made, shown.growing = [], False, None
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._redraw()
        self._make_missing()

    def _here(self) -> tuple[_Shown, Place] | None:
        """Return the turn and the place in it that stand at the top of the screen."""
        at = self.line
        for shown in self._turns:
            if at < len(shown.lines):
                return shown, place_of(shown.lines, at)
            at -= len(shown.lines)
        return None

    def _make_missing(self) -> None:
        """Make the lines of the turns that have none, the newest first."""
        if self.size.width:
            self._making += 1
            missing = [shown for shown in reversed(self._turns) if not shown.made]
            self._make(missing, self._making, *self._made_for)

    @work(thread=True, group="conversation")
    def _make(self, missing: Sequence[_Shown], making: int, width: int, palette: Palette) -> None:
        worker = get_current_worker()
        made: list[tuple[_Shown, said.Drawn]] = []
        size = _BATCH  # the first, of one turn, comes at once
        for shown in missing:
            if worker.is_cancelled or making != self._making:
                return
            made.append((shown, said.drawn(shown.turn, width, palette)))
            size += len(shown.turn.text)
            if size >= _BATCH:
                self.post_message(self._Made(making, made))
                made, size = [], 0
        if made:
            self.post_message(self._Made(making, made))

    def on_conversation__made(self, message: _Made) -> None:
        """Take lines over from the thread."""
        message.stop()
        if message.making == self._making:
            self._take(message.lines)

    def _take(self, made: Iterable[tuple[_Shown, said.Drawn]]) -> None:
        """Show the lines of turns that are still here."""
        for shown, drawn in made:
            if shown in self._turns and shown.growing is None:
                shown.head, shown.body, shown.made = drawn.head, drawn.body, True
                self._splice(shown, 0, drawn.lines)
        if self._anchor is not None and self._anchor[0].made:
            shown, place = self._anchor
            self._anchor = None
            start = self._start_of(self._turns.index(shown)) if shown in self._turns else 0
            self.scroll_to(y=start + line_of(shown.lines, place), animate=False, force=True, immediate=True)
        self._want_earlier()

    def _splice(self, shown: _Shown, kept: int, lines: list[Line]) -> None:
        """Have `lines` behind the first `kept` of a turn, in place of its others; what is read stays in its place."""
        start = self._start_of(self._turns.index(shown))
        first, end, top = start + kept, start + len(shown.lines), self.line
        before = len(self._lines)
        shown.lines[kept:] = lines
        self._lines[first:end] = lines
        grown = len(self._lines) - before
        if grown or first < top:
            for at in [at for at in self._strips if at >= first]:
                del self._strips[at]
        else:
            for at in range(first, end):
                self._strips.pop(at, None)
        self.virtual_size = Size(self.size.width, len(self._lines))
        if self._follows:
            self._go_on()
            self.refresh()
        elif end <= top and grown:
            self.scroll_to(y=top + grown, animate=False, force=True, immediate=True)
            self.refresh()
        elif first < top + self.size.height:
            self.refresh()
        self.post_message(self.Moved())

    def _draw_grown(self) -> None:
        """Draw what has come since the last time; nothing came for a while: wait for the next piece."""
        pieces, self._pieces = self._pieces, {}
        if not pieces and self._drawing is not None:
            self._drawing.stop()
            self._drawing = None
        for turn, came in pieces.items():
            shown = self._shown(turn)
            if shown is None or not shown.made:
                continue  # its lines are being made with all of its text
            text = "".join(came)
            if shown.growing is None:
                shown.growing, text = Streamed(*self._made_for), turn.text
                shown.body = 0
            grown = shown.growing.grow(text)
            shown.body = grown.kept + len(grown.lines)
            self._splice(shown, shown.head + grown.kept, [*grown.lines, *said.foot(turn, *self._made_for)])

    def _go_on(self) -> None:
        """Stay at the end where that is followed."""
        if self._follows:
            self.scroll_to(y=len(self._lines), animate=False, force=True, immediate=True)

    def _want_earlier(self) -> None:
        near = self.line < self.size.height and all(shown.made for shown in self._turns)
        if self._earlier and near and not self._asked and self._turns and self.size.height:
            self._asked = True
            self.post_message(self.EarlierWanted())

    def _prune(self) -> None:
        """Let go of the oldest turns: their lines are far above what is read."""
        if len(self._turns) <= MOST_TURNS:
            return
        del self._lines[: self._start_of(len(self._turns) - KEPT_TURNS)]
        del self._turns[:-KEPT_TURNS]
        self._earlier = True
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._redraw()
        self._go_on()
