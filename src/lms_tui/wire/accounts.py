"""Accounts on the wire: signing in, keeping a session, who I am."""

from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class User(Reply):
    """The person that a session belongs to."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str
    """STUDENT, CONTENT_CREATOR or ADMIN; any other has a student's rights."""


class Session(Reply):
    """Two opaque tokens and whom they stand for. The client keeps them and reads nothing from them."""

    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime
    user: User


class SignInRequest(Request):
    """An address and a password; a failure never tells which of the two was wrong."""

    email: str
    password: str

    def __repr__(self) -> str:
        """Leave the password out, since what is printed ends up in logs."""
        return f"SignInRequest(email={self.email!r})"


class OwnerRequest(Request):
    """The machine's account asks for its own session, or with `as_email` for somebody's (logged)."""

    as_email: str | None = None


class RefreshRequest(Request):
    """The refresh token of a session that goes on."""

    refresh: str

    def __repr__(self) -> str:
        """Leave the token out, since what is printed ends up in logs."""
        return "RefreshRequest(…)"


class MeRequest(Request):
    """Nothing but the session itself."""


SIGN_IN = Operation(
    "accounts.sign_in",
    "POST",
    "/v1/sign-in",
    SignInRequest,
    Session,
    Access.ANYONE,
    "Sign in with address and password",
)
OWNER = Operation(
    "accounts.owner",
    "POST",
    "/v1/owner",
    OwnerRequest,
    Session,
    Access.OWNER,
    "The machine's own session, over its private socket only",
)
REFRESH = Operation(
    "accounts.refresh",
    "POST",
    "/v1/refresh",
    RefreshRequest,
    Session,
    Access.ANYONE,
    "Exchange a refresh token for a new session",
)
ME = Operation("accounts.me", "GET", "/v1/me", MeRequest, User, Access.SIGNED_IN, "Who the session belongs to")
