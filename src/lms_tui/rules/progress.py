"""Merging progress, percent, completion of chapters and courses (domain.md, Progress)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one learner's lesson."""

    started: bool = False
    completed: bool = False
    quiz_passed: bool = False
    completed_at: datetime | None = None


def merged(one: Mark, other: Mark) -> Mark:
    """Return both marks as one: booleans OR-ed, the earliest completion. Order and repetition do not matter."""
    times = [mark.completed_at for mark in (one, other) if mark.completed_at is not None]
    return Mark(
        started=one.started or other.started,
        completed=one.completed or other.completed,
        quiz_passed=one.quiz_passed or other.quiz_passed,
        completed_at=min(times, default=None),
    )


def is_earlier(mark: Mark, stood: Mark) -> bool:
    """Whether a lesson that stood as complete turns out to have been complete earlier: so may its chapter and course.

    Of two machines that were offline the one that was done first may be heard last.
    """
    return None not in (mark.completed_at, stood.completed_at) and mark.completed_at != stood.completed_at


def clamped(at: datetime | None, created: datetime, now: datetime) -> datetime:
    """Return a client's time, no earlier than the row's `created` and no later than `now`; None is `now`."""
    return now if at is None else min(max(at, created), now)


def percent(completed: int, lessons: int) -> int:
    """Return completed lessons of all in percent, rounded down, 0 to 100; 0 without lessons."""
    return min(max(100 * completed // lessons, 0), 100) if lessons > 0 else 0


def chapter_complete(lessons: Sequence[bool]) -> bool:
    """Whether all its lessons are complete; a chapter without lessons is not."""
    return bool(lessons) and all(lessons)


def course_complete(chapters: Iterable[Sequence[bool]], stands: bool) -> bool:
    """Whether all chapters that have lessons are complete, at least one; what `stands` as complete stays so."""
    counted = [lessons for lessons in chapters if lessons]
    return stands or (bool(counted) and all(map(chapter_complete, counted)))
