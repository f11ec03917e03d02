"""What kind a stored question is, what it shows a learner, and which texts its blanks accept (domain.md, Quizzes)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from lms_tui.rules.accepted import accepts
from lms_tui.wire import quizzes as wire
from lms_tui.wire.quizzes import Kind
from lms_tui.wire.text import folded

BLANK: Final = "___"
SCALE_TEXTS: Final = ("1", "2", "3", "4", "5")
"""The steps of a scale that has no labels."""

_UNDERSCORES: Final = re.compile("_{3,}")
_ONLY_STARS: Final = re.compile(r"#~[*\s]*")


@dataclass(frozen=True, slots=True)
class Option:
    """One option as stored: of a choice, a statement, a label of a scale, or a text that a blank accepts."""

    id: UUID
    text: str
    is_correct: bool
    order: int | None


@dataclass(frozen=True)
class Question:
    """One question as stored; `options` in the order `display_order NULLS LAST, created_at, id`."""

    id: UUID
    type: str
    title: str
    description: str
    points: int | None
    options: tuple[Option, ...]

    @cached_property
    def kind(self) -> Kind:
        """How it is answered: `kind_of` its type and options."""
        return kind_of(self.type, self.options)

    @cached_property
    def correct(self) -> frozenset[UUID]:
        """Ids of the options marked correct."""
        return frozenset(option.id for option in self.options if option.is_correct)

    @cached_property
    def texts(self) -> tuple[str, str]:
        """Title and description as a learner may see them: each marker of a blank is `___`, no accepted text."""
        if self.kind is not Kind.BLANKS:
            return self.title, self.description
        return _cut(self.title, self.options)[0], _cut(self.description, self.options)[0]

    @cached_property
    def blanks(self) -> int:
        """How many fields are to be filled: the title's markers, else the description's, else 1; 0 for other kinds."""
        if self.kind is not Kind.BLANKS:
            return 0
        return _cut(self.title, self.options)[1] or _cut(self.description, self.options)[1] or 1

    @cached_property
    def accepted(self) -> tuple[tuple[str, ...], ...]:
        """What each blank accepts, as stored; of length `blanks`, an empty tuple for a blank that accepts nothing.

        With one blank all texts are alternatives. With more, the `display_order` 1, 2, … is the blank's number;
        orders that leave this range (another program may count from 0) are taken by rank, and a text without an
        order is a blank of its own after them. What is left over belongs to no blank.
        """
        texts = [option for option in self.options if option.is_correct and option.text.strip()]
        if self.blanks <= 1:
            return (tuple(option.text for option in texts),) * self.blanks
        orders: list[int | None] = [option.order for option in texts]
        given = sorted({order for order in orders if order is not None})
        if None not in orders and given and given[0] >= 1 and given[-1] <= self.blanks:
            given = list(range(1, self.blanks + 1))
        groups = [tuple(option.text for option in texts if option.order == order) for order in given]
        groups += [(option.text,) for option in texts if option.order is None]
        return tuple((groups + [()] * self.blanks)[: self.blanks])

    @cached_property
    def is_gradable(self) -> bool:
        """Whether there is a right answer to it at all; where not, it weighs 0.

        A choice needs an option marked correct, statements need a statement, and every blank a text that it
        accepts. Scales and texts always are: without a right option any answer earns the points.
        """
        match self.kind:
            case Kind.CHOOSE_ONE | Kind.CHOOSE_ALL:
                return bool(self.correct)
            case Kind.STATEMENTS:
                return bool(self.options)
            case Kind.BLANKS:
                return all(self.accepted)
            case Kind.SCALE | Kind.TEXT:
                return True


def kind_of(type_name: str, options: tuple[Option, ...]) -> Kind:
    """Return how a question is answered; `-`, `_`, spaces and the case of its type do not matter."""
    match re.sub(r"[-_\s]", "", type_name).lower():
        case "multiplechoice":
            return Kind.CHOOSE_ALL if sum(option.is_correct for option in options) > 1 else Kind.CHOOSE_ONE
        case "truefalse":
            reads = sorted(folded(option.text) for option in options)
            return Kind.CHOOSE_ONE if reads == ["false", "true"] else Kind.STATEMENTS
        case "fillblank":
            return Kind.BLANKS
        case "scale":
            return Kind.SCALE
        case _:
            return Kind.TEXT


def shown(question: Question, attempt: UUID, weight: int) -> wire.Question:
    """Return `question` as it goes to a learner in `attempt`: nothing in it tells a right answer.

    Accepted texts are no options to be seen. Options of a multiple choice come in an order made of hashes of the
    attempt's and the option's id: the same whenever the attempt is resumed, in every version of Python. Scales,
    true/false and statements stand as written.
    """
    options = list(question.options)
    match question.kind:
        case Kind.BLANKS | Kind.TEXT:
            options = []
        case Kind.CHOOSE_ALL:
            options.sort(key=lambda option: _place(attempt, option.id))
        case Kind.CHOOSE_ONE if kind_of("true-false", question.options) is not Kind.CHOOSE_ONE:
            options.sort(key=lambda option: _place(attempt, option.id))
        case _:
            pass
    title, description = question.texts
    return wire.Question(
        id=question.id,
        kind=question.kind,
        title=title,
        description=description,
        points=weight,
        options=[wire.Option(id=option.id, text=option.text) for option in options],
        blanks=question.blanks,
    )


def _place(attempt: UUID, option: UUID) -> bytes:
    return hashlib.sha256(attempt.bytes + option.bytes).digest()


def _cut(text: str, options: tuple[Option, ...]) -> tuple[str, int]:
    """Return `text` with each marker of a blank as `___`, and how many there are.

    Two markers side by side get a space between them, so that they still read as two.
    """
    pieces: list[str] = []
    end = 0
    for start, stop in _markers(text, options):
        between = text[end:start]
        pieces += [between or (" " if end else ""), BLANK]
        end = stop
    return "".join(pieces) + text[end:], len(pieces) // 2


def _markers(text: str, options: tuple[Option, ...]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each marker: three or more underscores, or `[x]` where x is an accepted text.

    x may hold brackets itself, as many as the accepted text with the most.
    """
    texts = [option.text for option in options if option.is_correct and option.text.strip()]
    known = {folded(text) for text in texts} | {folded(text.removeprefix("#~")) for text in texts}
    wide = [text for text in texts if text.startswith("#") and not _ONLY_STARS.fullmatch(text)]
    deepest = 1 + max((folded(text).count("]") for text in texts), default=0)
    at = 0
    while at < len(text):
        if run := _UNDERSCORES.match(text, at):
            yield run.span()
            at = run.end()
            continue
        if text[at] == "[" and (stop := _closing(text, at, deepest, known, wide)):
            yield at, stop
            at = stop
            continue
        at += 1


def _closing(text: str, at: int, deepest: int, known: set[str], wide: list[str]) -> int:
    """Return where the marker that begins at `text[at]` ends, 0 where none begins there."""
    stop = at
    for _ in range(deepest):
        stop = text.find("]", stop + 1)
        if stop < 0:
            return 0
        inner = text[at + 1 : stop]
        if folded(inner) in known or any(accepts(one, inner) for one in wide):
            return stop + 1
    return 0
