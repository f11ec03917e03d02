"""Weights, score, passing, when the next attempt may start, and what is shown afterwards (domain.md, Quizzes)."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def weights(points: Sequence[int | None], gradable: Sequence[bool]) -> list[int]:
    """Return what each question weighs: NULL is 1, negative is 0.

    A question that is not `gradable` (it has no right answer) weighs 0 in every case. If all that are gradable
    would weigh 0, each of them weighs 1: the sum is 0 only where nothing is gradable.
    """
    plain = [
        max(1 if point is None else point, 0) if counts else 0 for point, counts in zip(points, gradable, strict=True)
    ]
    return plain if any(plain) else [int(counts) for counts in gradable]


def score(earned: int, possible: int) -> int:
    """Return percent, rounded down; 0 where nothing could be earned."""
    return 100 * earned // possible if possible > 0 else 0


def is_passed(earned: int, possible: int, threshold: int | None) -> bool:
    """Whether `earned` of `possible` reaches `threshold` percent; NULL or 0: any submission passes.

    Where nothing could be earned, a threshold above 0 is not reached: no right answer was shown.
    """
    return threshold is None or threshold <= 0 or (possible > 0 and 100 * earned >= threshold * possible)


def attempts_left(limit: int | None, counted: int) -> int | None:
    """Return how many more attempts may count; None: no limit (`limit` NULL or <= 0)."""
    return None if limit is None or limit <= 0 else max(limit - counted, 0)


def next_opening(last_completed: datetime | None, cooldown_in_hours: int | None) -> datetime | None:
    """Return when the next attempt may start, that exact instant included; None: no cooldown runs or ran."""
    if last_completed is None or cooldown_in_hours is None or cooldown_in_hours <= 0:
        return None
    return last_completed + timedelta(hours=cooldown_in_hours)


def is_open(opening: datetime | None, now: datetime) -> bool:
    """Whether an attempt may start at `now`, by the database's clock."""
    return opening is None or now >= opening


def reveals(passed: bool, left: int | None) -> bool:
    """Whether right answers are shown after submission: the quiz is passed, or no attempt is left."""
    return passed or left == 0
