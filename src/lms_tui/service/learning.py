"""Learning: where to go on, enrolment, reading lessons, and recording what was opened and done."""

from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.service.progress import NOT_BY_HAND, lesson_access, record
from lms_tui.wire import learning
from lms_tui.wire.errors import Code


async def start(ctx: Context, ask: learning.ProgressRequest) -> learning.LessonProgress:
    """Record that the caller opened a lesson: it is started, and the one opened last.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`, `stale`, `id_taken`.
    """
    async with ctx.engines.writer.begin() as tx:
        await lesson_access(tx, ctx.caller.id, ask.lesson_id, record=True)
        return await record(
            tx, ctx.caller.id, ask.lesson_id, row_id=ask.id, seen=ask.seen, started=True, completed=False, at=ask.at
        )


async def complete(ctx: Context, ask: learning.ProgressRequest) -> learning.LessonProgress:
    """Record that the caller is done with a lesson.

    Raises Fault as `start`, and `not_by_hand` for a quiz or SCORM package, which completes by what happens in it.
    """
    async with ctx.engines.writer.begin() as tx:
        place = await lesson_access(tx, ctx.caller.id, ask.lesson_id, record=True)
        if place.type in NOT_BY_HAND:
            by = "quiz is passed" if place.type == "quiz" else "package reports that it is done"
            raise Fault(Code.NOT_BY_HAND, f"This lesson is complete when its {by}, not by hand.")
        return await record(
            tx, ctx.caller.id, ask.lesson_id, row_id=ask.id, seen=ask.seen, started=True, completed=True, at=ask.at
        )
