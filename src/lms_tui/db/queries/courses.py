"""Courses for those who make them: the rows of one course as an import reads and writes them, and a list.

An import is one transaction under `lock_course`. What learners may be writing to at the same moment (enrolments,
lessons and questions that are to go) is locked before it is looked at, in the order of `db.queries.progress`:
enrolments, lessons, questions; rows of one kind by id.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier, Placeholder

from lms_tui.db.queries.scalar import scalar
from lms_tui.db.queries.search import WORDS
from lms_tui.wire.catalog import PageSize

Rows = dict[UUID, dict[str, Any]]
"""Rows of one table by id, each with the columns that an import writes."""

LOCK_COURSE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(course)s::text, 21))"
"""The turn of a course: of an import, or of an act of staff. Binds course, as text."""
LOCK_CATEGORY: Final = "SELECT pg_advisory_xact_lock(hashtextextended(lower(%(name)s), 22))"
"""Nobody else adds a category of this name, in whatever case. Binds name."""
_PATIENCE: Final = "SET LOCAL idle_in_transaction_session_timeout = '15min'"

_CATEGORY: Final = """
SELECT id FROM categories WHERE lower(name) = lower(%(name)s) AND archived IS NOT TRUE
ORDER BY name = %(name)s DESC, created_at, id LIMIT 1 FOR KEY SHARE"""
_ADD_CATEGORY: Final = "INSERT INTO categories (name) VALUES (%(name)s) RETURNING id"

_AUTHOR: Final = """
SELECT id, upper(role) IN ('ADMIN', 'CONTENT_CREATOR') AND archived IS NOT TRUE, email = %(email)s
FROM users WHERE lower(email) = lower(%(email)s) ORDER BY email = %(email)s DESC LIMIT 2"""

_COURSE: Final = """
SELECT c.id, c.title, c.description, c.is_published, c.price_in_cents, c.currency, c.chapter_count, c.author_id,
  c.category_id, c.thumbnail_s3_key, c.archived IS TRUE AS archived, a.email AS author_email, k.name AS category
