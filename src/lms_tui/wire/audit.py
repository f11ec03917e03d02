"""The audit on the wire, for administrators: who did what to whom, who came in, and who failed to."""

import enum
from datetime import datetime
from uuid import UUID

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request


class Entry(enum.StrEnum):
    """What is recorded at the doors. Whatever else there is, is an act of staff and has its operation's name."""

    SIGNED_IN = "entry.signed_in"
    SSO = "entry.signed_in_by_sso"
    FAILED = "entry.failed"
    """A sign-in by password, whatever was wrong."""
    ACCEPTED = "entry.invitation_accepted"
    RESET = "entry.password_reset"
    PASSWORD = "entry.password_changed"  # noqa: S105 - what it is called
    OWNER_AS = "entry.owner_as"
    """The owner of the machine began a session as somebody else."""


class ListRequest(Request):
    """One page of the audit, the newest first."""

    person: str = ""
    """Only what they did, or what was done to them: address or id. By the address of nobody: the tries of it."""
    kind: str = ""
    """Only this action, or this area of actions: `entry.failed`, or `entry`, `people`."""
    after: str | None = None
    """The `next` of an earlier page."""
    size: PageSize = PageSize.LARGE


class Record(Reply):
    """A row of the audit. An address or a name is '' where there is none, or where the row is not there any more."""

    id: UUID
    at: datetime
    action: str
    actor_id: UUID | None
    """None: nobody who was known."""
    actor: str
    """Address."""
    person_id: UUID | None
    """To whom."""
    person: str
    """Address."""
    object_id: UUID | None
    what: str
    """Title or name."""
    client: str
    """Network address from which one came or failed to; '' over a Unix socket, and for acts of staff."""
    tried: str
    """By what the tries of one address that nobody has are known to be of one; '' otherwise."""


class Records(Reply):
    """Rows of the audit, and where the next page begins (None at the end)."""

    records: list[Record]
    next: str | None


LIST = Operation(
    "audit.list", "GET", "/v1/audit", ListRequest, Records, Access.ADMIN, "A page of the audit, the newest first"
)
