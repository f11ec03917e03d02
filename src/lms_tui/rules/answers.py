"""How an answer stands in rows of `student_question_answers`, and back (domain.md, storage of answers).

One row per chosen option; statements a row per marked option, its text `true` or `false`; blanks a row for each,
its id made of attempt, question and number; text and scales without labels one row. A cleared answer is one row
with neither option nor text.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

from lms_tui.rules.questions import Question
from lms_tui.wire.quizzes import Answer, Kind


class Row(NamedTuple):
    """What of a row is the answer."""

    id: UUID
    option: UUID | None
    text: str | None


def blank_id(attempt: UUID, question: UUID, blank: int) -> UUID:
    """Return the id of the row of a blank; 1 is the first, as `display_order` counts them."""
    return uuid5(attempt, f"{question}:blank:{blank}")


def rows_of(attempt: UUID, question: Question, answer: Answer) -> list[Row]:
    """Return the rows of a fitted `answer`, at least one."""
    if answer.is_empty:
        return [Row(uuid4(), None, None)]
    if question.kind is Kind.BLANKS:
        return [Row(blank_id(attempt, question.id, n), None, text) for n, text in enumerate(answer.blanks, 1)]
    if answer.text:
        return [Row(uuid4(), None, answer.text)]
    marks = [Row(uuid4(), option, "true" if truth else "false") for option, truth in answer.marked.items()]
    return marks or [Row(uuid4(), option, None) for option in answer.chosen]


def verdict_rows(rows: Sequence[Row], earned: int) -> list[tuple[UUID, int]]:
    """Return the ids of a question's rows with the points that stand on each: `earned` on the smallest id, 0 on the
    others, so that their sum is what the question earned. Its verdict stands on all of them."""
    return [(row, 0 if place else earned) for place, row in enumerate(sorted(row.id for row in rows))]


def answer_of(attempt: UUID, question: Question, rows: Sequence[Row]) -> Answer:
    """Return the answer that `rows` (by created_at and id) hold, in the form of `rules.grading.fitted`.

    Blanks that another program wrote under ids of its own are taken in the order of the rows.
    """
    options = {row.option: row.text or "" for row in rows if row.option is not None}
    own = [option.id for option in question.options if option.id in options]
    answer = Answer()
    match question.kind:
        case Kind.STATEMENTS:
            answer = Answer(marked={option: options[option].strip().lower() == "true" for option in own})
        case Kind.BLANKS:
            answer = Answer(blanks=_blanks(attempt, question, rows))
        case Kind.TEXT:
            answer = Answer(text=next((row.text for row in rows if row.text), ""))
        case Kind.SCALE if not question.options:
            answer = Answer(text=next((row.text for row in rows if row.text), ""))
        case _:
            answer = Answer(chosen=own)
    return Answer() if answer.is_empty else answer


def _blanks(attempt: UUID, question: Question, rows: Sequence[Row]) -> list[str]:
    by_id = {row.id: row.text or "" for row in rows}
    ids = [blank_id(attempt, question.id, number) for number in range(1, question.blanks + 1)]
    if any(own in by_id for own in ids):
        return [by_id.get(own, "") for own in ids]
    texts = [row.text or "" for row in rows]
    return (texts + [""] * question.blanks)[: question.blanks]