FROM courses c JOIN users a ON a.id = c.author_id JOIN categories k ON k.id = c.category_id
WHERE c.id = %(course)s"""
_BY_HAND: Final = "SELECT what FROM lms_tui.courses_by_hand WHERE course_id = %(course)s"
_CHAPTERS: Final = """
SELECT id, course_id, title, description, display_order, archived IS TRUE AS archived
FROM chapters WHERE course_id = %(course)s"""
_LESSONS: Final = """
SELECT l.id, l.chapter_id, l.type, l.title, l.description, l.threshold_score, l.attempts_limit,
  l.quiz_cooldown_in_hours, l.display_order, l.file_s3_key, l.file_type, l.is_external IS TRUE AS is_external
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %(course)s"""
_QUESTIONS: Final = """
SELECT q.id, q.lesson_id, q.type, q.title, q.description, q.display_order, q.points, q.archived IS TRUE AS archived
FROM questions q JOIN lessons l ON l.id = q.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
WHERE ch.course_id = %(course)s"""
_OPTIONS: Final = """
SELECT o.id, o.question_id, o.option_text, o.is_correct, o.display_order
FROM question_answer_options o JOIN questions q ON q.id = o.question_id JOIN lessons l ON l.id = q.lesson_id
JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %(course)s"""
_MENTORS: Final = """
SELECT m.id, m.lesson_id, m.ai_prompt, m.learning_objectives, m.difficulty_level
FROM ai_mentor_lessons m JOIN lessons l ON l.id = m.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
WHERE ch.course_id = %(course)s"""

_TAKEN: Final = {
    table: f"SELECT id FROM {table} WHERE id = ANY(%(ids)s::uuid[])"  # noqa: S608 - the names below
    for table in ("chapters", "lessons", "questions", "question_answer_options", "ai_mentor_lessons")
}

_LOCK_ENROLMENTS: Final = "SELECT id FROM student_courses WHERE course_id = %(course)s ORDER BY id FOR NO KEY UPDATE"
_LOCK_LESSONS: Final = "SELECT id FROM lessons WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"
_LOCK_QUESTIONS: Final = "SELECT id FROM questions WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"
_LOCK_CHAPTERS: Final = "SELECT id FROM chapters WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"

_ANSWERED: Final = """(EXISTS (SELECT FROM student_question_answers a WHERE a.question_id = q.id)
  OR EXISTS (SELECT FROM student_question_answers a JOIN question_answer_options o ON o.id = a.selected_option_id
    WHERE o.question_id = q.id))"""

_USED_QUESTIONS: Final = f"""
SELECT q.id FROM questions q WHERE q.id = ANY(%(ids)s::uuid[]) AND ({_ANSWERED}
  OR EXISTS (SELECT FROM quiz_attempts t
    WHERE t.lesson_id = q.lesson_id AND t.completed_at IS NULL AND t.created_at >= q.created_at))"""  # noqa: S608

_USED_LESSONS: Final = f"""
SELECT l.id FROM lessons l WHERE l.id = ANY(%(ids)s::uuid[]) AND (
  EXISTS (SELECT FROM student_lesson_progress p WHERE p.lesson_id = l.id)
  OR EXISTS (SELECT FROM quiz_attempts t WHERE t.lesson_id = l.id)
  OR EXISTS (SELECT FROM ai_mentor_threads m WHERE m.lesson_id = l.id)
  OR EXISTS (SELECT FROM ai_mentor_student_lesson_progress m WHERE m.lesson_id = l.id)
  OR EXISTS (SELECT FROM questions q WHERE q.lesson_id = l.id AND {_ANSWERED}))"""  # noqa: S608

_USED_CHAPTERS: Final = """
SELECT ch.id FROM chapters ch WHERE ch.id = ANY(%(ids)s::uuid[]) AND (
  EXISTS (SELECT FROM student_chapter_progress p WHERE p.chapter_id = ch.id)
  OR EXISTS (SELECT FROM student_lesson_progress p WHERE p.chapter_id = ch.id)
  OR EXISTS (SELECT FROM lessons l WHERE l.chapter_id = ch.id))"""

_MOVE_LESSONS: Final = """
UPDATE lessons SET chapter_id = %(chapter)s, updated_at = clock_timestamp() WHERE id = ANY(%(ids)s::uuid[])"""
_FOLLOW_LESSONS: Final = """
UPDATE student_lesson_progress p SET chapter_id = l.chapter_id, updated_at = clock_timestamp()
FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
WHERE ch.course_id = %(course)s AND p.lesson_id = l.id AND p.chapter_id <> l.chapter_id"""

_DELETE_LESSONS: Final = (
    "DELETE FROM ai_mentor_lessons WHERE lesson_id = ANY(%(ids)s::uuid[])",
    "DELETE FROM lessons WHERE id = ANY(%(ids)s::uuid[])",
)
_ARCHIVE: Final = {
    table: f"UPDATE {table} SET archived = true, updated_at = clock_timestamp() WHERE id = ANY(%(ids)s::uuid[])"  # noqa: S608
    for table in ("chapters", "questions")
}
_DELETE: Final = {
    table: f"DELETE FROM {table} WHERE id = ANY(%(ids)s::uuid[])"  # noqa: S608
    for table in ("chapters", "questions", "question_answer_options", "ai_mentor_lessons")
}

_COMPLETE_CHAPTERS: Final = """
INSERT INTO student_chapter_progress AS p (user_id, chapter_id, is_completed, completed_at)
SELECT sc.user_id, ch.id, true, coalesce(max(lp.completed_at), clock_timestamp())
FROM student_courses sc
JOIN chapters ch ON ch.course_id = sc.course_id AND ch.archived IS NOT TRUE
JOIN lessons l ON l.chapter_id = ch.id
LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = sc.user_id
WHERE sc.course_id = %(course)s
GROUP BY sc.user_id, ch.id
HAVING bool_and(lp.is_completed IS TRUE)
ORDER BY sc.user_id, ch.id
ON CONFLICT (user_id, chapter_id) DO UPDATE
SET is_completed = true, completed_at = coalesce(p.completed_at, EXCLUDED.completed_at), updated_at = clock_timestamp()
WHERE p.is_completed IS NOT TRUE"""

_COMPLETE_COURSES: Final = """
UPDATE student_courses sc SET completed_at = n.at, updated_at = clock_timestamp()
FROM (
  SELECT e.id, coalesce(max(lp.completed_at), clock_timestamp()) AS at
  FROM student_courses e
  JOIN chapters ch ON ch.course_id = e.course_id AND ch.archived IS NOT TRUE
  JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = e.user_id
  WHERE e.course_id = %(course)s AND e.completed_at IS NULL
  GROUP BY e.id
  HAVING bool_and(lp.is_completed IS TRUE)
) n
WHERE sc.id = n.id
RETURNING sc.user_id"""

FIRST_START: Final = "SELECT NOT EXISTS (SELECT FROM public.courses) AND NOT EXISTS (SELECT FROM public.categories)"
"""Whether neither a course nor a category stands here."""


@cache
def managed(size: PageSize, *, searched: bool) -> str:
    """Return the statement of a page of the courses that one manages: how many there are, and the fields of
    `wire.courses.ManagedCourse` in their order; where the page is empty one row with an id of NULL.

    Binds user, everybodys (true: not only the user's own), offset, and query where `searched`. Places are counted and
    not named by a key, so that a list goes to any of them at once; of 100,000 the last page takes 60 ms.
    """
    own = "(%(everybodys)s OR c.author_id = %(user)s)"
    search = f" AND {WORDS} @@ %(query)s::tsquery" if searched else ""
    return f"""
WITH page AS MATERIALIZED (
  SELECT c.id FROM courses c WHERE {own}{search} ORDER BY c.title, c.id OFFSET %(offset)s LIMIT {size.value}
)
SELECT n.total, c.id, c.title, concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')), k.name,
  c.is_published, c.archived IS TRUE, c.price_in_cents, lower(coalesce(c.currency, 'usd')),
  (SELECT count(*) FROM chapters ch WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE),
  (SELECT count(*) FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
   WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE),
  (SELECT count(*) FROM student_courses sc WHERE sc.course_id = c.id)
FROM (SELECT count(*) AS total FROM courses c WHERE {own}{search}) n
LEFT JOIN (page p JOIN courses c ON c.id = p.id JOIN users a ON a.id = c.author_id
  JOIN categories k ON k.id = c.category_id) ON true
ORDER BY c.title, c.id"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Standing:
    """A course and what hangs under it, as it stands; `course` None: there is none yet."""

    course: dict[str, Any] | None
    chapters: Rows
    lessons: Rows
    questions: Rows
    options: Rows
    mentors: Rows


async def lock_course(tx: AsyncConnection, course: UUID) -> None:
    """Let no other import of this course through until the transaction ends, and let files take their time."""
    await tx.execute(LOCK_COURSE, {"course": str(course)})
    await tx.execute(_PATIENCE)


async def category(tx: AsyncConnection, name: str) -> UUID:
    """Return the category of this name, in whatever case; made where there is none that is not archived."""
    await tx.execute(LOCK_CATEGORY, {"name": name})
    found = await scalar(tx, _CATEGORY, {"name": name})
    if found is None:
        found = await scalar(tx, _ADD_CATEGORY, {"name": name})
    assert isinstance(found, UUID)  # noqa: S101 - found or made
    return found


async def author(tx: AsyncConnection, email: str) -> tuple[UUID, bool] | None:
    """Return the person of exactly this address, else of the only one that differs in case alone, and whether they
    may have courses; else None."""
    rows = await (await tx.execute(_AUTHOR, {"email": email})).fetchall()
    return (rows[0][0], rows[0][1]) if rows and (rows[0][2] or len(rows) == 1) else None


async def standing(tx: AsyncConnection, course: UUID) -> Standing:
    """Return the rows of `course`."""
    async with tx.cursor(row_factory=dict_row) as cursor:
        own = await (await cursor.execute(_COURSE, {"course": course})).fetchone()
        under: list[Rows] = []
        for statement in (_CHAPTERS, _LESSONS, _QUESTIONS, _OPTIONS, _MENTORS):
            found = await (await cursor.execute(statement, {"course": course})).fetchall() if own else ()
            under.append({row["id"]: row for row in found})
    return Standing(own, *under)


async def by_hand(tx: AsyncConnection, course: UUID) -> set[str]:
    """Return what staff set of `course` by hand: of `published`, `price` and `category`."""
    return {row[0] for row in await (await tx.execute(_BY_HAND, {"course": course})).fetchall()}


async def taken(tx: AsyncConnection, table: str, ids: Collection[UUID]) -> set[UUID]:
    """Return which of `ids` stand in `table`, wherever they belong."""
    return await _ids(tx, _TAKEN[table], ids)


async def write(tx: AsyncConnection, table: str, wanted: Rows, stands: Rows) -> set[UUID]:
    """Insert the rows of `wanted` that are not in `stands`, update those that differ, leave the others alone.

    Returns the ids of those that were written. All of `wanted` have the same columns, the id not among them.
    """
    new = [{"id": row, **values} for row, values in wanted.items() if row not in stands]
    changed = [
        {"id": row, **values}
        for row, values in wanted.items()
        if row in stands and any(stands[row][name] != value for name, value in values.items())
    ]
    async with tx.cursor() as cursor:
        if new:
            await cursor.executemany(_insert(table, new[0]), new)
        if changed:
            await cursor.executemany(_update(table, changed[0]), changed)
    return {row["id"] for row in (*new, *changed)}


def _insert(table: str, columns: Iterable[str]) -> Composed:
    names = list(columns)
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table), SQL(", ").join(map(Identifier, names)), SQL(", ").join(map(Placeholder, names))
    )


