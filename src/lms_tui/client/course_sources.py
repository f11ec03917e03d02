"""Courses that were imported from this machine: where their files lie, by service and course; and importing from there.

One small private file (0600) for each course of each service, written whole or not at all, so that two programs of one
account lose nothing of each other. What a service says of files is not believed: a path that leads out of the folder
names nothing (`Source.file_of`).
"""

import asyncio
import hashlib
import logging
import tempfile
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from uuid import UUID

import msgspec

from lms_tui.client.packing import pack
from lms_tui.client.private_file import read_private, write_private
from lms_tui.wire.course_tar import path_fault
from lms_tui.wire.courses import IMPORT, ImportReport, ImportRequest, LessonPlace
from lms_tui.wire.operation import Answered, Ask, Operation

_log = logging.getLogger(__name__)

FOLDER: Final = "course-sources"
"""The name of the folder in that of the app's state."""


class Uploads(Protocol):
    """The service, which takes uploads."""

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """Ask the service. Raises client.errors.ClientError."""
        ...


class Source(msgspec.Struct, kw_only=True):
    """Where the files of one course lie on this machine."""

    path: str
    """The course folder, or the one GIFT file: absolute."""
    is_file: bool
    places: list[LessonPlace]

    @property
    def root(self) -> Path:
        """The folder that the files' paths are inside of."""
        return Path(self.path).parent if self.is_file else Path(self.path)

    def place_of(self, lesson: UUID) -> LessonPlace | None:
        """Return which files a lesson came from, None where it came from none of this folder."""
        return next((place for place in self.places if place.lesson_id == lesson), None)

    def file_of(self, name: str) -> Path | None:
        """Return the path of the file `name` inside the folder; None for one that leads out of it. Looks at the disk:
        a link may lead out, too."""
        if not name or path_fault(name):
            return None
        path, root = self.root / name, self.root.resolve()
        return path if path.resolve().is_relative_to(root) else None


class CourseSources:
    """The courses that were imported from this machine into one service. All but `import_again` blocks."""

    def __init__(self, state: Path, *, service: str) -> None:
        """Keep them below the folder of the app's state; `service` is the name of where the data is."""
        self._folder, self._service = state / FOLDER, service

    def keep(self, path: Path, report: ImportReport) -> None:
        """Keep that `report` is of an import from `path`, a folder or a file. Raises OSError."""
        source = Source(path=str(path.absolute()), is_file=path.is_file(), places=report.places)
        write_private(self._folder, self._name(report.course_id), msgspec.json.encode(source))

    def find(self, course: UUID) -> Source | None:
        """Return where a course's files lie; None where it was not imported from here, or that cannot be read."""
        try:
            content = read_private(self._folder, self._name(course))
            return None if content is None else msgspec.json.decode(content, type=Source)
        except (OSError, msgspec.MsgspecError) as error:
            _log.warning("where the files of course %s lie cannot be read: %s", course, error)
            return None

    async def import_again(self, api: Uploads, source: Source) -> ImportReport:
        """Import the course from its files as they are now, and keep what they hold now.

        Raises ClientError, CourseRefused with every fault among them: nothing has changed then.
        """
        path = Path(source.path)
        report = await send(api, path)
        try:
            await asyncio.to_thread(self.keep, path, report)
        except OSError as error:  # the import itself is done; the lines of before are still near
            _log.warning("where the files of %s lie is not kept: %s", path, error)
        return report

    def _name(self, course: UUID) -> str:
        return hashlib.sha256(f"{self._service}\n{course}".encode()).hexdigest()[:40] + ".json"


async def send(api: Uploads, path: Path, *, dry_run: bool = False) -> ImportReport:
    """Send the course at `path` to be imported, or with `dry_run` to be told what that would do.

    Raises ClientError, CourseRefused with every fault among them.
    """
    with tempfile.TemporaryFile(prefix="lms-tui-course-") as tar:
        await asyncio.to_thread(pack, path, tar)
        return await api.call(IMPORT, ImportRequest(name=path.name, dry_run=dry_run), upload=tar)
