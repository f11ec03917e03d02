"""An attempt's way: what counts, when the next may start, which questions it has, which of two answers stands, and
what changed from one attempt to another (domain.md, Quizzes)."""

import enum
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lms_tui.rules import scores
from lms_tui.wire.history import Change, PastState
from lms_tui.wire.quizzes import Answer, AttemptLine, SavedAnswer, Standing

_INSTANT = timedelta(microseconds=1)


class Setting(enum.Enum):
    """What becomes of an answer that arrives."""

    SAME = "same"
    """It stands already: acknowledged, nothing is written."""
    REPLACES = "replaces"
    CONFLICT = "conflict"
    """Another answer stands than the one that was seen: the learner chooses."""


def counts(completed_at: datetime | None, score: int | None) -> bool:
    """Whether an attempt counts, everywhere: it is submitted, and no fresh start has taken its score away.

    `db.queries.statistics.COUNTS` says the same in SQL.
    """
    return completed_at is not None and score is not None


def counted(lines: Iterable[AttemptLine]) -> list[AttemptLine]:
    """Return the attempts that count, in the order in which they came."""
    return [line for line in lines if counts(line.completed_at, line.score)]


def past_state(completed_at: datetime | None, score: int | None) -> PastState:
    """Return what an attempt is by now: it counts, is open, or was submitted and then set aside by a fresh start."""
    if counts(completed_at, score):
        return PastState.COUNTS
    return PastState.OPEN if completed_at is None else PastState.SET_ASIDE


def seconds_taken(started_at: datetime, completed_at: datetime | None) -> int | None:
    """Return whole seconds from the start to the submission, pauses too; None while it is open, never negative."""
    return None if completed_at is None else max(int((completed_at - started_at).total_seconds()), 0)


def open_attempt(lines: Iterable[AttemptLine]) -> AttemptLine | None:
    """Return the first attempt that is open; where another program left two (`lines` newest first) the newest."""
    return next((line for line in lines if line.completed_at is None), None)


def number(started_at: datetime, lines: Iterable[AttemptLine]) -> int:
    """Return which attempt this is: 1 and those that count and began before it."""
    return 1 + sum(line.started_at < started_at for line in counted(lines))


def best_score(lines: Iterable[AttemptLine]) -> int | None:
    """Return the score of the best attempt, which is the learner's result; None before the first that counts."""
    return max((line.score for line in counted(lines) if line.score is not None), default=None)


def is_passed(lines: Iterable[AttemptLine]) -> bool:
    """Whether the quiz is passed: by any attempt that counts, also by one before the last."""
    return any(line.is_passed for line in counted(lines))


def opens_at(lines: Iterable[AttemptLine], cooldown_in_hours: int | None, now: datetime) -> datetime | None:
    """Return when the next attempt may start; None where it may start now, as far as the clock tells."""
    last = max((line.completed_at for line in counted(lines) if line.completed_at is not None), default=None)
    opening = scores.next_opening(last, cooldown_in_hours)
    return None if scores.is_open(opening, now) else opening


def standing(
    lines: Sequence[AttemptLine], limit: int | None, cooldown_in_hours: int | None, now: datetime, *, questions: bool
) -> Standing:
    """Return whether an attempt may start at `now` or go on; if several reasons forbid it, the one that lasts longest.

    A used-up limit stops an open attempt as well (another program may have left one): it could not count. An open
    attempt goes on whatever the cooldown says. A quiz without `questions` cannot be started.
    """
    if scores.attempts_left(limit, len(counted(lines))) == 0:
        return Standing.USED_UP
    if open_attempt(lines) is not None:
        return Standing.OPEN
    if not questions:
        return Standing.NO_QUESTIONS
    return Standing.READY if opens_at(lines, cooldown_in_hours, now) is None else Standing.COOLDOWN


def is_part(created_at: datetime | None, archived: bool | None, started_at: datetime) -> bool:
    """Whether a question is part of an open attempt: there when it began (NULL: always was), not archived since.

    `db.queries.quizzes` says the same in SQL, so that what is no part is not read.
    """
    return archived is not True and (created_at is None or created_at <= started_at)


def same_questions(asked: Iterable[UUID], shown: Iterable[UUID]) -> bool:
    """Whether the questions that a submission names are those that the attempt has now, in whatever order."""
    return set(asked) == set(shown)


def setting(stored: SavedAnswer | None, wanted: Answer, base: datetime | None) -> Setting:
    """Return what becomes of the answer `wanted`, given by somebody who saw the one of the time `base` last."""
    if stored is None:
        return Setting.REPLACES
    if stored.answer == wanted:
        return Setting.SAME
    return Setting.REPLACES if stored.updated_at == base else Setting.CONFLICT


def set_at(stored: SavedAnswer | None, now: datetime) -> datetime:
    """Return the time that an answer gets: later than that of the one before, so that no two have the same `base`."""
    return now if stored is None else max(now, stored.updated_at + _INSTANT)


def change(earlier: bool | None, later: bool | None) -> Change:
    """Return how a question went in two attempts: whether it was right in each, None where it was not asked."""
    if earlier is None or later is None:
        return Change.ONLY_LATER if earlier is None else Change.ONLY_EARLIER
    if earlier == later:
        return Change.STILL_RIGHT if later else Change.STILL_WRONG
    return Change.GAINED if later else Change.LOST


def in_order(first: AttemptLine, second: AttemptLine) -> tuple[AttemptLine, AttemptLine]:
    """Return two attempts as earlier and later, by their start."""
    earlier, later = sorted((first, second), key=lambda line: (line.started_at, line.id))
    return earlier, later


def asked_in_either(later: Sequence[UUID], earlier: Collection[UUID]) -> list[UUID]:
    """Return the questions of two attempts once each: the later one's in its order, then what only the earlier had."""
    return [*later, *(question for question in earlier if question not in set(later))]
