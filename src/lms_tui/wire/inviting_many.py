"""Inviting many people at once, on the wire: a list goes in, and what became of each comes out."""

import enum
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request

MOST_AT_ONCE: Final = 250
"""People in one request; whoever has more sends several."""


class LineFault(enum.StrEnum):
    """Why a line of a list of people is not taken."""

    NO_ADDRESS = "no_address"
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    DUPLICATE = "duplicate"
    """The address stands in an earlier line, in whatever case."""
    TAKEN = "taken"
    """They have come already."""
    ARCHIVED = "archived"
    OTHER_ROLE = "other_role"
    """They were invited in another role."""
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN = "unknown"
    """Nobody has the address."""
    UNKNOWN_GROUP = "unknown_group"
    COLUMNS = "columns"
    """A line of a file has not as many cells as its headings."""


class Outcome(enum.StrEnum):
    """What became of a line."""

    INVITED = "invited"
    UNCHANGED = "unchanged"
    """They are invited already, and the code is good still."""
    REFUSED = "refused"


class GuestLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One of many to invite, as the list has them."""

    line: int
    """Where they stand in the list; the report goes by it."""
    email: str
    first_name: str = ""
    last_name: str = ""
    role: str = ""
    """'' is a student; case does not count."""
    groups: list[str] = msgspec.field(default_factory=list)


class InviteManyRequest(Request):
    """Invite many; those at fault are left out and the others are invited."""

    id: UUID
    guests: Annotated[list[GuestLine], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    check: bool = False
    """Tell what would be done, and write nothing."""


class LineReport(Reply):
    """What became of one line."""

    line: int
    email: str
    outcome: Outcome
    fault: LineFault | None = None
    reason: str = ""
    """A sentence, where it was refused."""
    code: str | None = None


class InvitedMany(Reply):
    """What became of each, in the order in which they were given."""

    id: UUID
    lines: list[LineReport]
    mailed: bool = False
    """Whether codes go out by mail: none is told then."""
    expires_at: datetime | None = None
    """When the codes end; None where none was made."""


INVITE_MANY = Operation(
    "people.invite_many",
    "PUT",
    "/v1/invitations-of-many/{id}",
    InviteManyRequest,
    InvitedMany,
    Access.ADMIN,
    "Invite many people, and report on each",
)
