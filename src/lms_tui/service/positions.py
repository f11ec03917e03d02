"""Where a learner left the text of a lesson, kept for their other machines (`client.positions` has the rule).

Nothing depends on it: in a database without our own schema, or where its table is not for us, no places are kept, and
lessons are read all the same.
"""

from typing import Final

import psycopg

from lms_tui.db.queries import positions as queries
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.progress import check_lesson, enrol_first, lesson_access
from lms_tui.wire import learning

NO_PLACES: Final = (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)
"""What PostgreSQL says where it keeps no places."""


async def position(ctx: Context, ask: learning.PositionRequest) -> learning.Position:
    """Set where the caller has come to in a lesson, in the course of which they are enrolled.

    The same place again keeps its time, so that it can be sent twice. Raises Fault `not_found`, `course_unavailable`,
    `enrol_first`.
    """
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    try:
        async with ctx.pools.writer.connection() as tx:
            place = {"block": ask.block, "letters": ask.letters}
            row = await (await tx.execute(queries.SET, {**own, **place})).fetchone()
    except NO_PLACES:
        async with ctx.pools.writer.connection() as tx:
            await lesson_access(tx, ctx.caller.id, ask.lesson_id, record=True)
        return learning.Position(updated_at=None)
    if row is None:
        raise not_found("lesson")
    visible, enrolled, free, kind, updated_at = row
    check_lesson(visible=visible, enrolled=enrolled, free=free, kind=kind)
    if not enrolled:
        raise enrol_first()
    return learning.Position(updated_at=updated_at)
