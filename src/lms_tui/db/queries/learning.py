"""Home and a lesson as one JSON value each, and the enrolment's row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.blank import trimmed
from lms_tui.db.queries.catalog import LESSON_TYPE, OUTLINE_ORDER, RESUME_ORDER, VISIBLE
from lms_tui.db.queries.mentor_check import FAILED_SINCE
from lms_tui.db.queries.mentor_turns import USED_TODAY
from lms_tui.db.queries.scalar import scalar

HOME: Final = f"""
WITH mine AS MATERIALIZED (
  SELECT c.id, c.title, concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')) AS author,
    k.name AS category, ({VISIBLE}) AS available, coalesce(sc.enrolled_at, sc.created_at, now()) AS enrolled_at,
    sc.completed_at
  FROM student_courses sc JOIN courses c ON c.id = sc.course_id JOIN users a ON a.id = c.author_id
  JOIN categories k ON k.id = c.category_id
  WHERE sc.user_id = %(user)s
),
open AS (
  SELECT DISTINCT ON (lesson_id) lesson_id, id, created_at FROM quiz_attempts
  WHERE user_id = %(user)s AND completed_at IS NULL ORDER BY lesson_id, created_at DESC
),
outline AS MATERIALIZED (
  SELECT ch.course_id, ch.title AS chapter, l.id, l.title, {LESSON_TYPE} AS type, lp.updated_at AS touched,
    coalesce(lp.is_started, false) AS started, coalesce(lp.is_completed, false) AS completed,
    t.id AS open_attempt, t.created_at AS attempted, l.created_at > m.completed_at AS new,
    row_number() OVER (PARTITION BY ch.course_id ORDER BY {OUTLINE_ORDER}) AS position
  FROM mine m JOIN chapters ch ON ch.course_id = m.id AND ch.archived IS NOT TRUE
  JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
  LEFT JOIN open t ON t.lesson_id = l.id
),
totals AS (
  SELECT course_id, count(*) AS lessons, count(*) FILTER (WHERE completed) AS done, max(touched) AS last_opened,
    count(*) FILTER (WHERE new AND NOT completed) AS new
  FROM outline GROUP BY course_id
),
next AS (
  SELECT DISTINCT ON (course_id) * FROM outline WHERE open_attempt IS NOT NULL OR NOT completed
  ORDER BY course_id, {RESUME_ORDER}
),
cards AS (
  SELECT m.*, coalesce(n.lessons, 0) AS lessons, coalesce(n.done, 0) AS done, n.last_opened,
    coalesce(n.new, 0) AS new,
    CASE WHEN m.available THEN x.id END AS next_id, x.title AS next_title, x.type, x.chapter, x.open_attempt,
    x.attempted, x.started, x.completed, x.touched,
    row_number() OVER (ORDER BY coalesce(n.last_opened, m.enrolled_at) DESC, m.id) AS place
  FROM mine m LEFT JOIN totals n ON n.course_id = m.id LEFT JOIN next x ON x.course_id = m.id
)
SELECT json_build_object(
  'resume', (
    SELECT json_build_object('course_id', id, 'course_title', title, 'chapter_title', chapter, 'lesson_id', next_id,
      'lesson_title', next_title, 'lesson_type', type, 'attempt_id', open_attempt)
    FROM cards WHERE next_id IS NOT NULL
    ORDER BY open_attempt IS NULL, attempted DESC NULLS LAST, (started AND NOT completed) DESC,
      CASE WHEN started THEN touched END DESC NULLS LAST, place
    LIMIT 1),
  'courses', coalesce((
    SELECT json_agg(json_build_object('id', id, 'title', title, 'author', author, 'category', category,
      'lessons', lessons, 'completed_lessons', done, 'enrolled_at', enrolled_at, 'completed_at', completed_at,
      'last_opened_at', last_opened, 'available', available,
      'next_lesson_title', CASE WHEN available THEN next_title END, 'new_lessons', new) ORDER BY place)
    FROM cards), '[]'::json),
  'catalog_courses', %(catalog)s::integer,
  'company', (SELECT nullif({trimmed("company_name")}, '') FROM settings ORDER BY created_at, id LIMIT 1)
)::text"""  # noqa: S608 - constants of the catalog
"""The reply as JSON text. Binds user, and catalog (how many courses there are).

