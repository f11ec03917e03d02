"""What staff do to a course's row.

Locks in one order: the turn of the course (which an import takes too), its row, then the rows of people.
"""

from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.courses import LOCK_COURSE

_MAY: Final = "(c.author_id = %(caller)s OR %(everybodys)s::boolean)"

FACTS: Final = f"""
SELECT json_build_object(
  'id', c.id, 'title', c.title, 'author', concat_ws(' ', nullif(a.first_name, ''), nullif(a.last_name, '')),
  'author_email', a.email, 'category', k.name, 'is_published', c.is_published, 'archived', c.archived IS TRUE,
  'price_in_cents', c.price_in_cents, 'currency', lower(coalesce(c.currency, 'usd')),
  'chapters', (SELECT count(*) FROM chapters ch WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE),
  'lessons', (SELECT count(*) FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
    WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE),
  'enrolled', n.enrolled, 'learning', n.learning,
  'open_attempts', (SELECT count(*) FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
    JOIN quiz_attempts t ON t.lesson_id = l.id
    WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE AND t.completed_at IS NULL),
  'by_hand', ARRAY(SELECT h.what FROM lms_tui.courses_by_hand h WHERE h.course_id = c.id ORDER BY h.what)
)::text
FROM courses c JOIN users a ON a.id = c.author_id JOIN categories k ON k.id = c.category_id
CROSS JOIN LATERAL (
  SELECT count(*) AS enrolled, count(*) FILTER (WHERE sc.completed_at IS NULL) AS learning
  FROM student_courses sc WHERE sc.course_id = c.id
) n
WHERE c.id = %(course)s AND {_MAY}"""  # noqa: S608 - constants of this module
"""The fields of `wire.course_acts.CourseFacts` as JSON text; no row where the course is missing or somebody else's.
Binds course, caller and everybodys."""

_HOLD: Final = f"""
SELECT c.id, c.title, c.is_published, c.archived IS TRUE, c.price_in_cents, c.currency, c.category_id, k.name,
  c.author_id, a.email, EXISTS (SELECT FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
    WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE)
FROM courses c JOIN users a ON a.id = c.author_id JOIN categories k ON k.id = c.category_id
WHERE c.id = %(course)s AND {_MAY} FOR NO KEY UPDATE OF c"""  # noqa: S608 - constants of this module

_WRITE: Final = """
UPDATE courses SET is_published = %(is_published)s, archived = %(archived)s, price_in_cents = %(price_in_cents)s,
  currency = %(currency)s, category_id = %(category_id)s, author_id = %(author_id)s, updated_at = clock_timestamp()
WHERE id = %(id)s"""

_BY_HAND: Final = """
INSERT INTO lms_tui.courses_by_hand (course_id, what) VALUES (%(course)s, %(what)s)
ON CONFLICT (course_id, what) DO UPDATE SET at = clock_timestamp()"""

_CATEGORIES: Final = """
SELECT id, name FROM categories
WHERE (id::text = lower(%(name)s) OR lower(name) = lower(%(name)s)) AND archived IS NOT TRUE
ORDER BY name = %(name)s DESC, created_at, id LIMIT 1 FOR SHARE"""

_PERSON: Final = """
SELECT id, email, upper(role) IN ('ADMIN', 'CONTENT_CREATOR'), archived IS TRUE FROM users
WHERE id = %(id)s OR lower(email) = lower(%(email)s)
ORDER BY email = %(email)s DESC NULLS LAST, id LIMIT 2 FOR SHARE"""


class Course(NamedTuple):
    """A course that is held until the transaction ends."""

    id: UUID
    title: str
    is_published: bool
    archived: bool
    price_in_cents: int
    currency: str | None
    category_id: UUID
    category: str
    author_id: UUID
    author_email: str
    has_lessons: bool
    """In a chapter that is not archived."""


async def hold(tx: AsyncConnection, course: UUID, caller: UUID, *, everybodys: bool) -> Course | None:
    """Return the course as it stands when no import and nobody else is at it any more; None where it is missing, or
    not the caller's and not `everybodys`."""
    await tx.execute(LOCK_COURSE, {"course": str(course)})
    values = {"course": course, "caller": caller, "everybodys": everybodys}
    row = await (await tx.execute(_HOLD, values)).fetchone()
    return None if row is None else Course(*row)


async def write(tx: AsyncConnection, course: Course) -> None:
    """Write the row of a course that is held."""
    await tx.execute(_WRITE, course._asdict())


async def set_by_hand(tx: AsyncConnection, course: UUID, what: str) -> None:
    """Note that `what` of the course was set by hand, and is no import's any more."""
    await tx.execute(_BY_HAND, {"course": course, "what": what})


async def category(tx: AsyncConnection, name: str) -> tuple[UUID, str] | None:
    """Return id and name of the category that `name` is, or whose id it is, and which is not archived."""
    row = await (await tx.execute(_CATEGORIES, {"name": name})).fetchone()
    return None if row is None else (row[0], row[1])


async def people_named(tx: AsyncConnection, own: UUID | None, email: str | None) -> list[tuple[Any, ...]]:
    """Return id, address, whether they may have courses and are archived, of the person with this id or address.

    Two rows where several have the address in different cases, the exact one first. They stay so until the transaction
    ends.
    """
    return await (await tx.execute(_PERSON, {"id": own, "email": email})).fetchall()
