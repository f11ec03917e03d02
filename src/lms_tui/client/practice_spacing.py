"""When a question that was got wrong comes back. Pure: days in, days out; nothing here knows a clock or a disk.

- First on the day after the one on which the wrong answer was submitted: just after the result it would be pointless.
- After a right answer in 1 day, after the next one in 3, then 7, 16, 35; answered right once more after those 35 days
  it is learned and comes no more.
- After a wrong answer in 1 day, and all of this begins anew. So it does when it is answered wrong in a quiz again.
- A day's set has at most `MOST_A_DAY` questions, those first that have been due for longest. The others wait.
- Within one day only the first right answer counts; a wrong one always does (two terminals on one set).

Days are the learner's, in their time zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

INTERVALS: Final = (1, 3, 7, 16, 35)
"""Days to wait after the first right answer, the second, …"""
MOST_A_DAY: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of a question that was practised."""

    wrong_at: datetime
    """When the wrong answer was submitted that this is about; a later one begins anew."""
    rights: int
    """Right answers in a row."""
    due: date | None
    """The day on which it comes back; None: learned."""
    answered: date | None
    """The day on which it was practised last; None: not yet."""


@dataclass(frozen=True, slots=True)
class Due:
    """A question that is to be practised, and since when."""

    question_id: UUID
    due: date
    wrong_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to practise."""

    today: tuple[Due, ...]
    """Today's set: what is left of it, in order."""
    next_day: date | None
    """The next day on which there is something; None: nothing is known to come."""
    next_count: int
    """How many questions there will be on that day."""


def first_line(wrong_at: datetime) -> Line:
    """Return what stands of a question that was never practised."""
    return Line(wrong_at, 0, wrong_at.astimezone().date() + timedelta(days=1), None)


def line_now(line: Line | None, wrong_at: datetime) -> Line:
    """Return what counts of a question whose newest wrong answer is that of `wrong_at`."""
    if line is None or wrong_at > line.wrong_at:
        return replace(first_line(wrong_at), answered=None if line is None else line.answered)
    return line


def after_answer(line: Line, *, right: bool, today: date) -> Line:
    """Return what stands after an answer given `today`."""
    tomorrow = today + timedelta(days=1)
    if not right:
        return replace(line, rights=0, due=tomorrow, answered=today)
    if line.answered == today and (line.due is None or line.due > today):
        return line  # answered on another terminal already, today
    if line.rights >= len(INTERVALS):
        return replace(line, rights=line.rights + 1, due=None, answered=today)
    return replace(line, rights=line.rights + 1, due=today + timedelta(days=INTERVALS[line.rights]), answered=today)


def put_off(line: Line, *, today: date) -> Line:
    """Return what stands of a question that could not be had today: it is looked for again tomorrow."""
    return replace(line, due=today + timedelta(days=1))


def plan(wrong: Mapping[UUID, datetime], lines: Mapping[UUID, Line], today: date) -> Plan:
    """Return today's set and the next day, for the questions that are `wrong` (with the time of the wrong answer).

    What is not wrong any more, or cannot be practised, is not in `wrong`: its line counts for nothing.
    """
    now = {question: line_now(lines.get(question), at) for question, at in wrong.items()}
    waiting = sorted(
        (Due(question, line.due, line.wrong_at) for question, line in now.items() if line.due is not None),
        key=lambda each: (each.due, each.wrong_at, each.question_id),
    )
    left = max(0, MOST_A_DAY - _done_on(now.values(), today))
    due = [each for each in waiting if each.due <= today]
    later = [each.due for each in waiting if each.due > today]
    put_over = len(due) - left  # more than a day takes: the rest comes tomorrow
    next_day = today + timedelta(days=1) if put_over > 0 else min(later, default=None)
    count = max(0, put_over) + sum(day <= next_day for day in later) if next_day is not None else 0
    return Plan(tuple(due[:left]), next_day, min(MOST_A_DAY, count))


def _done_on(lines: Iterable[Line], day: date) -> int:
    return sum(line.answered == day for line in lines)
