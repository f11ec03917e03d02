"""How many requests one client may make: as many at once as a person ever does, and then so many a second.

A person counts by their session, wherever they are, so that a class behind one address is so many people; whoever has
no session counts by address (`clients.network`), which has the share of several, since a class of guests has one
address too. What comes over the owner's private socket is not counted, nor is a stranger at a Unix socket whose proxy
does not tell addresses: all of them would be one. Each worker counts for itself: with four of them somebody has up to
four shares, and nothing is asked of the database.
"""

import time
from typing import Final

from lms_tui.service.faults import Fault
from lms_tui.wire.errors import Code

BURST_SECONDS: Final = 30
"""What is not used is saved up for so long: at 20 a second, 600 may come at once."""
ADDRESS: Final = 5
"""How many persons' share an address has."""
LEAST_WAIT: Final = 1.0
"""Seconds that somebody is asked to wait: fewer would let one of many requests through, which wait together."""
_SIZE: Final = 10_000


class Rate:
    """The shares of one worker. Of each client one number is kept: when their share will be whole again."""

    def __init__(self, person: float) -> None:
        """Take the requests a second of one person; 0: any number."""
        self._person = person
        self._whole_at: dict[str | bytes, float] = {}

    def take(self, client: str | bytes) -> None:
        """Count a request of a person (the bytes of their id) or of an address; '' is not counted.

        Raises Fault `too_many_requests` with the seconds to wait.
        """
        if not self._person or not client:
            return
        gap = 1 / self._person if isinstance(client, bytes) else 1 / (self._person * ADDRESS)
        now = time.monotonic()
        whole_at = max(self._whole_at.get(client, now), now) + gap
        if (wait := whole_at - now - BURST_SECONDS) > 0:
            sentence = "Too many requests at once. Wait a moment, then try again."
            raise Fault(Code.TOO_MANY_REQUESTS, sentence, retry_after=max(LEAST_WAIT, wait))
        self._whole_at[client] = whole_at
        if len(self._whole_at) > _SIZE:
            self._forget(now)

    def _forget(self, now: float) -> None:
        """Forget those whose share is whole, which changes nothing for them; if need be the half that came first."""
        kept = {client: at for client, at in self._whole_at.items() if at > now}
        if len(kept) > _SIZE // 2:
            kept = dict(list(kept.items())[-_SIZE // 2 :])
        self._whole_at = kept
