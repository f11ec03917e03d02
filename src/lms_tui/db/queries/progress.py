"""One learner's progress in one lesson, its chapters and its course: the statements of the one way up.

Locks are taken in this order by everything that writes progress: the enrolment, the lesson's progress row, then
chapters, course, statistics. The enrolment's lock lets one learner's writes in one course through one at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.catalog import LESSON_TYPE, VISIBLE
from lms_tui.db.queries.scalar import scalar

_PLACE: Final = f"""
SELECT ch.course_id, ({VISIBLE}), sc.id IS NOT NULL, c.price_in_cents <= 0, {LESSON_TYPE}, ml.learning_objectives
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id JOIN courses c ON c.id = ch.course_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
LEFT JOIN ai_mentor_lessons ml ON ml.lesson_id = l.id
WHERE l.id = %(lesson)s AND ch.archived IS NOT TRUE"""  # noqa: S608 - constants of the catalog

_LOCK_ENROLMENT: Final = """
SELECT ch.course_id, ch.id, sc.completed_at
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
JOIN student_courses sc ON sc.course_id = ch.course_id AND sc.user_id = %(user)s
WHERE l.id = %(lesson)s
FOR NO KEY UPDATE OF sc"""

_COURSE_OF: Final = """
SELECT ch.course_id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE l.id = %(lesson)s"""

_LOCK_ROW: Final = """
SELECT id, created_at, is_started IS TRUE, is_completed IS TRUE, is_quiz_passed IS TRUE, completed_at
FROM student_lesson_progress WHERE user_id = %(user)s AND lesson_id = %(lesson)s
FOR NO KEY UPDATE"""

_ADD_ROW: Final = """
INSERT INTO student_lesson_progress (id, user_id, lesson_id, chapter_id)
VALUES (%(id)s, %(user)s, %(lesson)s, %(chapter)s)
ON CONFLICT DO NOTHING"""

_OWNER: Final = "SELECT user_id FROM student_lesson_progress WHERE id = %(id)s"

_SET_ROW: Final = """
UPDATE student_lesson_progress
SET is_started = %(started)s, is_completed = %(completed)s, is_quiz_passed = %(quiz_passed)s,
  completed_at = %(completed_at)s, attempts = coalesce(%(attempts)s, attempts), chapter_id = %(chapter)s,
  updated_at = clock_timestamp()
WHERE id = %(id)s"""

_CHAPTERS: Final = """
SELECT ch.id, array_agg(lp.is_completed IS TRUE) FILTER (WHERE l.id IS NOT NULL), max(lp.completed_at),
  EXISTS (SELECT FROM student_chapter_progress cp
    WHERE cp.chapter_id = ch.id AND cp.user_id = %(user)s AND cp.is_completed)
