"""Tries at the doors as one process counts them, where the database has no table for them: `db/queries/throttle.py`."""

import time
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """What one try counts, each by its key, asked in this order; None where there is no such thing to count."""

    own: bytes | None
    """This address from this client."""
    client: bytes | None
    """This client, whatever it tries."""
    strangers: bytes | None
    """This address, from wherever nobody has signed in with it lately."""
    known: bytes | None
    """This address from this client's network, as it is remembered after a success."""


class Throttle:
    """Counts in bounded memory, by the same rule as the table; the key unused longest is forgotten first."""

    def __init__(self, size: int = 10_000) -> None:
        self._full_at: OrderedDict[bytes, float] = OrderedDict()
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._size = size
        self._pruned_at = time.monotonic()

    def is_due(self, seconds: float) -> bool:
        """Tell, once in so many seconds, that it is time to prune the table."""
        due = time.monotonic() - self._pruned_at >= seconds
        if due:
            self._pruned_at = time.monotonic()
        return due

    def wait(self, keys: Keys, gaps: tuple[float, float, float], window: float) -> float:
        """Count one try, which comes back after its gap; return 0, or the seconds until there is one again where the
        gaps fill the window.

        Counted before the password is looked at, so that tries sent at once cannot pass together.
        """
        for key, gap in zip((keys.own, keys.client, keys.strangers), gaps, strict=True):
            if key is None or (key is keys.strangers and keys.known in self._known):
                continue
            now = time.monotonic()
            full_at = max(self._full_at.get(key, now), now) + gap
            if full_at > now + window:
                return max(1.0, full_at - now - window)
            self._full_at[key] = full_at
            _keep(self._full_at, key, self._size)
        return 0.0

    def forgive(self, keys: Keys, gaps: tuple[float, float, float]) -> None:
        """Take a try back, after a success, and remember from where it came."""
        for key, gap in zip((keys.own, keys.client), gaps, strict=False):
            if key is not None and key in self._full_at:
                self._full_at[key] -= gap
        if keys.known is not None:
            self._known[keys.known] = None
            _keep(self._known, keys.known, self._size)


def _keep(kept: "OrderedDict[bytes, float] | OrderedDict[bytes, None]", key: bytes, size: int) -> None:
    kept.move_to_end(key)
    while len(kept) > size:
        kept.popitem(last=False)
