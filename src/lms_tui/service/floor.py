"""The floor of time at which failed sign-ins are answered: above the costliest password that is kept here.

A floor below what a hash of some scheme and cost takes would tell who has such a password. So each worker verifies one
hash of each kind that the database holds, at its first failure and then once an hour for kinds that are new.
"""

import asyncio
import time
from typing import Final

from lms_tui.db.queries import credentials
from lms_tui.service.database import Pools
from lms_tui.service.passwords import Passwords

MARGIN: Final = 1.5
"""The floor, to what the costliest hash took: it is not as quick each time."""

MOST_SECONDS: Final = 10.0
"""A floor above would let failures pile up: hashes that take longer can be told by their time."""

_MOST_ROUNDS: Final = 15
"""Of bcrypt, as the power of two: 16 takes some 5 seconds and is not tried out."""

_TIMES: Final = 3
"""How often each is tried: the quickest counts, since the machine may be busy for a moment."""

_LOOK_SECONDS: Final = 3600.0


class Floor:
    """What one worker knows of it."""

    def __init__(self, least: float) -> None:
        """`least` is the floor of the settings; 0 for none at all, whatever the passwords cost."""
        self._least = least
        self._took: dict[str, float] = {}
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()

    async def seconds(self, pools: Pools, passwords: Passwords) -> float:
        """Return the floor. Looks at what passwords are kept where that is due."""
        if self._least and self._is_due:
            async with self._looking:
                if self._is_due:
                    await self._look(pools, passwords)
                    self._looked_at = time.monotonic()
        costliest = max(self._took.values(), default=0.0)
        return max(self._least, min(MOST_SECONDS, MARGIN * costliest)) if self._least else 0.0

    @property
    def _is_due(self) -> bool:
        return self._looked_at is None or time.monotonic() - self._looked_at > _LOOK_SECONDS

    async def _look(self, pools: Pools, passwords: Passwords) -> None:
        for kind, stored in await pools.rows(credentials.KINDS, {}):
            if kind.startswith("$2") and int(kind[4:]) > _MOST_ROUNDS:
                self._took[kind] = MOST_SECONDS
            elif kind not in self._took:
                tried = [await passwords.timed("nobody has this password", stored) for _ in range(_TIMES)]
                self._took[kind] = min(one.took for one in tried)