A course stands where it was opened last, or enrolled in where nothing was opened yet. To go on: an open attempt, the
newest first; else the started lesson opened last; else the first not started of the course that stands first.
"""

_REF: Final = f"json_build_object('id', l.id, 'title', l.title, 'type', {LESSON_TYPE})"

_READING: Final = """(
      SELECT json_build_object('block', p.block, 'letters', p.letters, 'updated_at', p.updated_at,
        'told_at', clock_timestamp())
      FROM lms_tui.reading_positions p
      WHERE p.user_id = sc.user_id AND p.lesson_id = l.id AND p.block >= 0 AND p.letters >= 0)"""


_CHECK: Final = f"""
  CASE WHEN ml.learning_objectives IS NOT NULL THEN json_build_array({FAILED_SINCE}, {USED_TODAY})::text END"""


def _lesson(reading: str, check: str) -> str:
    """Return the statement of a lesson, `reading` being the expression of the place where its text was left, and
    `check` that of how the user stands to its check."""
    return f"""
WITH here AS (
  SELECT l.*, ch.course_id, ch.title AS chapter FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
  WHERE l.id = %(lesson)s AND ch.archived IS NOT TRUE
),
outline AS (
  SELECT l.id, row_number() OVER way AS position, count(*) OVER () AS lessons,
    lag({_REF}) OVER way AS previous, lead({_REF}) OVER way AS next
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
  WHERE ch.course_id = (SELECT course_id FROM here) AND ch.archived IS NOT TRUE
  WINDOW way AS (ORDER BY {OUTLINE_ORDER})
),
numbers AS (
  SELECT ch.id, row_number() OVER (ORDER BY ch.display_order NULLS LAST, ch.created_at, ch.id) AS number
  FROM chapters ch WHERE ch.course_id = (SELECT course_id FROM here) AND ch.archived IS NOT TRUE
)
SELECT ({VISIBLE}), sc.id IS NOT NULL, c.price_in_cents <= 0, {LESSON_TYPE}, coalesce(l.description, ''),
  l.file_s3_key, l.is_external IS TRUE, ml.learning_objectives, {check},
  json_build_object(
    'id', l.id, 'course_id', c.id, 'course_title', c.title, 'chapter_id', l.chapter_id, 'chapter_title', l.chapter,
    'chapter_number', n.number, 'title', l.title, 'file_kind', l.file_type, 'position', o.position,
    'lessons', o.lessons, 'previous', o.previous, 'next', o.next, 'progress_id', lp.id,
    'started', lp.is_started IS TRUE,
    'completed', lp.is_completed IS TRUE, 'completed_at', lp.completed_at, 'reading', {reading},
    'has_mentor', ml.id IS NOT NULL)::text
FROM here l JOIN outline o ON o.id = l.id JOIN numbers n ON n.id = l.chapter_id JOIN courses c ON c.id = l.course_id
LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = %(user)s
LEFT JOIN ai_mentor_lessons ml ON ml.lesson_id = l.id"""  # noqa: S608


LESSON: Final = _lesson(_READING, _CHECK)
"""Whether the course is visible, the caller enrolled, the course free; type, text, file, whether the file is a link;
what its mentor judges by, and a `Standing` to that check as JSON; and the rest of the reply as JSON text, with the
place where an enrolled reader left the text. Binds user and lesson."""
LESSON_ALONE: Final = _lesson("NULL", "NULL")
"""The same where the database has no table of reading positions or of checks, or not for us."""

_STANDING: Final = f"""
SELECT ({VISIBLE}), c.price_in_cents <= 0, sc.id IS NOT NULL, coalesce(sc.enrolled_at, sc.created_at), sc.completed_at,
  EXISTS (SELECT FROM course_students_stats s WHERE s.course_id = c.id AND s.user_id = %(user)s)
