"""Who is in a group, by as many statements for thousands as for one. The group's row is locked before."""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries.enrolments import MEANT
from lms_tui.db.queries.search import VISIBLE

_STANDING: Final = f"""
SELECT u.id, u.email, u.archived IS TRUE, m.id IS NOT NULL {MEANT}
LEFT JOIN group_users m ON m.user_id = u.id AND m.group_id = %(group)s
ORDER BY e.place"""
_PART: Final = "DELETE FROM group_users WHERE group_id = %(group)s AND user_id = ANY(%(users)s::uuid[])"
_PRESENT: Final = """
SELECT u.id, u.archived IS TRUE FROM group_users m JOIN users u ON u.id = m.user_id WHERE m.group_id = %(group)s"""
_COURSES: Final = f"""
SELECT c.id, c.title, c.price_in_cents, lower(coalesce(c.currency, 'usd')), {VISIBLE},
  (SELECT count(*) FROM student_courses sc WHERE sc.course_id = c.id AND sc.user_id = ANY(%(users)s::uuid[]))
FROM courses c WHERE c.id = ANY(%(courses)s::uuid[])"""  # noqa: S608


async def standing(tx: AsyncConnection, group: UUID, whos: list[str], ids: list[UUID | None]) -> list[tuple[Any, ...]]:
    """Return for each of `whos`, in their order, id, address, archived of the person who is meant (id None: nobody, or
    several whose addresses differ in case), and whether they are in the group. `ids` has the id that `who` is, if any.
    """
    return await (await tx.execute(_STANDING, {"group": group, "whos": whos, "ids": ids})).fetchall()


async def part(tx: AsyncConnection, group: UUID, users: list[UUID]) -> None:
    """Take `users` out of a group."""
    await tx.execute(_PART, {"group": group, "users": users})


async def present(tx: AsyncConnection, group: UUID) -> tuple[list[UUID], int]:
    """Return the members of a group who are not archived, and how many are."""
    rows = await (await tx.execute(_PRESENT, {"group": group})).fetchall()
    return [own for own, archived in rows if not archived], sum(archived for _, archived in rows)


async def courses(tx: AsyncConnection, ids: list[UUID], users: list[UUID]) -> dict[UUID, tuple[Any, ...]]:
    """Return by id the title, price, currency and whether it is visible of those of the courses that there are, and how
    many of `users` are enrolled."""
    rows = await (await tx.execute(_COURSES, {"courses": ids, "users": users})).fetchall()
    return {row[0]: row[1:] for row in rows}
