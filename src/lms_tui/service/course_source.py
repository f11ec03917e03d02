"""A course's files as the import wants them: read, its own files hashed, its text naming them as the store does.

All of this works on the disk and blocks: call it in a thread.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from lms_tui import courses
from lms_tui.courses.folder_toml import COURSE_FILE
from lms_tui.courses.ids import chapter_id, lesson_id
from lms_tui.courses.mdbook import BOOK_FILE
from lms_tui.courses.model import Course, Report
from lms_tui.courses.read import read
from lms_tui.courses.source import line_of_key
from lms_tui.courses.unpack import unpack
from lms_tui.service.store import StoredFile, named
from lms_tui.wire.courses import ImportNote

BUILTIN: Final = Path(courses.__file__).parent / "builtin"
"""The courses that ship with the program, a folder each."""


@dataclass(frozen=True, slots=True)
class Source:
    """A course that was read without fault."""

    course: Course
    """Its lessons' text and `file` name files by their key in the store."""
    notes: tuple[ImportNote, ...]
    files: tuple[StoredFile, ...]
    kinds: Mapping[str, str]
    """`file_type` by key."""
    main_file: str
    """What notes on the course as a whole name: course.toml, book.toml or the GIFT file."""
    lines: Mapping[str, int]
    """Where `id`, `author`, `published`, `price` and `category` stand in it, or would."""

    @property
    def is_folder(self) -> bool:
        """Whether it is of our own form, which says of everything how it is to be; a book or a GIFT file says nothing
        of price, category and whether it is published."""
        return self.main_file == COURSE_FILE


def load_upload(stream: BinaryIO, name: str, owner: str) -> tuple[Source, TemporaryDirectory[str]]:
    """Unpack the tar `stream` and read the course in it, called `name` by its author.

    Returns it and the folder that holds its files, which the caller cleans up. Raises CourseError with every fault.
    """
    folder = TemporaryDirectory(prefix="lms-tui-import-", ignore_cleanup_errors=True)
    try:
        path = Path(folder.name, name)
        path.mkdir()
        unpack(stream, path)
        return load(path, owner), folder
    except BaseException:
        folder.cleanup()
        raise


def load(path: Path, owner: str) -> Source:
    """Read the course at `path` for `owner`, the importer's id. Raises CourseError with every fault."""
    course, report = read(path, owner)
    _check_ids_differ(course, report)
    report.check()
    files = {asset.path: named(course.id, asset.path, asset.source) for asset in course.assets}
    text = (path / COURSE_FILE).read_text("utf-8-sig") if (path / COURSE_FILE).is_file() else ""
    return Source(
        course=_with_keys(course, {name: file.key for name, file in files.items()}),
        notes=tuple(report.notes),
        files=tuple(files.values()),
        kinds={file.key: file.kind for file in files.values()},
        main_file=_main_file(path, course),
        lines={key: line_of_key(text, key) for key in ("id", "author", "published", "price", "category")},
    )


def builtin(name: str) -> Path | None:
    """Return the folder of the course `name` that ships with the program; None where there is none."""
    return next((path for path in builtins() if path.name == name), None)


def builtins() -> list[Path]:
    """Return the folders of all courses that ship with the program."""
    return sorted(path.parent for path in BUILTIN.glob(f"*/{COURSE_FILE}"))


def _main_file(path: Path, course: Course) -> str:
    for name in (COURSE_FILE, BOOK_FILE):
        if (path / name).is_file():
            return name
    return course.lessons[0].source if course.lessons else path.name


def _check_ids_differ(course: Course, report: Report) -> None:
    """Refuse two chapters or two lessons of one row: an own id may be that of another's path."""
    first: dict[object, str] = {}
    places = [(chapter_id(course.id, chapter), "a chapter", COURSE_FILE, chapter.line) for chapter in course.chapters]
    places += [(lesson_id(course.id, lesson), "a lesson", lesson.source, lesson.line) for lesson in course.lessons]
    for row, what, file, line in places:
        if (what, row) in first:
            report.refuse(file, line, f"has the row of {first[what, row]}: give one of them another id")
        first.setdefault((what, row), f"{file}:{line}")


def _with_keys(course: Course, keys: Mapping[str, str]) -> Course:
    """The course with its own files named by their `keys` in the store."""
    if not keys:
        return course
    # As readers leave it: a link or an image `](path)`, `](<path with spaces>)`, or a reference `[label]: path`.
    names = "|".join(re.escape(name) for name in sorted(keys, key=len, reverse=True))
    target = re.compile(rf"(\]\(|^ {{0,3}}\[[^\]\n]+\]:[ \t]*)(?:<({names})>|({names})(?=[)\s]|$))", re.MULTILINE)

    def renamed(text: str) -> str:
        return target.sub(lambda found: found[1] + keys[found[2] or found[3]], text)

    chapters = tuple(
        replace(
            chapter,
            lessons=tuple(
                replace(lesson, text=renamed(lesson.text), file=keys[lesson.file] if lesson.file else None)
                for lesson in chapter.lessons
            ),
        )
        for chapter in course.chapters
    )
    thumbnail = keys[course.thumbnail] if course.thumbnail else None
    return replace(course, chapters=chapters, thumbnail=thumbnail)


def plain_name(name: str) -> bool:
    """Whether `name` can be that of a folder or file and nothing more."""
    return (
        0 < len(name.encode()) <= 200
        and name.isprintable()
        and PurePosixPath(name).name == name
        and not name.startswith(".")
        and "\\" not in name
    )
