"""How long a session stands (domain.md, people, sessions)."""

from datetime import datetime, timedelta
from typing import Final

LEEWAY: Final = timedelta(seconds=60)
"""How far the clock of the database may go back, as when another machine takes its place, before the sessions that it
began are refused."""


def stands(issued_at: datetime, lasts: timedelta, now: datetime, changed_at: datetime | None) -> bool:
    """Whether a token issued at `issued_at` is good at `now`, all three by the database's clock.

    At the very instant of its end it is over. `changed_at` is the newest change of the person's credentials: what was
    issued before it is void, what was issued with it is not. None: they have no credentials.
    """
    if issued_at > now + LEEWAY or now >= issued_at + lasts:
        return False
    return changed_at is None or issued_at >= changed_at
