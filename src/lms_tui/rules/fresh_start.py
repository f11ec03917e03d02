"""A fresh start of one lesson, given to one learner by an instructor (domain.md, Progress)."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from lms_tui.rules.progress import Mark

FRESH: Final = Mark()
"""What is known of a lesson after a fresh start: nothing. Its attempts do not count any more, its chapter and course
stay completed where they are: a completed course stands although lessons are added later, and so it does here."""

_MOST: Final = 64
"""Fresh starts of one lesson after which a write that is as old as the first of them is not recognised any more."""


def set_aside(completed_at: datetime | None, now: datetime) -> tuple[None, datetime]:
    """Return score and time of submission that an attempt has after a fresh start: no score, so that it counts nowhere.

    An open attempt is closed at `now`: going on with its answers would be no fresh start, and a terminal that still
    has it open is told. `db.queries.fresh_start` says the same in SQL.
    """
    return None, completed_at or now


def renewed(row: UUID) -> UUID:
    """Return the id of the progress row after a fresh start, made of the one before it: see `is_stale`."""
    return uuid5(row, "fresh start")


def is_stale(stands: UUID, seen: UUID | None, chosen: UUID) -> bool:
    """Whether a progress write is older than a fresh start, the row `stands` being there now.

    A write names the row that its client saw. One from before there was any names the id chosen for it instead: it is
    stale if the row that stands has come out of that one, and else another terminal opened the lesson first.
    """
    if seen is not None:
        return seen != stands
    row = chosen
    for _ in range(_MOST if chosen != stands else 0):
        row = renewed(row)
        if row == stands:
            return True
    return False
