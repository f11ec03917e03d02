"""A sign-in by one's organisation as the client has it: begun once, then asked about as rarely as the service says.

Its id and secret are made here and go nowhere but to the service, so that a call may be sent twice, and nobody who sees
the code on the screen can take the session.
"""

import secrets
import time
from typing import Final, Protocol
from uuid import uuid4

from lms_tui.client.errors import Refused, TooManyRequests, Unreachable
from lms_tui.wire import sso as wire
from lms_tui.wire.accounts import Session
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Answered, Ask, Operation

_SHORTEST_WAIT: Final = 0.2
_AWAY_WAIT: Final = 5.0
_LONGEST_WAIT: Final = 60.0


class Way(Protocol):
    """What asks the service; raises client.errors.ClientError."""

    async def ask(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask what nobody has to be signed in for."""
        ...


class SsoSignIn:
    """One sign-in. `wait` is how many seconds not to poll from now; `away` whether the last poll found nobody."""

    def __init__(self, way: Way, issuer: str) -> None:
        """Sign in by `issuer`, one of `wire.sso.Issuers.names`."""
        self._way, self.issuer = way, issuer
        self._id, self._secret = uuid4(), secrets.token_urlsafe(32)
        self._ends = 0.0
        self.wait, self.away = 0.0, False

    async def begin(self) -> wire.Begun:
        """Begin it; again, it is the same. Raises ClientError."""
        request = wire.BeginRequest(id=self._id, issuer=self.issuer, secret=self._secret)
        begun = await self._way.ask(wire.BEGIN, request)
        self._ends, self.wait = time.monotonic() + begun.seconds_left, float(begun.interval)
        return begun

    @property
    def seconds_left(self) -> float:
        """How long it can be confirmed from now on; this machine's clock may show whatever it likes."""
        return max(0.0, self._ends - time.monotonic())

    async def poll(self) -> Session | None:
        """Return the session; None where nobody has confirmed yet, and `wait` is how long to wait.

        Nothing is kept of it: who has left meanwhile is not signed in behind their back. A service that does not answer
        is asked more and more rarely. Raises ClientError for what ends it.
        """
        try:
            session = await self._way.ask(wire.POLL, wire.PollRequest(id=self._id, secret=self._secret))
        except Unreachable:
            if not self.seconds_left:
                raise
            self.wait = min(_LONGEST_WAIT, 2 * self.wait if self.away else _AWAY_WAIT)
            self.away = True
            return None
        except Refused as error:
            if error.code != Code.SSO_PENDING and not isinstance(error, TooManyRequests):
                raise
            self.wait, self.away = max(_SHORTEST_WAIT, error.problem.retry_after or _AWAY_WAIT), False
            return None
        return session
