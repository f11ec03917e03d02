"""Groups of people on the wire, for administrators: the list, one group, and what is done to it.

Who is in a group is the list of people (`people.list`) narrowed to it; one person's groups are changed by
`people.groups`. Each act has an id that the client chose: sent again, it is done once and has the same reply.
"""

import enum
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request

LONGEST_NAME: Final = 100
"""Characters of the name of a group, and of a category."""
LONGEST_CHARACTERISTIC: Final = 2000
"""Characters of a group's characteristic: the schema has no bound, but the mentor is told it with each message."""


class Show(enum.StrEnum):
    """Which groups by where they stand."""

    PRESENT = "present"
    """Not archived."""
    ARCHIVED = "archived"
    ALL = "all"


class ListRequest(Request):
    """A page of the groups."""

    search: str = ""
    """A piece of the name or of the characteristic, without regard to case."""
    show: Show = Show.PRESENT
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0
    """How many groups stand before the page."""
    size: PageSize = PageSize.LARGE


class GroupLine(Reply):
    """A group as a list shows it."""

    id: UUID
    name: str
    characteristic: str
    archived: bool
    members: int
    """Without those who are archived."""


class Groups(Reply):
    """Groups by name."""

    groups: list[GroupLine]
    total: int
    """How many there are on all pages."""


class GroupRequest(Request):
    """One group."""

    group: str
    """Its name, in whatever case, or its id. Of a name that an archived group has too, the other is meant."""


class GroupCourse(Reply):
    """A course that members of a group take."""

    course_id: UUID
    title: str
    members: int
    """How many of the members who are not archived are enrolled."""


class Group(Reply):
    """All about one group; also what archiving and enrolling it would touch."""

    id: UUID
    name: str
    characteristic: str
    archived: bool
    created_at: datetime | None
    members: int
    """Without those who are archived."""
    invited: int
    """Of the members, those who have not come yet."""
    archived_members: int
    courses: list[GroupCourse]
    """The fifty that most of them take."""


class CreateRequest(Request):
    """Make a group."""

    id: UUID
    name: str
    """One that no group has in whatever case, an archived one neither."""
    characteristic: str = ""
    """What its members have in common; the mentor is told it."""


class EditRequest(Request):
    """Give a group another name or characteristic; None leaves it."""

    id: UUID
    group_id: UUID
    name: str | None = None
    characteristic: str | None = None


class ArchiveRequest(Request):
    """Archive a group: nobody comes into it, nothing is narrowed by it; its members and their courses stay."""

    id: UUID
    group_id: UUID


class RestoreRequest(Request):
    """Take a group out of the archive, with the members from before."""

    id: UUID
    group_id: UUID


class GroupChanged(Reply):
    """How a group stands after an act."""

    id: UUID
    group_id: UUID
    name: str
    characteristic: str
    archived: bool
    changed: bool
    """False: it stood so already."""


LIST = Operation("groups.list", "GET", "/v1/groups", ListRequest, Groups, Access.ADMIN, "A page of the groups")
GROUP = Operation(
    "groups.group", "GET", "/v1/groups/one", GroupRequest, Group, Access.ADMIN, "One group, by name or id"
)
CREATE = Operation(
    "groups.create", "PUT", "/v1/groups-made/{id}", CreateRequest, GroupChanged, Access.ADMIN, "Make a group"
)
EDIT = Operation(
    "groups.edit",
    "PUT",
    "/v1/group-edits/{id}",
    EditRequest,
    GroupChanged,
    Access.ADMIN,
    "Give a group another name or characteristic",
)
ARCHIVE = Operation(
    "groups.archive",
    "PUT",
    "/v1/group-archivings/{id}",
    ArchiveRequest,
    GroupChanged,
    Access.ADMIN,
    "Archive a group",
)
RESTORE = Operation(
    "groups.restore",
    "PUT",
    "/v1/group-restorings/{id}",
    RestoreRequest,
    GroupChanged,
    Access.ADMIN,
    "Take a group out of the archive",
)
