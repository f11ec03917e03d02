"""Study time, added where it still is what the client saw (domain.md, Progress, study time)."""

from lms_tui.db.queries import statistics
from lms_tui.db.queries import study_time as queries
from lms_tui.db.queries.quizzes import together
from lms_tui.service.catalog import check_visible
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.progress import enrol_first
from lms_tui.wire import statistics as wire


async def study(ctx: Context, ask: wire.StudyRequest) -> wire.StudyTime:
    """Add minutes to the caller's study time in a course, with the sum over courses in the same transaction.

    `course_students_stats.study_time_minutes` is the source: it goes from `seen` to `seen + minutes`, and only where
    it still is `seen`. Where it is another, nothing is written and the reply tells what stands: `client.study` knows
    when it may try again with that, so that nothing is counted twice.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`.
    """
    own = {"user": ctx.caller.id, "course": ask.course_id}
    values = {**own, "seen": ask.seen, "minutes": ask.minutes}
    async with ctx.pools.writer.connection() as tx:
        place, enrolment = await together(tx, (queries.PLACE, own), (queries.LOCK_ENROLMENT, own))
        if not place or not (place[0][0] or place[0][1]):
            raise not_found("course")
        check_visible(visible=place[0][0], enrolled=place[0][1])
        if not enrolment:
            raise enrol_first()
        added, standing = await together(tx, (queries.ADD, values), (queries.STANDING, own))
        if not standing:  # somebody whom another program enrolled: the row is still to be made
            await statistics.recount(tx, [ctx.caller.id], [ask.course_id], enrolments=False)
            added, standing = await together(tx, (queries.ADD, values), (queries.STANDING, own))
        if added:
            _, made, _ = await together(tx, (queries.ADD_HOUR, values), (queries.LOCK_SUM, own), (queries.SUM, own))
            if made:
                await statistics.recount(tx, [ctx.caller.id], [ask.course_id], enrolments=False)
    return wire.StudyTime(course_id=ask.course_id, minutes=standing[0][0], counted=bool(added))
