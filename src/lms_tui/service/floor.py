"""What a failed sign-in takes: the floor of time, and whose work is done for an address that nobody has.

Two things could tell who is known here. A floor of time below what a hash of some scheme and cost takes would tell who
has such a password: so it stands well above the costliest, by its CPU, and above the slowest of lately: on a
busy machine one that uses several threads falls behind most. And whoever tries one address many times at once waits for
what they made us do: an address that nobody has is therefore as much work as that of somebody. Which kind of hash it is
goes by a keyed hash of the address, each kind as often as it is kept. So each worker looks at what kinds the database
holds, at its first sign-in and then once an hour.
"""

import asyncio
import time
from typing import Final

from lms_tui.db.queries import credentials
from lms_tui.service.database import Pools
from lms_tui.service.passwords import Passwords

MARGIN: Final = 3.0
"""The floor, to the CPU that the costliest hash takes: a machine that is busy threefold still keeps to it."""

MOST_SECONDS: Final = 10.0
"""A floor above would let failures pile up: hashes that take longer can be told by their time."""

_MOST_ROUNDS: Final = 15
"""Of bcrypt, as the power of two: 16 takes some 5 seconds and is not tried out."""

SLOWEST_MARGIN: Final = 1.25
"""The floor, to the slowest verification of the last minutes."""

_LATELY_SECONDS: Final = 300.0
"""How long the slowest counts, at least; twice as long at most."""

_TIMES: Final = 3
"""How often each is tried: the least counts, since the process may do something else in a moment."""

_LOOK_SECONDS: Final = 3600.0


class Floor:
    """What one worker knows of it."""

    def __init__(self, least: float) -> None:
        """`least` is the floor of the settings; 0 for none at all, whatever the passwords cost."""
        self._least = least
        self._costs: dict[str, float] = {}
        self._kinds: list[tuple[str, int]] = []
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()
        self._slowest = [0.0, 0.0]  # of the present span of time, and of the one before
        self._span_began = time.monotonic()

    def seen(self, took: float) -> None:
        """Take note of how long a verification took."""
        self._slowest[0] = max(self._slowest[0], took)

    async def look(self, pools: Pools, passwords: Passwords) -> None:
        """Look at what passwords are kept, where that is due."""
        if self._least and self._is_due:
            async with self._looking:
                if self._is_due:
                    await self._look(pools, passwords)
                    self._looked_at = time.monotonic()

    @property
    def seconds(self) -> float:
        """The floor, by what was seen when it was looked last, and lately."""
        if not self._least:
            return 0.0
        if time.monotonic() - self._span_began > _LATELY_SECONDS:
            self._slowest, self._span_began = [0.0, self._slowest[0]], time.monotonic()
        costliest = max(self._costs.values(), default=0.0)
        return max(self._least, min(MOST_SECONDS, max(MARGIN * costliest, SLOWEST_MARGIN * max(self._slowest))))

    def decoy(self, fingerprint: bytes) -> str | None:
        """Return the hash that stands for that of an address nobody has, always the same for one fingerprint; None
        where no password is kept. That it is somebody's does no harm: no password is right for it (`Passwords.timed`).
        """
        kept = sum(count for _, count in self._kinds)
        place = int.from_bytes(fingerprint) % kept if kept else 0
        for stored, count in self._kinds:
            if place < count:
                return stored
            place -= count
        return None

    @property
    def _is_due(self) -> bool:
        return self._looked_at is None or time.monotonic() - self._looked_at > _LOOK_SECONDS

    async def _look(self, pools: Pools, passwords: Passwords) -> None:
        kinds = await pools.rows(credentials.KINDS, {})
        for kind, stored, _ in kinds:
            if kind.startswith("$2") and int(kind[4:]) > _MOST_ROUNDS:
                self._costs[kind] = MOST_SECONDS
            elif kind not in self._costs:
                self._costs[kind] = min([await passwords.cost(stored) for _ in range(_TIMES)])
        self._kinds = [(stored, count) for _, stored, count in kinds]
