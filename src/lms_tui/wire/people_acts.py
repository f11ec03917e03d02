"""What administrators do to people, on the wire. Each act has an id that the client chose: sent again, it is done once
and has the same reply.

A code goes out by mail, and is in no reply. Where the service sends no mail it is told over the private socket of the
machine's own service alone; sent again, an act that told one answers with a new code, which voids the one that was lost
with its answer.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request
from lms_tui.wire.people import Role


class InviteRequest(Request):
    """Invite one person, or once more one who has not come."""

    id: UUID
    email: str
    first_name: str = ""
    last_name: str = ""
    role: Role = Role.STUDENT
    groups: list[str] = msgspec.field(default_factory=list)
    """Names, in whatever case, or ids."""


class Invited(Reply):
    """Who was invited."""

    id: UUID
    person_id: UUID
    email: str
    role: str
    again: bool
    """Whether they had been invited before: the code from then is void."""
    mailed: bool = False
    """Whether the code goes out by mail: it is not told then."""
    code: str | None = None
    """To hand over; None where it was used meanwhile, or is mailed."""
    expires_at: datetime | None = None


class RoleRequest(Request):
    """Give a person another role; it holds from their next request on."""

    id: UUID
    person_id: UUID
    role: Role


class RoleChanged(Reply):
    """The role that a person has now, and which they had."""

    id: UUID
    person_id: UUID
    email: str
    role: str
    was: str
    changed: bool


class ArchiveRequest(Request):
    """Archive a person: their sessions and codes end, what they did stays."""

    id: UUID
    person_id: UUID


class RestoreRequest(Request):
    """Let an archived person in again, with the password from before."""

    id: UUID
    person_id: UUID


class Archived(Reply):
    """Whether a person is archived now."""

    id: UUID
    person_id: UUID
    email: str
    archived: bool
    changed: bool
    has_come: bool
    """Whether they have a password: whoever has none has to be invited again after a restoring."""


class GroupsRequest(Request):
    """Put a person into groups, and take them out of others."""

    id: UUID
    person_id: UUID
    add: list[str] = msgspec.field(default_factory=list)
    """Names, in whatever case, or ids; of groups that are not archived."""
    remove: list[str] = msgspec.field(default_factory=list)


class GroupsChanged(Reply):
    """Names of the groups that a person came into and left by this."""

    id: UUID
    person_id: UUID
    email: str
    added: list[str]
    removed: list[str]


class GiveResetRequest(Request):
    """Give a person a code for a new password; nothing ends before they use it."""

    id: UUID
    person_id: UUID


class ResetGiven(Reply):
    """A code for a new password."""

    id: UUID
    person_id: UUID
    email: str
    mailed: bool = False
    """Whether the code goes out by mail: it is not told then."""
    code: str | None = None
    """To hand over; None where it was used meanwhile, or is mailed."""
    expires_at: datetime | None = None


INVITE = Operation(
    "people.invite", "PUT", "/v1/invitations/{id}", InviteRequest, Invited, Access.ADMIN, "Invite a person"
)
ROLE = Operation(
    "people.role", "PUT", "/v1/role-changes/{id}", RoleRequest, RoleChanged, Access.ADMIN, "Give a person another role"
)
ARCHIVE = Operation(
    "people.archive", "PUT", "/v1/archivings/{id}", ArchiveRequest, Archived, Access.ADMIN, "Archive a person"
)
RESTORE = Operation(
    "people.restore", "PUT", "/v1/restorings/{id}", RestoreRequest, Archived, Access.ADMIN, "Restore an archived person"
)
GROUPS = Operation(
    "people.groups",
    "PUT",
    "/v1/group-changes/{id}",
    GroupsRequest,
    GroupsChanged,
    Access.ADMIN,
    "Put a person into groups, or take them out",
)
RESET = Operation(
    "people.reset",
    "PUT",
    "/v1/resets-given/{id}",
    GiveResetRequest,
    ResetGiven,
    Access.ADMIN,
    "Give a person a code for a new password",
)