def _update(table: str, columns: Iterable[str]) -> Composed:
    """The update of the row of an id: of all its `columns`, the id among them."""
    settings = [SQL("{} = {}").format(Identifier(name), Placeholder(name)) for name in columns if name != "id"]
    return SQL("UPDATE {} SET {}, updated_at = clock_timestamp() WHERE id = {}").format(
        Identifier(table), SQL(", ").join(settings), Placeholder("id")
    )


async def lock_enrolments(tx: AsyncConnection, course: UUID) -> None:
    """Hold back the progress of all learners of `course` until the transaction ends."""
    await tx.execute(_LOCK_ENROLMENTS, {"course": course})


async def used_lessons(tx: AsyncConnection, lessons: Collection[UUID]) -> set[UUID]:
    """Return which of `lessons` have rows of learners; none gets its first until the transaction ends."""
    await _ids(tx, _LOCK_LESSONS, lessons)
    return await _ids(tx, _USED_LESSONS, lessons)


async def used_questions(tx: AsyncConnection, questions: Collection[UUID]) -> set[UUID]:
    """Return which of `questions` have answers, or are shown in an attempt that is open; none gets its first answer
    until the transaction ends."""
    await _ids(tx, _LOCK_QUESTIONS, questions)
    return await _ids(tx, _USED_QUESTIONS, questions)


