"""The door to all formats: a folder or a file in, a course and a report out."""

from pathlib import Path
from uuid import UUID, uuid5

from lms_tui.courses import gift
from lms_tui.courses.folder import read_folder
from lms_tui.courses.folder_toml import COURSE_FILE
from lms_tui.courses.mdbook import BOOK_FILE, read_book
from lms_tui.courses.model import QUIZ, Chapter, Course, CourseError, Lesson, Report
from lms_tui.courses.source import read_text
from lms_tui.wire.courses import Level

GIFT_ENDINGS = (".gift", ".gift.txt", ".txt")
_GIFT_COURSES = UUID("2f0ec3c5-5f0b-5d0e-9f3e-6e1f1c7b6a01")
"""Names for the courses that single GIFT files become."""


def read(path: Path, owner: str = "") -> tuple[Course, Report]:
    """Read the course at `path`: a folder with course.toml or book.toml, or a GIFT file.

    `owner` is the importer's id or address. It goes into the id of formats that have no place for one: a GIFT file's
    id is made of owner and file name, a book's of owner and its repository or title. So the same person's next import
    brings the same course up to date, and another's of the same name is another course.

    Raises CourseError with every fault found.
    """
    report = Report()
    course = _read(path, owner, report)
    report.check()
    if course is None:
        raise CourseError(report.faults)
    return course, report


def _read(path: Path, owner: str, report: Report) -> Course | None:
    if (path / COURSE_FILE).is_file():
        return read_folder(path, report)
    if (path / BOOK_FILE).is_file():
        return read_book(path, owner, report)
    if path.is_file() and path.name.lower().endswith(GIFT_ENDINGS):
        return read_gift(path, owner, report)
    single = _only_gift(path)
    if single is not None:
        return read_gift(single, owner, report)
    reason = f"no course is here; give a folder with {COURSE_FILE} or {BOOK_FILE}, or a GIFT file ({GIFT_ENDINGS[0]})"
    report.refuse(path.name, None, reason if path.exists() else "there is no such file or folder; check the path")
    return None


def _only_gift(path: Path) -> Path | None:
    """The one file of a folder that an upload of a GIFT file was unpacked into."""
    files = list(path.iterdir()) if path.is_dir() else []
    return files[0] if len(files) == 1 and files[0].name.lower().endswith(GIFT_ENDINGS) else None


def read_gift(path: Path, owner: str, report: Report) -> Course | None:
    """A GIFT file by itself: a course of one chapter and one quiz, unpublished, named after its category or file."""
    text = read_text(path, path.name, report)
    if text is None:
        return None
    quiz = gift.read(text, path.name, report)
    if not quiz.questions:
        report.refuse(path.name, None, "holds no question; see docs/gift.md for the format")
    name = path.name
    for ending in (".txt", ".gift"):
        name = name.removesuffix(ending)
    title = (quiz.category or name)[:100]
    report.add(Level.IMPORTED, path.name, None, f"quiz {title!r}, {len(quiz.questions)} questions")
    lesson = Lesson(key="quiz", title=title, type=QUIZ, questions=quiz.questions, source=path.name)
    return Course(
        id=uuid5(_GIFT_COURSES, f"{owner}\n{path.name}"),
        title=title,
        category="Quizzes",
        chapters=(Chapter(key="quiz", title=title, lessons=(lesson,)),),
    )
