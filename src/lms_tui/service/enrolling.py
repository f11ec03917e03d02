"""Into a course and out of it: the rows, and the statistics that follow them (domain.md, enrolment).

Who may do it to whom is the caller's to know. Both are the last thing in a transaction.
"""

from collections.abc import Collection
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import learning as queries
from lms_tui.db.queries import statistics


async def let_in(tx: AsyncConnection, users: Collection[UUID], courses: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Enrol each of `users` in each of `courses`, priced ones and drafts too; return the pairs that are new.

    Who is enrolled stays so; who comes back has both dates again. As many statements for thousands as for one.
    """
    made = await queries.enrol_many(tx, users, courses)
    if made:
        await statistics.recount(tx, {user for user, _ in made}, {course for _, course in made})
    return made


async def take_out(tx: AsyncConnection, user: UUID, course: UUID) -> bool:
    """Take `user` out of `course`; False where they were not in it.

    Lesson progress and both dates are kept for coming back.
    """
    if not await queries.lock(tx, user, course):
        return False
    await statistics.recount_students(tx, [user], [course])  # the dates, before their source goes
    await queries.leave(tx, user, course)
    await statistics.recount(tx, [user], [course])
    return True