async def move_lessons(tx: AsyncConnection, lessons: Collection[UUID], chapter: UUID) -> None:
    """Put `lessons` into `chapter`."""
    if lessons:
        await tx.execute(_MOVE_LESSONS, {"ids": list(lessons), "chapter": chapter})


async def delete_lessons(tx: AsyncConnection, lessons: Collection[UUID]) -> None:
    """Delete lessons without rows of learners, with their mentors and questions."""
    if lessons:
        for statement in _DELETE_LESSONS:
            await tx.execute(statement, {"ids": list(lessons)})


async def drop_chapters(tx: AsyncConnection, chapters: Collection[UUID]) -> None:
    """Archive those of `chapters` that learners have progress in, delete the others. Their lessons have left."""
    await _ids(tx, _LOCK_CHAPTERS, chapters)
    used = await _ids(tx, _USED_CHAPTERS, chapters)
    await _write_ids(tx, _ARCHIVE["chapters"], used)
    await _write_ids(tx, _DELETE["chapters"], set(chapters) - used)


async def drop_questions(tx: AsyncConnection, *, archive: Collection[UUID], delete: Collection[UUID]) -> None:
    """Archive questions with answers, delete others with their options."""
    await _write_ids(tx, _ARCHIVE["questions"], archive)
    await _write_ids(tx, _DELETE["questions"], delete)


async def delete_options(tx: AsyncConnection, options: Collection[UUID]) -> None:
    """Delete options that no answer names."""
    await _write_ids(tx, _DELETE["question_answer_options"], options)


async def delete_mentors(tx: AsyncConnection, mentors: Collection[UUID]) -> None:
    """Take mentors away from lessons; threads stay."""
    await _write_ids(tx, _DELETE["ai_mentor_lessons"], mentors)


async def follow_lessons(tx: AsyncConnection, course: UUID) -> None:
    """Let progress rows name the chapter in which their lesson is now."""
    await tx.execute(_FOLLOW_LESSONS, {"course": course})


async def complete(tx: AsyncConnection, course: UUID) -> list[UUID]:
    """Mark the chapters and the course as completed for each learner who has nothing left to do in them.

    Marks that stand stay. Returns the learners whose course is completed by this.
    """
    await tx.execute(_COMPLETE_CHAPTERS, {"course": course})
    return [row[0] for row in await (await tx.execute(_COMPLETE_COURSES, {"course": course})).fetchall()]


async def _ids(tx: AsyncConnection, statement: str, ids: Collection[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return {row[0] for row in await (await tx.execute(statement, {"ids": list(ids)})).fetchall()}


async def _write_ids(tx: AsyncConnection, statement: str, ids: Collection[UUID]) -> None:
    if ids:
        await tx.execute(statement, {"ids": list(ids)})


def by(rows: Mapping[UUID, Mapping[str, Any]], column: str) -> dict[UUID, list[Mapping[str, Any]]]:
    """Return `rows` in groups by an id that stands in `column`."""
    groups: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in rows.values():
        groups.setdefault(row[column], []).append(row)
    return groups
