"""Where a learner left the text of a lesson: the place on this machine beside the one that the service has.

**The newer place wins, by the database's clock**, as the clocks of two machines may differ. A place that the service
has taken was made at its `updated_at`, which the machine keeps beside the place. A place that never got there (offline,
killed, just left) has only this machine's time, `moved_at`. The reply that brings the lesson says what time it is at
the database (`told_at`), so that place was made at `told_at` less its age here: two readings of one clock, whatever it
shows. Of two made at the same moment this machine's stands, and a place without any time is older than every other.

So no machine waits for another, a place that was not sent is not lost to an older one, and nothing is asked or sent to
compare. A clock that was set meanwhile costs the better place of two, never more.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lms_tui.wire.learning import ReadingPosition

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A place as a machine keeps it; times in microseconds since 1970, 0 where there is none."""

    block: int = 0
    letters: int = 0
    known_at: int = 0
    """The service's `updated_at` of this very place; 0: the service has not taken it."""
    moved_at: int = 0
    """When one came here, by this machine's clock; 0: the place is from the service."""

    @property
    def waits(self) -> bool:
        """Whether the service is still to be told."""
        return self.moved_at > 0 and not self.known_at


def newer(own: Kept, told: ReadingPosition | None, now: int) -> Kept:
    """Return the place at which to open a lesson: `own` or the one that its reply told (the rule is above).

    `now` is this machine's time, in microseconds.
    """
    if told is None:
        return own
    updated_at = micros(told.updated_at)
    made_at = own.known_at
    if own.waits:
        made_at = micros(told.told_at) - max(0, now - own.moved_at)
    return own if made_at >= updated_at else Kept(told.block, told.letters, known_at=updated_at)


def micros(at: datetime) -> int:
    """Return the microseconds since 1970, to the last one."""
    return (at - _EPOCH) // _MICROSECOND
