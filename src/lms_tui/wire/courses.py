"""Courses on the wire, for those who make them: importing from files, listing one's own."""

import enum
from typing import Annotated
from uuid import UUID

import msgspec

from lms_tui.wire.catalog import PageSize
from lms_tui.wire.operation import Access, Operation, Reply, Request


class Level(enum.StrEnum):
    """What became of a piece of an imported course."""

    IMPORTED = "imported"
    SPLIT = "split"
    """One thing of the source became several of ours."""
    ADAPTED = "adapted"
    """Taken in another form, since the schema cannot hold it as it was."""
    SKIPPED = "skipped"
    REFUSED = "refused"
    """A fault for which nothing is imported."""


class ImportNote(Reply):
    """One line of an import's report."""

    level: Level
    file: str
    """Path inside the course folder."""
    line: int | None
    reason: str
    """What it is, why, and what to do about it."""


def note_line(note: ImportNote) -> str:
    """Return a note as compilers write them, which editors can jump to: `file:line: reason`."""
    place = note.file if note.line is None else f"{note.file}:{note.line}"
    return f"{place}: {note.reason}"


class LessonPlace(Reply):
    """Which files of the source a lesson came from; paths are inside the course folder."""

    lesson_id: UUID
    file: str
    """That of its text and settings."""
    questions_file: str = ""
    """That of a quiz's questions, which may be the same; '' where it has none."""
    question_lines: list[int] = msgspec.field(default_factory=list)
    """The line on which each question begins in that file, in the order of the quiz."""


class ImportRequest(Request):
    """A course as a tar of its folder (or of the one file) in the body."""

    name: str
    """The folder's or file's own name, for the report and for formats that have no other."""
    dry_run: bool = False
    """Read, check and report; write nothing."""


class BuiltinRequest(Request):
    """A course that ships with the program."""

    name: str
    dry_run: bool = False


class ImportReport(Reply):
    """What an import did, or would do."""

    course_id: UUID
    title: str
    dry_run: bool
    created: bool
    """False: a course that was there has been brought up to date."""
    chapters: int
    lessons: int
    questions: int
    files: int
    notes: list[ImportNote]
    changed: int = 0
    """Lessons that are new, other than before, or gone."""
    places: list[LessonPlace] = msgspec.field(default_factory=list)


class ListRequest(Request):
    """A page of one's own courses; an admin's list has everybody's. Drafts and archived ones are in it too."""

    search: str = ""
    """Words, all of which must begin some word of title or description; without regard to case."""
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0
    """How many courses stand before the page."""
    size: PageSize = PageSize.LARGE


class ManagedCourse(Reply):
    """A course as its author or an admin sees it in a list."""

    id: UUID
    title: str
    author: str
    category: str
    is_published: bool
    archived: bool
    price_in_cents: int
    currency: str
    chapters: int
    lessons: int
    enrolled: int


class ManagedCourses(Reply):
    """Ordered by title."""

    courses: list[ManagedCourse]
    total: int
    """How many there are on all pages."""


IMPORT = Operation(
    "courses.import",
    "POST",
    "/v1/imports",
    ImportRequest,
    ImportReport,
    Access.STAFF,
    "Import a course from its files, or bring it up to date",
    uploads=True,
)
BUILTIN = Operation(
    "courses.builtin",
    "POST",
    "/v1/imports/builtin",
    BuiltinRequest,
    ImportReport,
    Access.STAFF,
    "Import a course that ships with the program",
)
LIST = Operation(
    "courses.list", "GET", "/v1/managed-courses", ListRequest, ManagedCourses, Access.STAFF, "One's own courses"
)
