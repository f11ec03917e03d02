"""Sends a terminal only the cells in which a frame differs from what stands there.

Textual writes all of what it has drawn again: every blank, every line that is as before, each piece of text with all
its colours. `Picture` remembers what stands on the screen, draws a frame into that, and writes the difference; lines
that only moved up or down it has the terminal move (a scrolling region and line feeds, which every terminal since the
VT100 knows). It is what a slow line over SSH feels; bench/ has the figures.

What is not sure is not spared. Cells that nobody wrote are unknown, and all are after anything that may have changed
the screen (`forget`). A line with a character whose width terminals disagree about is written as a whole. What is
drawn outside the screen is left out: right after a change of size a frame may still be of the size before.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rich.cells import split_graphemes

from lms_tui.tui.sgr import RESET, State, blank, change, for_blanks, told

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<style>[0-9;]*)m"
    r"|(?P<move>\x1b\[[0-9;]*H)"
    r"|(?P<feed>\n)"
    r"|(?P<text>[^\x1b\n]+)"
    r"|(?P<other>\x1b(?:\[[0-9;:?<>=$ ]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\[\]]?))"
)
_HARMLESS: Final = re.compile(r"\x1b(?:\][^\x07]*|\[\?(?!1049|1047|47)[0-9;]*(?:[hl]|\$p)|\[[<>=?][0-9;]*[a-z]|\[6n)")
"""What changes no cell and does not move the cursor: modes but those of the other screen, titles, questions."""
_SURE: Final = re.compile(
    "[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u203b\u203d-\u2048\u20a0-\u20bf\u2190-\u2193\u2500-\u25fc\u2691\u2713\u2717]*"
)
"""Characters that are one cell wide on every terminal that we know."""
_OF_PICTURE: Final = re.compile("\U0010eeee[\u0300-\u074a]{3}")
"""A cell that shows a part of a picture (`tui.kitty`): only terminals that know it are given any."""
_SHORT_GAP: Final = 4  # cells as before that are cheaper to write again than to jump over
_SHORTEST_ERASE: Final = 6
_FEWEST_MOVED: Final = 3  # lines that make scrolling worth its 20 bytes


@lru_cache(1024)
def _cells_of(text: str) -> tuple[tuple[str, ...], str, bool]:
    """Return the cells of `text`, what of it is a mark on the cell before it, and whether all widths are sure."""
    if _SURE.fullmatch(text):
        return tuple(text), "", True
    cells: list[str] = []
    mark = ""
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells += [text[start:end], *[""] * (width - 1)]
        else:  # only the first can be without width
            mark += text[start:end]
    return tuple(cells), mark, _SURE.fullmatch(_OF_PICTURE.sub("x", text)) is not None


def _cut(cells: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return the first `count` cells, without a wide character that does not fit in."""
    while 0 < count < len(cells) and cells[count] == "":
        count -= 1
    return cells[:count]


