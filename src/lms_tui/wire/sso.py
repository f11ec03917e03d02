"""Single sign-on on the wire: one's organisation vouches for one in a browser, while the terminal waits.

The service speaks with the issuer (OAuth 2.0 device authorization, RFC 8628, with OpenID Connect); the client never
sees more of it than what a person needs: an address and a code. A sign-in has an id and a secret, both chosen by the
client, so that a call that is sent twice is one, and nobody who has seen the code on a screen can take the session.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from lms_tui.wire.accounts import Session
from lms_tui.wire.operation import Access, Operation, Reply, Request

SHORTEST_SECRET: Final = 32
LONGEST_SECRET: Final = 200
"""Characters of a client's secret; it is random, of 128 bits or more."""


class IssuersRequest(Request):
    """Nothing."""


class Issuers(Reply):
    """By whom one can sign in here."""

    names: list[str]
    """As they are configured, in that order; empty where there are none."""
    only: bool
    """Whether passwords are switched off (`settings.enforce_sso`)."""


class BeginRequest(Request):
    """Begin to sign in by the issuer of that name."""

    id: UUID
    issuer: str
    secret: str

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"BeginRequest(id={self.id!r}, issuer={self.issuer!r})"


class Begun(Reply):
    """Where to go in a browser, and what to type there. The same request again gives the same."""

    address: str
    user_code: str
    complete_address: str
    """The address with the code in it, for a QR code; empty where the issuer gives none."""
    interval: int
    """Seconds between two polls, at first."""
    expires_at: datetime
    seconds_left: float
    """Until then, from now."""


class PollRequest(Request):
    """Ask whether the person has confirmed by now.

    Not yet: `sso_pending`, and `retry_after` says how long to wait before the next poll. A poll whose answer was lost
    is sent again: for a while a sign-in that has ended gives the same session once more.
    """

    id: UUID
    secret: str

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"PollRequest(id={self.id!r})"


class WaysRequest(Request):
    """Nothing."""


class Came(Reply):
    """An issuer by which one has come in."""

    issuer: str
    """Its name; its address where it is not configured any more."""
    last_at: datetime


class Ways(Reply):
    """How the person of this session signs in."""

    password: bool
    """Whether they have one that opens something here."""
    came: list[Came]
    """The latest first."""


ISSUERS = Operation(
    "sso.issuers", "GET", "/v1/sso/issuers", IssuersRequest, Issuers, Access.ANYONE, "By whom one can sign in"
)
BEGIN = Operation(
    "sso.begin",
    "POST",
    "/v1/sso/sign-ins",
    BeginRequest,
    Begun,
    Access.ANYONE,
    "Begin to sign in by one's organisation, in a browser elsewhere",
)
POLL = Operation(
    "sso.poll",
    "POST",
    "/v1/sso/sign-ins/{id}/poll",
    PollRequest,
    Session,
    Access.ANYONE,
    "Be signed in once the person has confirmed it in the browser",
)
WAYS = Operation(
    "sso.ways", "GET", "/v1/me/sign-in", WaysRequest, Ways, Access.SIGNED_IN, "By what one signs in: password, issuers"
)
