"""Lessons that were renamed or moved: told with the line that keeps their row, and with it the learners' progress."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from lms_tui.courses.ids import lesson_id
from lms_tui.courses.model import Course, Lesson
from lms_tui.wire.courses import ImportNote, Level


@dataclass(frozen=True, slots=True)
class Standing:
    """A lesson as it stands in the database."""

    id: UUID
    title: str
    text: str
    """Its `description`."""


def renames(standing: Iterable[Standing], course: Course) -> list[ImportNote]:
    """A note for each new lesson of `course` that has the title, or the text, of one that is gone from the source.

    A lesson counts as gone where its id is none of the course's. Each gone one is named once, for the first new
    lesson that it fits; the same text counts before the same title.
    """
    new = {lesson_id(course.id, lesson): lesson for lesson in course.lessons}
    lessons = list(standing)
    known = {lesson.id for lesson in lessons}
    gone = [lesson for lesson in lessons if lesson.id not in new]
    notes = []
    for own, lesson in new.items():
        old = None if own in known else _fitting(lesson, gone)
        if old is not None:
            gone.remove(old)
            reason = (
                f"looks like {old.title!r} under a new name: taken as a new lesson, without its learners' progress; to "
                f'keep it write id = "{old.id}" into the front matter and import again'
            )
            notes.append(ImportNote(level=Level.ADAPTED, file=lesson.source, line=lesson.line, reason=reason))
    return notes


def _fitting(lesson: Lesson, gone: list[Standing]) -> Standing | None:
    same_text = (old for old in gone if lesson.text and old.text == lesson.text)
    return next(same_text, None) or next((old for old in gone if old.title == lesson.title), None)