class _Line:
    """The cells of a line: a character each ('' where a wide one goes on, None where nobody knows) and a style."""

    __slots__ = ("cells", "styles", "sure")

    def __init__(self) -> None:
        self.cells: list[str | None] = []
        self.styles: list[State] = []
        self.sure = True

    def copy(self) -> "_Line":
        twin = _Line()
        twin.cells, twin.styles, twin.sure = self.cells[:], self.styles[:], self.sure
        return twin

    def unknown(self) -> "_Line":
        line = _Line()
        line.cells, line.styles = [None] * len(self.cells), [RESET] * len(self.cells)
        return line

    def put(self, x: int, text: str, state: State, columns: int) -> int:
        """Write what of `text` at `x` is within `columns`, and return how many cells all of it took."""
        cells, mark, sure = _cells_of(text)
        taken = len(cells)
        if x + taken > columns:
            cells = _cut(cells, max(columns - x, 0))
        self.sure = self.sure and sure
        if mark and 0 < x <= len(self.cells) and (cell := self.cells[x - 1]) is not None:
            self.cells[x - 1] = cell + mark
        if not cells:
            return taken
        end = x + len(cells)
        if end > len(self.cells):
            missing = end - len(self.cells)
            self.cells += [None] * missing
            self.styles += [RESET] * missing
        self._halve(x, end)
        self.cells[x:end] = cells
        self.styles[x:end] = [state] * len(cells)
        return taken

    def _halve(self, start: int, end: int) -> None:
        """Take the half of a wide character that is written over away with its other half."""
        cells = self.cells
        while start > 0 and cells[start] == "":
            start -= 1
            cells[start] = None
        while end < len(cells) and cells[end] == "":
            cells[end] = None
            end += 1

    def same(self, other: "_Line") -> bool:
        return self.cells == other.cells and self.styles == other.styles

    def key(self) -> tuple[str, tuple[State, ...]] | None:
        """Return what tells this line from others; None for one that is blank or not known in full."""
        known = [cell for cell in self.cells if cell is not None]
        text = "".join(known)
        return (text, tuple(self.styles)) if len(known) == len(self.cells) and text.strip() else None

    def differing(self, old: "_Line") -> Iterator[tuple[int, int]]:
        """Yield from where to where this line has to be written over `old`; cells that nobody knows are passed."""
        if not (self.sure and old.sure):
            yield from self._known()
            return
        start, end = -1, 0
        before, styles = old.cells, old.styles
        for x, cell in enumerate(self.cells):
            if cell is not None and x < len(before) and cell == before[x] and self._looks(x, cell, styles[x]):
                continue
            if start >= 0 and (cell is None or x - end > _SHORT_GAP):
                yield start, end
                start = -1
            if cell is not None:
                start, end = x if start < 0 else start, x + 1
        if start >= 0:
            yield start, end

    def _looks(self, x: int, cell: str, style: State) -> bool:
        own = self.styles[x]
        return own == style or (cell == " " and blank(own) == blank(style))

    def _known(self) -> Iterator[tuple[int, int]]:
        start = -1
        for x, cell in enumerate([*self.cells, None]):
            if cell is None and start >= 0:
                yield start, x
                start = -1
            elif cell is not None and start < 0:
                start = x


