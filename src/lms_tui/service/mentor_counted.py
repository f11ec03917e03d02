"""Turns with the mentor as one worker counts them, where the database has no tables for them: see `mentor_turns`."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(slots=True)
class Counted:
    """Turns and usage as one worker counts them, where the database cannot."""

    turns: dict[UUID, UUID] = field(default_factory=dict)
    used: dict[UUID, tuple[date, int]] = field(default_factory=dict)
    """Of each user: the day of the last use, and what was used that day."""

    begun: bool = False
    """Whether a turn was asked for since the service began; until then those in the database are of one before."""

    def today(self, user: UUID, today: date) -> int:
        """Return what `user` has used `today`."""
        day, tokens = self.used.get(user, (today, 0))
        return tokens if day == today else 0
