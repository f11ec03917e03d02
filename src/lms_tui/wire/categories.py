"""Categories of courses on the wire, for administrators: the list in its order, and what is done to one.

Each act has an id that the client chose: sent again, it is done once and has the same reply.
"""

from typing import Final
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request

LONGEST_DESCRIPTION: Final = 500
"""Characters of a category's description."""


class ListRequest(Request):
    """Nothing: all of them are told."""


class Category(Reply):
    """A category, and the courses that stand in it."""

    id: UUID
    name: str
    description: str
    archived: bool
    courses: int
    """Drafts and archived ones too."""
    shown: int
    """Those of them that the catalog shows."""


class Categories(Reply):
    """All, archived ones too, in the order in which the catalog shows them."""

    categories: list[Category]


class CreateRequest(Request):
    """Make a category; it stands behind those that were put in order."""

    id: UUID
    name: str
    """One that no category has in whatever case, an archived one neither."""
    description: str = ""


class EditRequest(Request):
    """Give a category another name or description; None leaves it."""

    id: UUID
    category_id: UUID
    name: str | None = None
    description: str | None = None


class PlaceRequest(Request):
    """Put a category somewhere else in the order."""

    id: UUID
    category_id: UUID
    before: UUID | None = None
    """The category that is to come next; None: it comes last."""


class ArchiveRequest(Request):
    """Archive a category: no other course comes into it. Its courses stay in it, and in the catalog under its name."""

    id: UUID
    category_id: UUID


class RestoreRequest(Request):
    """Take a category out of the archive."""

    id: UUID
    category_id: UUID


class DeleteRequest(Request):
    """Delete a category that no course stands in; one with courses is archived instead."""

    id: UUID
    category_id: UUID


class CategoryChanged(Reply):
    """How a category stands after an act."""

    id: UUID
    category_id: UUID
    name: str
    description: str
    archived: bool
    changed: bool
    """False: it stood so already."""
    deleted: bool = False
    courses: int = 0
    """After an attempt to delete it, the courses for which it was archived instead."""


LIST = Operation(
    "categories.list", "GET", "/v1/categories", ListRequest, Categories, Access.ADMIN, "The categories in their order"
)
CREATE = Operation(
    "categories.create",
    "PUT",
    "/v1/categories-made/{id}",
    CreateRequest,
    CategoryChanged,
    Access.ADMIN,
    "Make a category",
)
EDIT = Operation(
    "categories.edit",
    "PUT",
    "/v1/category-edits/{id}",
    EditRequest,
    CategoryChanged,
    Access.ADMIN,
    "Give a category another name or description",
)
PLACE = Operation(
    "categories.place",
    "PUT",
    "/v1/category-places/{id}",
    PlaceRequest,
    CategoryChanged,
    Access.ADMIN,
    "Put a category somewhere else in the order",
)
ARCHIVE = Operation(
    "categories.archive",
    "PUT",
    "/v1/category-archivings/{id}",
    ArchiveRequest,
    CategoryChanged,
    Access.ADMIN,
    "Archive a category",
)
RESTORE = Operation(
    "categories.restore",
    "PUT",
    "/v1/category-restorings/{id}",
    RestoreRequest,
    CategoryChanged,
    Access.ADMIN,
    "Take a category out of the archive",
)
DELETE = Operation(
    "categories.delete",
    "PUT",
    "/v1/category-deletions/{id}",
    DeleteRequest,
    CategoryChanged,
    Access.ADMIN,
    "Delete a category, or archive one with courses",
)
