"""Failed sign-ins held back per process: by address and by client, in bounded memory."""

import time
from collections import OrderedDict


class Throttle:
    """Counts tries per key in a window; the key unused longest is forgotten first."""

    def __init__(self, window: float = 900.0, size: int = 10_000) -> None:
        self._tries: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._window, self._size = window, size

    def wait(self, key: str, limit: int) -> float:
        """Count one try of `key`; return 0, or the seconds until it may try again once `limit` are used.

        Counted before the password is looked at, so that tries sent at once cannot pass together.
        """
        now = time.monotonic()
        ends, tries = self._tries.get(key, (0.0, 0))
        if ends <= now:
            ends, tries = now + self._window, 0
        if tries >= limit:
            return ends - now
        self._tries[key] = (ends, tries + 1)
        self._tries.move_to_end(key)
        while len(self._tries) > self._size:
            self._tries.popitem(last=False)
        return 0.0

    def forgive(self, key: str) -> None:
        """Take one try of `key` back, after a success."""
        if key in self._tries:
            ends, tries = self._tries[key]
            self._tries[key] = (ends, max(0, tries - 1))
