"""A turn of a conversation into lines: who said it, what, and what became of it.

An answer is Markdown, as a lesson is. What a learner typed stands as it was typed, and what they quoted behind a bar.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import parse
from lms_tui.tui.turns import Turn
from lms_tui.tui.wrapping import wrapped
from lms_tui.wire.text import clean, clean_line

_WHO = {True: "You", False: "Mentor"}
_GAP = 2
_LONGEST_NAME = 40
_CODE = "```"


@dataclass(slots=True, eq=False)
class Drawn:
    """A turn's lines: `head` of them say who speaks, `body` what, the others what became of it."""

    turn: Turn
    lines: list[Line] = field(default_factory=list)
    head: int = 0
    body: int = 0


def drawn(turn: Turn, width: int, palette: Palette) -> Drawn:
    """Return the lines of a turn, none wider than `width` but those that say so."""
    above, said = head(turn, width, palette), body(turn, width, palette)
    return Drawn(turn, [*above, *said, *foot(turn, width, palette)], len(above), len(said))


def head(turn: Turn, width: int, palette: Palette) -> list[Line]:
    """Return the line that says who speaks, and at its right what is said of the turn where there is room."""
    who = (turn.mine and clean_line(turn.who)[:_LONGEST_NAME]) or _WHO[turn.mine]
    style = (palette.accent if turn.mine else palette.primary) + Style(bold=True)
    about = clean_line(turn.about)
    room = width - cell_len(who) - cell_len(about)
    right = (Segment(" " * room + about, palette.muted),) if about and room >= _GAP else ()
    return [Line((Segment(who, style), *right))]


def body(turn: Turn, width: int, palette: Palette) -> list[Line]:
    """Return the lines of what was said."""
    if turn.mine:
        return list(_typed(turn.text, width, palette))
    return list(render(parse(turn.text), width, palette)) if turn.text.strip() else []


def foot(turn: Turn, width: int, palette: Palette) -> list[Line]:
    """Return the lines of what became of it, and the blank line behind each turn."""
    note = wrapped(clean_line(turn.note), width)
    parted = [Line()] if note and turn.text.strip() and not turn.mine else []
    return [*parted, *(Line((Segment(line, palette.tone(turn.tone)),)) for line in note), Line()]


def _typed(text: str, width: int, palette: Palette) -> Iterator[Line]:
    """Yield what a learner typed, line by line; code that is fenced is not wrapped at words, nor indented anew."""
    bar, fenced = Segment("│ ", palette.muted), False
    for line in clean(text).strip("\n").split("\n"):
        is_fence = line.lstrip().startswith(_CODE)
        fenced = fenced != is_fence
        if line.startswith(">"):
            said = wrapped(line.removeprefix(">").strip(), max(1, width - 2)) or [""]
            yield from (Line((bar, Segment(part, palette.muted))) for part in said)
        elif fenced or is_fence or line.startswith("    "):
            code = line.expandtabs(4).rstrip()
            yield Line((Segment(code, palette.secondary),), wide=cell_len(code) if cell_len(code) > width else 0)
        else:
            yield from (Line((Segment(part, palette.text),)) for part in wrapped(line, width) or [""])
