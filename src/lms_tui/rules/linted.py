"""A course as lint looks at it, from the database or from a folder not imported yet, and what it finds there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from lms_tui.rules import lint_text
from lms_tui.rules.questions import Question


@dataclass(frozen=True)
class Lesson:
    """A lesson as lint looks at it."""

    id: UUID
    title: str
    type: str
    """As the catalog has it: one of TYPES in that spelling, another program's as stored."""
    text: str = ""
    threshold: int | None = None
    attempts_limit: int | None = None
    cooldown_in_hours: int | None = None
    link: str | None = None
    """An address on the web."""
    file: str | None = None
    """What names its own file among the course's."""
    has_mentor: bool = False
    objectives: str = ""
    """What its mentor checks."""
    questions: tuple[Question, ...] = ()
    """Those that are not archived."""

    @cached_property
    def found(self) -> lint_text.Found:
        """What stands in its text."""
        return lint_text.scan(self.text)

    @property
    def is_quiz(self) -> bool:
        """Whether it is a quiz."""
        return self.type == "quiz"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter that is not archived."""

    id: UUID
    title: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course with the names of the files that it has."""

    title: str
    chapters: tuple[Chapter, ...]
    files: frozenset[str]
    """Names by which texts and lessons can name a file of the course that is there."""
    paths: Mapping[UUID, str] = field(default_factory=dict)
    """The files that lessons were read from, by the lesson's id: paths that links can be followed from and to."""
    all_paths: bool = False
    """Whether a page that a lesson with a path links to, and that is none of `paths`, surely is no lesson here."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and where: in the course, a chapter, a lesson, a question, from the widest to the nearest."""

    rule: str
    """The rule's name, stable: scripts may look for it."""
    sentence: str
    """What is wrong and what to do about it."""
    chapter: Chapter | None = None
    lesson: Lesson | None = None
    question: int | None = None
    """The question's number in its quiz, 1 the first."""
    line: int | None = None
    """The line of the lesson's text."""
    needle: str = ""
    """What stands in that line."""


Rule = Callable[[Course], Iterator[Problem]]
"""Yields a problem for each place of a course where it is broken."""


def lessons_of(course: Course) -> Iterator[tuple[Chapter, Lesson]]:
    """Yield each lesson with its chapter."""
    for chapter in course.chapters:
        for lesson in chapter.lessons:
            yield chapter, lesson
