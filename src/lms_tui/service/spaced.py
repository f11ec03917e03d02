"""Work that many ask for in one instant is begun one after the other, so that there is room between for everybody."""

import asyncio
import time
from typing import Final

SECONDS: Final = 0.025
"""Between two beginnings: an answer's takes some 16 ms of this process (bench/README.md)."""


class Spaced:
    """Beginnings of one process, SECONDS apart at least; who comes when nobody else does is not kept waiting."""

    def __init__(self) -> None:
        self._free = 0.0
        """When the next may begin, by the clock of `time.monotonic`."""

    async def turn(self) -> None:
        """Return when the caller may begin. In the order of the calls; one that is cancelled leaves its time unused."""
        now = time.monotonic()
        begin = max(now, self._free)
        self._free = begin + SECONDS
        if begin > now:
            await asyncio.sleep(begin - now)