FROM chapters ch LEFT JOIN lessons l ON l.chapter_id = ch.id
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
WHERE ch.course_id = %(course)s AND ch.archived IS NOT TRUE
GROUP BY ch.id ORDER BY ch.id"""

_COMPLETE_CHAPTERS: Final = """
INSERT INTO student_chapter_progress AS p (user_id, chapter_id, is_completed, completed_at)
SELECT %(user)s, done.id, true, done.at
FROM unnest(%(chapters)s::uuid[], %(times)s::timestamptz[]) AS done(id, at)
ORDER BY done.id
ON CONFLICT (user_id, chapter_id) DO UPDATE
SET is_completed = true, completed_at = least(p.completed_at, EXCLUDED.completed_at), updated_at = clock_timestamp()
"""

_COMPLETE_COURSE: Final = """
UPDATE student_courses SET completed_at = least(completed_at, %(at)s), updated_at = clock_timestamp()
WHERE user_id = %(user)s AND course_id = %(course)s"""

_CLOCK: Final = "SELECT clock_timestamp()"


@dataclass(frozen=True, slots=True)
class Place:
    """What decides who may open a lesson."""

    course_id: UUID
    visible: bool
    """The course is published and not archived."""
    enrolled: bool
    free: bool
    type: str
    """In the spelling of the wire: text, video, quiz, scorm, external, or another program's own."""
    objectives: str | None
    """What its mentor judges by; None without a mentor."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The learner's enrolment that a lesson belongs to, locked until the transaction ends."""

    course_id: UUID
    chapter_id: UUID
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """A progress row as it stands, locked until the transaction ends."""

    id: UUID
    created_at: datetime
    started: bool
    completed: bool
    quiz_passed: bool
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter that is not archived, and how the learner stands in it."""

    id: UUID
    lessons: tuple[bool, ...]
    """Whether each is complete, in no order."""
    last_completed_at: datetime | None
    stands: bool
    """Marked as completed already."""


async def place(tx: AsyncConnection, user: UUID, lesson: UUID) -> Place | None:
    """Return where `lesson` stands for `user`; None where there is none, or only in an archived chapter."""
    row = await (await tx.execute(_PLACE, {"user": user, "lesson": lesson})).fetchone()
    return None if row is None else Place(*row)


async def lock_enrolment(tx: AsyncConnection, user: UUID, lesson: UUID) -> Enrolment | None:
    """Return the enrolment of `user` in the course of `lesson`, locked; None for somebody who is not enrolled."""
    row = await (await tx.execute(_LOCK_ENROLMENT, {"user": user, "lesson": lesson})).fetchone()
    return None if row is None else Enrolment(*row)


async def course_of(tx: AsyncConnection, lesson: UUID) -> UUID:
    """Return the course that `lesson`, which is there, belongs to."""
    found = await scalar(tx, _COURSE_OF, {"lesson": lesson})
    assert isinstance(found, UUID)  # noqa: S101 - every lesson has a chapter, every chapter a course
    return found


async def lock_row(tx: AsyncConnection, user: UUID, lesson: UUID) -> Row | None:
    """Return the progress row, locked, so that an instructor's fresh start comes before or after, not between."""
    row = await (await tx.execute(_LOCK_ROW, {"user": user, "lesson": lesson})).fetchone()
    return None if row is None else Row(*row)


async def add_row(tx: AsyncConnection, row: UUID, user: UUID, lesson: UUID, chapter: UUID) -> None:
    """Make an empty progress row, unless one is there already or its id is taken."""
    await tx.execute(_ADD_ROW, {"id": row, "user": user, "lesson": lesson, "chapter": chapter})


async def owner(tx: AsyncConnection, row: UUID) -> UUID | None:
    """Return whose progress row has the id `row`."""
    found: UUID | None = await scalar(tx, _OWNER, {"id": row})
    return found


async def set_row(tx: AsyncConnection, row: Row, chapter: UUID, attempts: int | None) -> None:
    """Write `row` as it is to stand, in the lesson's present `chapter`; and `attempts` unless None."""
    values = {
        "id": row.id,
        "chapter": chapter,
        "started": row.started,
        "completed": row.completed,
        "quiz_passed": row.quiz_passed,
        "completed_at": row.completed_at,
        "attempts": attempts,
    }
    await tx.execute(_SET_ROW, values)


async def chapters(tx: AsyncConnection, user: UUID, course: UUID) -> list[Chapter]:
    """Return the chapters of `course` that are not archived, by id, those without lessons too."""
    rows = await (await tx.execute(_CHAPTERS, {"user": user, "course": course})).fetchall()
    return [Chapter(found, tuple(lessons or ()), last, stands) for found, lessons, last, stands in rows]


async def complete_chapters(tx: AsyncConnection, user: UUID, done: Collection[tuple[UUID, datetime]]) -> None:
    """Mark chapters as completed at the time given with each; an earlier one that stands stays."""
    values = {"user": user, "chapters": [chapter for chapter, _ in done], "times": [at for _, at in done]}
    await tx.execute(_COMPLETE_CHAPTERS, values)


async def complete_course(tx: AsyncConnection, user: UUID, course: UUID, at: datetime) -> None:
    """Mark the enrolment as completed; an earlier time that stands stays."""
    await tx.execute(_COMPLETE_COURSE, {"user": user, "course": course, "at": at})


async def clock(tx: AsyncConnection) -> datetime:
    """Return the database's time of this moment."""
    now = await scalar(tx, _CLOCK)
    assert isinstance(now, datetime)  # noqa: S101 - that statement gives nothing else
    return now
