"""When something opens: the service's clock counted on from a reply, whatever the clock of this machine says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment `at`, seen from the service's `now`, which it was at `seen` of this machine's monotonic clock."""

    at: datetime
    now: datetime
    seen: float

    @classmethod
    def of(cls, at: datetime, now: datetime) -> "Opening":
        """Return the opening told by a reply that has just arrived."""
        return cls(at, now, monotonic())

    @property
    def left(self) -> timedelta:
        """The time until then, never negative."""
        passed = timedelta(seconds=monotonic() - self.seen)
        return max(self.at - self.now - passed, timedelta(0))

    def words(self) -> str:
        """Return the moment where the user is, with the zone, and the time until then: "24 May 14:02 CEST, in 3 h"."""
        local = self.at.astimezone()
        return f"{local.day} {local:%B %H:%M %Z}, in {span(self.left)}"


def day(at: datetime) -> str:
    """Return the day of a moment where the user is: "24 November 2026"."""
    local = at.astimezone()
    return f"{local.day} {local:%B %Y}"


def span(left: timedelta) -> str:
    """Return a span of time in its two largest units, rounded up to the unit that is shown last."""
    seconds = int(left.total_seconds() + 0.999)
    if seconds < 60:
        return f"{seconds} s"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
