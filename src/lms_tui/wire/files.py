"""Files of courses on the wire: which there are, the links that open them, and the bytes.

A link is signed by the service and opens one object for some minutes, for whoever holds it: a player and a browser
have no session.
"""

from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class FileLink(Reply):
    """A file and how it is had."""

    source: str
    """How the lesson's text names it; '' for a file that no text names."""
    link: str
    """Path below the service's address; opens the file for some minutes."""
    name: str
    """What to call it when it is saved: a plain name."""
    kind: str
    """Short form of what it is, as its ending has it: `pdf`, `mp4`, `png`."""
    version: str
    """64 hexadecimal digits, the same exactly as long as the content is: a name to keep a copy under."""
    size: int | None
    """Bytes, where they are known without asking for each."""


class LessonFilesRequest(Request):
    """One lesson by its id."""

    lesson_id: UUID


class LessonFiles(Reply):
    """All files of a lesson: its own, and those that its text shows or links to, in the order of the text."""

    file: FileLink | None
    """The lesson's own file (a film, a PDF); None where it has none in the store."""
    file_missing: bool
    """Whether the lesson names a file of its own that is not in the store."""
    named: list[FileLink]


class ThumbnailRequest(Request):
    """One course by its id."""

    course_id: UUID


class Thumbnail(Reply):
    """A course's picture; None where it has none in the store."""

    file: FileLink | None


class ReadRequest(Request):
    """A link's last part."""

    link: str


class FileBytes(Reply):
    """The bytes of a file, as they are; this type stands for them in the table of operations."""


LESSON = Operation(
    "files.lesson",
    "GET",
    "/v1/lessons/{lesson_id}/files",
    LessonFilesRequest,
    LessonFiles,
    Access.GUEST,
    "Links of a lesson's files",
)
THUMBNAIL = Operation(
    "files.thumbnail",
    "GET",
    "/v1/courses/{course_id}/thumbnail",
    ThumbnailRequest,
    Thumbnail,
    Access.GUEST,
    "Link of a course's picture",
)
READ = Operation(
    "files.read",
    "GET",
    "/v1/files/{link}",
    ReadRequest,
    FileBytes,
    Access.ANYONE,
    "The bytes of a file, by its link",
    streams=True,
)
