"""One model of a course, between all formats that come in and the database that it goes into.

Readers make it, the importer writes it. It is plain data: no reader's detail and no row of the database is in it.
Every reader gathers all faults of its input before it gives up, so that an author mends them in one go.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from lms_tui.wire.courses import ImportNote, Level, note_line

CHOICE = "multiple-choice"
TRUE_FALSE = "true-false"
FILL_BLANK = "fill-blank"
SCALE = "scale"
FREE_TEXT = "free-text"
"""Not among the schema's four: domain.md grades another type as free text, full points when not blank."""

TEXT = "text"
VIDEO = "video"
QUIZ = "quiz"
EXTERNAL = "external"
LESSON_TYPES = (TEXT, VIDEO, QUIZ, EXTERNAL)

BLANK = "___"
"""How a blank stands in the text of a fill-blank question (domain.md, fill-blank)."""

LIMITS = {
    "course.title": 100,
    "course.description": 1000,
    "course.category": 100,
    "chapter.title": 100,
    "chapter.description": 500,
    "lesson.title": 100,
    "lesson.link": 200,
    "mentor.difficulty": 20,
}
"""Most characters of a field, from the `VARCHAR(n)` of the schema; what is not named here has no limit there."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a question, or one accepted text of a blank."""

    text: str
    is_correct: bool
    order: int
    """`display_order`: 1, 2, … in a choice; in a fill-blank the number of the blank that the text belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a quiz, in the order of the file."""

    key: str
    """Path, name and ordinal: what its id is made of. Never a right answer (domain.md, before submission)."""
    type: str
    title: str
    """The question itself, as Markdown; blanks stand in it as `___`."""
    description: str | None = None
    points: int = 1
    options: tuple[Option, ...] = ()
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """What gives a lesson an AI mentor; never shown to a learner."""

    prompt: str | None = None
    objectives: str | None = None
    difficulty: str | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a lesson shows or links to."""

    path: str
    """Below the course's folder, with `/`: the words by which the lessons' text names it."""
    source: Path
    """Where it can be read now; the importer copies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson."""

    key: str
    """Its path below the course, or its own id: what the row's id is made of."""
    title: str
    type: str = TEXT
    """One of LESSON_TYPES."""
    text: str = ""
    """Markdown; of a quiz its introduction. Relative images and links name assets by their path below the course."""
    threshold: int | None = None
    """Percent needed to pass, 0 to 100."""
    attempts: int | None = None
    cooldown_hours: int | None = None
    link: str | None = None
    """An address that starts with http:// or https://."""
    file: str | None = None
    """The path of an asset."""
    mentor: Mentor | None = None
    questions: tuple[Question, ...] = ()
    source: str
    """The file that it was read from, below the course."""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter: lessons in order."""

    key: str
    """Its folder below the course, or its own id: what the row's id is made of."""
    title: str
    description: str | None = None
    lessons: tuple[Lesson, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as it came in."""

    id: UUID
    id_is_new: bool = False
    """The source had no id and this one was made just now: whoever imports writes it into the source first."""
    title: str
    description: str | None = None
    category: str
    author: str | None = None
    """The author's address; None: whoever imports."""
    price_in_cents: int = 0
    currency: str = "usd"
    """Lower case, as the schema's default."""
    published: bool = False
    thumbnail: str | None = None
    """The path of an asset."""
    chapters: tuple[Chapter, ...] = ()
    assets: tuple[Asset, ...] = ()

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in order."""
        return tuple(lesson for chapter in self.chapters for lesson in chapter.lessons)


class CourseError(Exception):
    """A course that cannot be taken. Holds every fault that was found, in the order of the files.

    `str()` gives one line per fault: `file:line: what, why, and what to do`.
    """

    def __init__(self, faults: Iterable[ImportNote]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(note_line(fault) for fault in self.faults))


@dataclass(slots=True)
class Report:
    """What became of each piece of the source; filled while reading."""

    notes: list[ImportNote] = field(default_factory=list)

    def add(self, level: Level, file: str, line: int | None, reason: str) -> None:
        """Take a note."""
        self.notes.append(ImportNote(level=level, file=file, line=line, reason=reason))

    def refuse(self, file: str, line: int | None, reason: str) -> None:
        """Take note of a fault for which nothing is imported; reading goes on, to find the others too."""
        self.add(Level.REFUSED, file, line, reason)

    @property
    def faults(self) -> tuple[ImportNote, ...]:
        """The notes for which nothing is imported."""
        return tuple(note for note in self.notes if note.level is Level.REFUSED)

    def check(self) -> None:
        """Raise CourseError with all faults so far, if there is one."""
        if self.faults:
            raise CourseError(self.faults)

    def check_length(self, name: str, value: str | None, file: str, line: int | None) -> None:
        """Refuse a `value` longer than LIMITS allow its field `name` ("course.title")."""
        limit = LIMITS[name]
        if value is not None and len(value) > limit:
            self.refuse(
                file,
                line,
                f"{name.replace('.', ' ')} has {len(value)} characters, the database holds {limit}; shorten it: "
                f"{value[:40]!r}…",
            )