FROM courses c LEFT JOIN student_courses sc ON sc.course_id = c.id AND sc.user_id = %(user)s
WHERE c.id = %(course)s"""  # noqa: S608

_ENROL: Final = """
INSERT INTO student_courses (id, user_id, course_id, enrolled_at, completed_at)
SELECT %(id)s, u.id, c.id, coalesce(s.enrollment_date, clock_timestamp()), s.completion_date
FROM users u CROSS JOIN courses c LEFT JOIN course_students_stats s ON s.user_id = u.id AND s.course_id = c.id
WHERE u.id = %(user)s AND c.id = %(course)s
ON CONFLICT DO NOTHING"""

_ENROL_MANY: Final = """
INSERT INTO student_courses (user_id, course_id, enrolled_at, completed_at)
SELECT u.id, c.id, coalesce(s.enrollment_date, clock_timestamp()), s.completion_date
FROM users u CROSS JOIN courses c LEFT JOIN LATERAL (
  SELECT * FROM course_students_stats s WHERE s.user_id = u.id AND s.course_id = c.id OFFSET 0) s ON true
WHERE u.id = ANY(%(users)s::uuid[]) AND c.id = ANY(%(courses)s::uuid[])
ORDER BY u.id, c.id ON CONFLICT DO NOTHING RETURNING user_id, course_id"""

_OWNER: Final = "SELECT user_id FROM student_courses WHERE id = %(id)s"

_LOCK: Final = "SELECT id FROM student_courses WHERE user_id = %(user)s AND course_id = %(course)s FOR UPDATE"

_LEAVE: Final = "DELETE FROM student_courses WHERE user_id = %(user)s AND course_id = %(course)s"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a course."""

    visible: bool
    free: bool
    enrolled: bool
    enrolled_at: datetime | None
    completed_at: datetime | None
    known: bool
    """Has a row in the course's statistics: is enrolled, or was."""


async def standing(tx: AsyncConnection, user: UUID, course: UUID) -> Standing | None:
    """Return how `user` stands to `course`; None for a course that there is not."""
    row = await (await tx.execute(_STANDING, {"user": user, "course": course})).fetchone()
    return None if row is None else Standing(*row)


async def enrol(tx: AsyncConnection, row: UUID, user: UUID, course: UUID) -> bool:
    """Enrol `user`, with both dates of an earlier time where there was one; True where a row was made.

    False where the person is enrolled already or the id is taken. Who may be enrolled is the caller's to know.
    """
    done = await tx.execute(_ENROL, {"id": row, "user": user, "course": course})
    return done.rowcount == 1


async def enrol_many(tx: AsyncConnection, users: Collection[UUID], courses: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Enrol each of `users` in each of `courses` as `enrol` does; return the pairs of user and course that are new."""
    values = {"users": list(users), "courses": list(courses)}
    return {(row[0], row[1]) for row in await (await tx.execute(_ENROL_MANY, values)).fetchall()}


async def owner(tx: AsyncConnection, row: UUID) -> UUID | None:
    """Return whose enrolment has the id `row`."""
    found: UUID | None = await scalar(tx, _OWNER, {"id": row})
    return found


async def lock(tx: AsyncConnection, user: UUID, course: UUID) -> bool:
    """Lock the enrolment until the transaction ends; False where there is none."""
    return await scalar(tx, _LOCK, {"user": user, "course": course}) is not None


async def leave(tx: AsyncConnection, user: UUID, course: UUID) -> None:
    """Delete the enrolment."""
    await tx.execute(_LEAVE, {"user": user, "course": course})
