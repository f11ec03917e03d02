"""Enrolments as staff give and remove them: who is meant, and how they stand to a course."""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.search import VISIBLE

_MAY: Final = "(c.author_id = %(caller)s OR %(everybodys)s::boolean)"

_COURSE: Final = f"SELECT c.title, {VISIBLE} FROM courses c WHERE c.id = %(course)s AND {_MAY}"  # noqa: S608
MEANT: Final = """
FROM unnest(%(whos)s::text[], %(ids)s::uuid[]) WITH ORDINALITY e(who, id, place)
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT p.*, p.id = e.id OR p.email = e.who OR count(*) OVER () = 1 AS meant FROM users p
    WHERE p.id = e.id OR lower(p.email) = lower(e.who)
  ) p WHERE p.meant ORDER BY p.email = e.who DESC LIMIT 1
) u ON true"""
"""The person `u` whom each place of `e` means, or none. Binds whos, and ids (those of them that are ids, else NULL)."""
_STANDING: Final = f"""
SELECT u.id, u.email, u.archived IS TRUE, sc.id IS NOT NULL {MEANT}
LEFT JOIN student_courses sc ON sc.user_id = u.id AND sc.course_id = %(course)s
ORDER BY e.place"""

_PEOPLE: Final = "u.id = %(learner)s OR lower(u.email) = lower(%(email)s)"
FACTS: Final = f"""
SELECT c.id, c.title, c.price_in_cents, lower(coalesce(c.currency, 'usd')), u.id, u.email,
  concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), sc.enrolled_at, sc.completed_at,
  n.lessons, n.done,
  (SELECT count(*) FROM quiz_attempts t JOIN lessons l ON l.id = t.lesson_id JOIN chapters ch ON ch.id = l.chapter_id
   WHERE t.user_id = u.id AND t.completed_at IS NULL AND ch.course_id = c.id AND ch.archived IS NOT TRUE)
FROM courses c JOIN users u ON {_PEOPLE} JOIN student_courses sc ON sc.user_id = u.id AND sc.course_id = c.id
CROSS JOIN LATERAL (
  SELECT count(*) AS lessons, count(*) FILTER (WHERE lp.is_completed) AS done
  FROM chapters ch JOIN lessons l ON l.chapter_id = ch.id
  LEFT JOIN student_lesson_progress lp ON lp.lesson_id = l.id AND lp.user_id = u.id
  WHERE ch.course_id = c.id AND ch.archived IS NOT TRUE
) n
WHERE c.id = %(course)s AND {_MAY}
ORDER BY u.email = %(email)s DESC NULLS LAST LIMIT 2"""  # noqa: S608 - constants of this module
"""The fields of `wire.enrolments.EnrolmentFacts`, in their order; no row for a stranger to the course. Binds course,
caller, everybodys, learner (an id, or None) and email (or None): of two rows the exact address comes first."""

_KNOWN: Final = f"""
SELECT c.title, u.email FROM courses c JOIN users u ON u.id = %(learner)s
WHERE c.id = %(course)s AND {_MAY} AND (
  EXISTS (SELECT FROM student_courses sc WHERE sc.user_id = u.id AND sc.course_id = c.id)
  OR EXISTS (SELECT FROM course_students_stats s WHERE s.user_id = u.id AND s.course_id = c.id))"""  # noqa: S608


async def course(tx: AsyncConnection, own: UUID, caller: UUID, *, everybodys: bool) -> tuple[str, bool] | None:
    """Return a course's title and whether it is visible; None where it is missing, or not the caller's and not
    `everybodys`."""
    row = await (await tx.execute(_COURSE, {"course": own, "caller": caller, "everybodys": everybodys})).fetchone()
    return None if row is None else (row[0], row[1])


async def standing(tx: AsyncConnection, course: UUID, whos: list[str], ids: list[UUID | None]) -> list[tuple[Any, ...]]:
    """Return for each of `whos`, in their order, id, address, archived of the person who is meant (id None: nobody, or
    several whose addresses differ in case), and whether they are enrolled. `ids` has the id that `who` is, if any."""
    return await (await tx.execute(_STANDING, {"course": course, "whos": whos, "ids": ids})).fetchall()


async def known(
    tx: AsyncConnection, course: UUID, learner: UUID, caller: UUID, *, everybodys: bool
) -> tuple[str, str] | None:
    """Return the course's title and the learner's address, if they are or were enrolled in a course of the caller's."""
    values = {"course": course, "learner": learner, "caller": caller, "everybodys": everybodys}
    row = await (await tx.execute(_KNOWN, values)).fetchone()
    return None if row is None else (row[0], row[1])