class Picture:
    """What stands on the terminal, as far as it was written through `frame`."""

    def __init__(self, *, erase: bool = True) -> None:
        """Begin with a screen that nobody knows.

        `erase` allows ECH for blanks at the end of what is written, which a terminal must fill with the background
        in force (terminfo `bce`; GNU screen does not).
        """
        self._erase = erase
        self._columns = self._rows = sys.maxsize
        self._lines: dict[int, _Line] = {}
        self._at: tuple[int, int] | None = None
        """Where the terminal's cursor is, as (line, column) from 0; None: nobody knows."""
        self._now = RESET
        self._written: list[str] = []

    def forget(self) -> None:
        """Take nothing on the terminal for known: it was resized, left, or something else wrote to it."""
        self._lines, self._at = {}, None

    def resized(self, columns: int, rows: int) -> None:
        """Forget the screen, and draw nothing outside one of this size from now on.

        A terminal would break what does not fit into a line, each in its own way, and nobody would know what stands
        there.
        """
        self._columns, self._rows = columns, rows
        self.forget()

    def frame(self, data: str) -> str:
        """Return what has to be written so that a terminal with a reset style looks as after `data`, and the rest of
        `data`; it ends reset, with the cursor where `data` leaves it."""
        drawn: dict[int, _Line] = {}
        place, state = self._at, RESET
        for token in _TOKEN.finditer(data):
            match token.lastgroup:
                case "style":
                    state = told(state, token["style"])
                case "move":
                    place = _place(token["move"])
                case "feed":
                    place = None if place is None else (place[0] + 1, 0)
                case "text" if place is not None:
                    y, x = place
                    if y not in drawn:
                        drawn[y] = self._lines[y].copy() if y in self._lines else _Line()
                    place = y, x + drawn[y].put(x, token["text"], state, self._columns if y < self._rows else 0)
                case _:
                    self._paint(drawn)
                    place = self._pass(token[0], place, state)
                    drawn = {}
        self._paint(drawn)
        if place is not None and place != self._at:
            self._go(*place)
        self._to(RESET)
        written, self._written = "".join(self._written), []
        return written

    def _pass(self, sequence: str, place: tuple[int, int] | None, state: State) -> tuple[int, int] | None:
        """Write what is no cell; return the place that is known after it."""
        if place is not None and place != self._at:
            self._go(*place)
        if _HARMLESS.match(sequence):
            self._written.append(sequence)
            return place
        self._to(state)
        self._written.append(sequence)
        self.forget()
        return None

    def _paint(self, drawn: dict[int, _Line]) -> None:
        changed = {y: line for y, line in drawn.items() if y not in self._lines or not line.same(self._lines[y])}
        if len(changed) > _FEWEST_MOVED:
            self._scroll(changed)
        for y, line in sorted(changed.items()):
            old = self._lines.get(y) or _Line()
            for start, end in line.differing(old):
                self._write(y, line, start, end)
            self._lines[y] = line

    def _scroll(self, changed: dict[int, _Line]) -> None:
        """Have the terminal move the lines that only moved, where that leaves much less to write."""
        stood = {key: y for y in changed if y in self._lines and (key := self._lines[y].key()) is not None}
        ways = Counter(stood[key] - y for y, line in changed.items() if (key := line.key()) in stood)
        (way, count), *_ = ways.most_common(1) or [(0, 0)]
        if not way or count < _FEWEST_MOVED:
            return
        top, bottom = min(changed), max(changed)
        if any(y not in self._lines for y in range(top, bottom + 1)):
            return
        moved = {}
        for y in range(top, bottom + 1):
            source = y + way
            moved[y] = self._lines[source] if top <= source <= bottom else self._lines[y].unknown()
        wanted = {y: changed.get(y, self._lines[y]) for y in moved}
        left = [y for y in moved if not wanted[y].same(moved[y])]
        if 2 * len(left) > len(changed):
            return
        self._to(RESET)
        self._written.append(f"\x1b[{top + 1};{bottom + 1}r")
        self._written.append(f"\x1b[{bottom + 1}H" + "\n" * way if way > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -way)
        self._written.append("\x1b[r")
        self._at = None
        self._lines |= moved
        changed.clear()
        changed |= {y: wanted[y] for y in left}

    def _write(self, y: int, line: _Line, start: int, end: int) -> None:
        """Write the cells `start` to `end` of a line."""
        self._go(y, start)
        erased = self._blanks_at_end(line, start, end)
        stop, x = end - erased, start
        while x < stop:
            run = x + 1
            state = line.styles[x]
            while run < stop and line.styles[run] == state:
                run += 1
            text = "".join(cell or "" for cell in line.cells[x:run])
            self._to(for_blanks(self._now, state) if text.isspace() else state)
            self._written.append(text)
            x = run
        self._at = (y, stop)
        if erased:
            self._to(for_blanks(self._now, line.styles[stop]))
            self._written.append(f"\x1b[{erased}X")
        if end >= len(line.cells):
            self._at = None  # behind the last column terminals wait, each in its own way

    def _blanks_at_end(self, line: _Line, start: int, end: int) -> int:
        """Return how many blanks at the end can be erased in place of being written, 0 where that is no gain."""
        under = blank(line.styles[end - 1])
        if not self._erase or under != ("", under[1], frozenset()):
            return 0
        count = 0
        while start < end - count:
            x = end - count - 1
            if line.cells[x] != " " or blank(line.styles[x]) != under:
                break
            count += 1
        return count if count >= _SHORTEST_ERASE else 0

    def _go(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and self._at[1] < x:
            self._written.append(f"\x1b[{x - self._at[1]}C")
        else:
            self._written.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = (y, x)

    def _to(self, state: State) -> None:
        self._written.append(change(self._now, state))
        self._now = state


def _place(move: str) -> tuple[int, int]:
    line, _, column = move[2:-1].partition(";")
    return int(line or 1) - 1, int(column or 1) - 1
