"""Which row each question of a source becomes, when some of them stand already (domain.md, gone from the source).

A question that learners answered never changes its type, text or options: it is archived, and the next edition of it
is another row. Put back to what it was, the archived edition comes back. What nobody answered changes in place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from lms_tui.courses.ids import question_id
from lms_tui.courses.model import Question

Content = tuple[str, str, str | None, tuple[tuple[int | None, str, bool], ...]]
"""What an answer was given to: type, title, description, and order, text and key of each option, sorted."""


@dataclass(frozen=True, slots=True)
class StandingQuestion:
    """A question's row as it stands."""

    id: UUID
    archived: bool
    content: Content


@dataclass(frozen=True, slots=True)
class Choice:
    """The rows that a question of the source could become; which one, `used` decides."""

    question: Question
    same: UUID | None
    """The row that has its content already."""
    current: UUID | None
    """The row that stands for it now, with other content."""
    fresh: UUID
    """The id of its next edition."""

    def row(self, used: Collection[UUID]) -> UUID:
        """Return the row to be, where those of `used` must not change."""
        if self.same is not None:
            return self.same
        return self.fresh if self.current is None or self.current in used else self.current


def content(question: Question) -> Content:
    """The content of a question of the source."""
    options = ((option.order, option.text, option.is_correct) for option in question.options)
    return question.type, question.title, question.description, in_order(options)


def in_order(options: Iterable[tuple[int | None, str, bool]]) -> tuple[tuple[int | None, str, bool], ...]:
    """Order, text and key of options in the one order in which they are compared."""
    return tuple(sorted(options, key=lambda option: (option[0] is None, option[0] or 0, *option[1:])))


def choices(lesson: UUID, questions: Sequence[Question], standing: Mapping[UUID, StandingQuestion]) -> list[Choice]:
    """Return the choice of each question of the row `lesson`; `standing` has at least that lesson's questions."""
    made = []
    for question in questions:
        editions = []
        for edition in count(1):
            fresh = question_id(lesson, question, edition)
            if fresh not in standing:
                break
            editions.append(standing[fresh])
        editions.reverse()
        newest_first = sorted(editions, key=lambda row: row.archived)
        wanted = content(question)
        same = next((row.id for row in newest_first if row.content == wanted), None)
        current = next((row.id for row in newest_first if not row.archived), None)
        made.append(Choice(question, same, current, fresh))
    return made
