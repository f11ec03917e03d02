"""Counts of the catalog kept for up to a minute, since counting 100,000 rows at each key would not be cheap.

Those of a category are by category, so one count serves all categories.
"""

import time
from collections import OrderedDict
from uuid import UUID

from lms_tui.wire.catalog import CategoryCount, Price

Key = tuple[str, UUID | None, Price]
"""Words of a search, folded; author; price."""


class CountsCache:
    """At most `size` counts by filter, each for `seconds`; the one unused longest goes first."""

    def __init__(self, size: int = 256, seconds: float = 60.0) -> None:
        self._kept: OrderedDict[Key, tuple[float, list[CategoryCount]]] = OrderedDict()
        self._size, self._seconds = size, seconds

    def get(self, key: Key) -> list[CategoryCount] | None:
        """Return what is kept under `key` and still young."""
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Key, counts: list[CategoryCount]) -> None:
        """Keep `counts` under `key`."""
        self._kept[key] = (time.monotonic() + self._seconds, counts)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
