"""Getting in on the wire: an invitation accepted, a reset used, one's own password, names and sessions.

Codes and passwords travel in bodies alone, and no request shows one in its `repr`, since what is printed ends up in
logs. A code works once: who got no answer after sending one signs in with the password that went with it.
"""

from datetime import datetime
from typing import Final

from lms_tui.wire.accounts import Session, User
from lms_tui.wire.operation import Access, Operation, Reply, Request

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128
"""Characters of a new password (domain.md, people, passwords)."""
LONGEST_ADDRESS: Final = 254
"""Characters of an e-mail address (RFC 5321: a path of 256 with its brackets)."""
LONGEST_NAME: Final = 200
"""Characters of a first and of a last name."""


class InvitationLook(Request):
    """Whose invitation a code is; looking does not use it."""

    code: str

    def __repr__(self) -> str:
        """Leave the code out."""
        return "InvitationLook(…)"


class Invitation(Reply):
    """An invitation that is open, as far as whoever holds its code is told."""

    email: str
    first_name: str
    """Empty where the person has to give it."""
    last_name: str
    expires_at: datetime


class AcceptRequest(Request):
    """Accept an invitation with a password of one's own."""

    code: str
    password: str
    first_name: str = ""
    """Taken only where the person has none yet."""
    last_name: str = ""

    def __repr__(self) -> str:
        """Leave code and password out."""
        return f"AcceptRequest(first_name={self.first_name!r}, last_name={self.last_name!r})"


class ResetRequest(Request):
    """Choose a new password with the code of a reset; all sessions of the person end."""

    code: str
    password: str

    def __repr__(self) -> str:
        """Leave code and password out."""
        return "ResetRequest(…)"


class AskResetRequest(Request):
    """Have the code of a reset sent to an address by mail."""

    email: str


class ResetAsked(Reply):
    """If somebody here has the address, a code is on its way; whether anybody has is never told."""

    minutes: int
    """How long the code works from when it is sent."""


class PasswordRequest(Request):
    """Choose a new password with the present one; all other sessions end."""

    current: str
    password: str

    def __repr__(self) -> str:
        """Leave both out."""
        return "PasswordRequest(…)"


class ProfileRequest(Request):
    """One's own names; the last that was sent stands."""

    first_name: str
    last_name: str


class EverywhereRequest(Request):
    """End all sessions of the person, this one too."""


class SignedOut(Reply):
    """All sessions that began before are over."""

    at: datetime


LOOK = Operation(
    "accounts.invitation",
    "POST",
    "/v1/invitations/look",
    InvitationLook,
    Invitation,
    Access.ANYONE,
    "Whose invitation a code is",
)
ACCEPT = Operation(
    "accounts.accept",
    "POST",
    "/v1/invitations/accept",
    AcceptRequest,
    Session,
    Access.ANYONE,
    "Accept an invitation: choose a password, give the names that are missing, and be signed in",
)
RESET = Operation(
    "accounts.reset",
    "POST",
    "/v1/resets/use",
    ResetRequest,
    Session,
    Access.ANYONE,
    "Choose a new password with the code of a reset, and be signed in",
)
ASK_RESET = Operation(
    "accounts.ask_reset",
    "POST",
    "/v1/resets",
    AskResetRequest,
    ResetAsked,
    Access.ANYONE,
    "Have the code of a reset sent by mail",
)
PASSWORD = Operation(
    "accounts.password",
    "POST",
    "/v1/me/password",
    PasswordRequest,
    Session,
    Access.SIGNED_IN,
    "Choose a new password; all other sessions end",
)
PROFILE = Operation(
    "accounts.profile", "PUT", "/v1/me", ProfileRequest, User, Access.SIGNED_IN, "Change one's own names"
)
EVERYWHERE = Operation(
    "accounts.sign_out_everywhere",
    "POST",
    "/v1/me/sign-out-everywhere",
    EverywhereRequest,
    SignedOut,
    Access.SIGNED_IN,
    "End all of one's own sessions",
)
