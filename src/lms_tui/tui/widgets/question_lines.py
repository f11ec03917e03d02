"""How the sheet of a question is laid out in lines: its text, how it is answered, its options."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rich.cells import cell_len
from rich.segment import Segment

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.question import Drawn, head, option
from lms_tui.tui.widgets.choices import SCALE, Choices
from lms_tui.wire.quizzes import Kind, Question
from lms_tui.wire.text import clean_line

MEASURE = 88
"""The widest that a question gets, in cells."""

HOW = {
    Kind.CHOOSE_ONE: "choose one",
    Kind.CHOOSE_ALL: "choose all that apply",
    Kind.STATEMENTS: "true or false",
    Kind.BLANKS: "fill in",
    Kind.SCALE: "choose a step",
    Kind.TEXT: "write freely",
}
"""How each kind is answered, in words."""
_KEYS = {Kind.STATEMENTS: "t and f mark"}
"""Which keys do it, where the options do not show that; said only while it can be answered."""

_GAP = 3
_NOTE_ROOM = 26


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands among the options: `part` counts an option's lines, `indent` is what its text is in by."""

    options: tuple[int, ...]
    part: int = 0
    last: bool = True
    indent: int = 0
    row: bool = False
    """All options of a scale in one line."""
    labels: tuple[str, ...] = ()

    def option_at(self, x: int) -> int:
        """Return the option at the column `x` of the screen, near enough for a pointer."""
        if not self.row:
            return self.options[0]
        at = 0
        for number, label in zip(self.options, self.labels, strict=True):
            at += 7 + cell_len(label)
            if x <= at:
                return number
        return self.options[-1]


def margin_of(width: int) -> int:
    """Return the blank cells at each side of a question on a screen of `width` cells."""
    return max(2 if width >= 40 else 1, (width - MEASURE) // 2)


def points(count: int) -> str:
    """Return how much a question weighs, in words."""
    return "1 point" if count == 1 else f"{count} points"


def sheet_lines(
    question: Question, choices: Choices, width: int, palette: Palette, notes: Mapping[UUID, tuple[str, str]] | None
) -> list[tuple[Drawn, Place | None]]:
    """Return the lines of a sheet `width` cells wide, each with its place among the options; see `set_question`."""
    lines: list[tuple[Drawn, Place | None]] = [
        (line, None) for line in _with_how(question, width, palette, judged=notes is not None)
    ]
    if choices.count:
        lines.append(((), None))
        row = _row(question, choices, width) if question.kind is Kind.SCALE else None
        lines += [((), row)] if row is not None else _options(question, choices, width, palette, notes or {})
    return lines


def _with_how(question: Question, width: int, palette: Palette, *, judged: bool) -> list[Drawn]:
    """Return the text, and at its right or over it how the question is answered and what it weighs."""
    keys = _KEYS.get(question.kind) if not judged else None
    how = f"{HOW[question.kind]}{f': {keys}' if keys else ''} · {points(question.points)}"
    lines = head(question, width, palette)
    first = sum(cell_len(segment.text) for segment in lines[0]) if lines else 0
    if lines and (len(lines) == 1 or not lines[1]) and first + _GAP + len(how) <= width:
        gap = Segment(" " * (width - first - len(how)))
        return [(*lines[0], gap, Segment(how, palette.muted)), *lines[1:]]
    return [(Segment(how, palette.muted),), *lines]


def _options(
    question: Question, choices: Choices, width: int, palette: Palette, notes: Mapping[UUID, tuple[str, str]]
) -> list[tuple[Drawn, Place | None]]:
    texts = [each.text for each in question.options] or list(SCALE)
    lines: list[tuple[Drawn, Place | None]] = []
    for number, text in enumerate(texts):
        indent = 4 + len(choices.mark(number))
        room = max(8, width - indent - (_NOTE_ROOM if notes else 0))
        drawn = option(text, room, palette)
        lines += [(line, Place((number,), part, part == len(drawn) - 1, indent)) for part, line in enumerate(drawn)]
    return lines


def _row(question: Question, choices: Choices, width: int) -> Place | None:
    """Return the one line of a scale, if all its steps fit in it."""
    labels = tuple(
        f"{number} {clean_line(each.text)}" if clean_line(each.text) != str(number) else str(number)
        for number, each in enumerate(question.options, 1)
    )
    labels = labels or SCALE
    fits = sum(7 + cell_len(label) for label in labels) <= width
    return Place(tuple(range(choices.count)), row=True, labels=labels) if fits else None
