"""Learning: where to go on, enrolment, reading lessons, and recording what was opened and done."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import learning as queries
from lms_tui.db.queries import statistics
from lms_tui.rules.files import ending_of, kind_of
from lms_tui.rules.mentor import Completion, completion
from lms_tui.rules.text_format import text_format
from lms_tui.service import catalog, enrolling, mentor_checked
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.positions import NO_PLACES
from lms_tui.service.progress import check_lesson, lesson_access, record
from lms_tui.wire import learning
from lms_tui.wire.catalog import CountsRequest
from lms_tui.wire.errors import Code


async def home(ctx: Context, _ask: learning.HomeRequest) -> learning.Home:
    """Return where to go on, and the caller's courses; how many the catalog has may be a minute old."""
    counts = await catalog.counts(ctx, CountsRequest())
    rows = await ctx.pools.rows(queries.HOME, {"user": ctx.caller.id, "catalog": counts.total})
    return msgspec.json.decode(rows[0][0], type=learning.Home)


async def lesson(ctx: Context, ask: learning.LessonRequest) -> learning.Lesson:
    """Return a lesson to read, with the place where the caller left it, if the database keeps places.

    Raises Fault `not_found`, `course_unavailable` or `enrol_first`.
    """
    values = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    try:
        rows = await ctx.pools.rows(queries.LESSON, values)
    except NO_PLACES:
        rows = await ctx.pools.rows(queries.LESSON_ALONE, values)
    if not rows:
        raise not_found("lesson")
    visible, enrolled, free, kind = rows[0][:4]
    check_lesson(visible=visible, enrolled=enrolled, free=free, kind=kind)
    return told(ctx, rows[0], enrolled=enrolled)


def told(ctx: Context, row: Sequence[Any], *, enrolled: bool) -> learning.Lesson:
    """Return the row of a LESSON as it goes to somebody who may read it."""
    _, _, _, kind, body, file, external, objectives, stands, rest = row
    by = completion(kind, objectives)
    standing = mentor_checked.ALWAYS if stands is None else mentor_checked.standing_of(stands)
    fields = msgspec.json.decode(rest)
    fields |= {
        "type": kind,
        "text": body,
        "format": text_format(body),
        "link": link_of(file, external=external),
        "file_kind": _kind_of(file, fields["file_kind"], external=external),
        "enrolled": enrolled,
        "completes_by_hand": standing.by_hand(ctx, by),
        "completes_by_check": by is Completion.CHECK,
    }
    return msgspec.convert(fields, learning.Lesson)


def link_of(file: str | None, *, external: bool) -> str | None:
    """Return the address that `file_s3_key` is; None where it is an object in the store, or empty."""
    address = (file or "").strip()
    return address if address and (external or address.lower().startswith(("http://", "https://"))) else None


def _kind_of(file: str | None, file_type: str | None, *, external: bool) -> str | None:
    """Return the short form of what a lesson's own file is; None where it has none in the store."""
    key = (file or "").strip()
    return kind_of(ending_of(key), file_type or "") if key and link_of(key, external=external) is None else None


async def enrol(ctx: Context, ask: learning.EnrolRequest) -> learning.Enrolment:
    """Enrol the caller in a free course; who is enrolled already, also in a priced one, stays so.

    Who comes back has both dates again. Raises Fault `not_found`, `course_unavailable`, `not_free`; `id_taken`
    where the id is the caller's own enrolment in another course.
    """
    user = ctx.caller.id
    async with ctx.pools.writer.connection() as tx:
        found = await _standing(tx, user, ask.course_id)
        catalog.check_visible(visible=found.visible, enrolled=found.enrolled)
        if not found.enrolled:
            if not found.free:
                raise Fault(Code.NOT_FREE, "This course is not free. Ask its staff to enrol you.")
            if await queries.enrol(tx, ask.id, user, ask.course_id):
                await statistics.recount(tx, [user], [ask.course_id])
            found = await _standing(tx, user, ask.course_id)
            if not found.enrolled:
                if await queries.owner(tx, ask.id) == user:
                    raise Fault(Code.ID_TAKEN, "This id stands for your enrolment in another course. Choose a new one.")
                raise not_found("enrolment")
    return learning.Enrolment(
        course_id=ask.course_id, enrolled=True, enrolled_at=found.enrolled_at, completed_at=found.completed_at
    )


async def leave(ctx: Context, ask: learning.LeaveRequest) -> learning.Enrolment:
    """Take the caller out of a course; lesson progress and both dates are kept for coming back.

    Allowed in a draft or archived course too: nobody is held in what they cannot open. Raises Fault `not_found`.
    """
    user = ctx.caller.id
    async with ctx.pools.writer.connection() as tx:
        found = await _standing(tx, user, ask.course_id)
        if not (found.visible or found.enrolled or found.known):
            raise not_found("course")
        await enrolling.take_out(tx, user, ask.course_id)
    return learning.Enrolment(course_id=ask.course_id, enrolled=False, enrolled_at=None, completed_at=None)


async def _standing(tx: AsyncConnection, user: UUID, course: UUID) -> queries.Standing:
    """Return how `user` stands to `course`. Raises Fault `not_found` where there is no such course."""
    found = await queries.standing(tx, user, course)
    if found is None:
        raise not_found("course")
    return found


async def start(ctx: Context, ask: learning.ProgressRequest) -> learning.LessonProgress:
    """Record that the caller opened a lesson: it is started, and the one opened last.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`, `stale`, `id_taken`.
    """
    async with ctx.pools.writer.connection() as tx:
        await lesson_access(tx, ctx.caller.id, ask.lesson_id, record=True)
        return await record(
            tx, ctx.caller.id, ask.lesson_id, row_id=ask.id, seen=ask.seen, started=True, completed=False, at=ask.at
        )


async def complete(ctx: Context, ask: learning.ProgressRequest) -> learning.LessonProgress:
    """Record that the caller is done with a lesson.

    Raises Fault as `start`, and `not_by_hand` for a quiz or SCORM package, which completes by what happens in it, and
    for a lesson that the mentor's check completes, as long as a check can be had.
    """
    async with ctx.pools.writer.connection() as tx:
        place = await lesson_access(tx, ctx.caller.id, ask.lesson_id, record=True)
        await _check_by_hand(ctx, ask.lesson_id, completion(place.type, place.objectives))
        return await record(
            tx, ctx.caller.id, ask.lesson_id, row_id=ask.id, seen=ask.seen, started=True, completed=True, at=ask.at
        )


async def _check_by_hand(ctx: Context, lesson_id: UUID, by: Completion) -> None:
    """Raise Fault `not_by_hand` for a lesson that is completed `by` something else now."""
    if by is Completion.HAND:
        return
    if by is Completion.CHECK and (
        ctx.shared.mentor is None or (await mentor_checked.standing(ctx, lesson_id)).by_hand(ctx, by)
    ):
        return
    raise Fault(Code.NOT_BY_HAND, f"This lesson is complete when {_COMPLETES[by]}, not by hand.")


_COMPLETES: Final = {
    Completion.QUIZ: "its quiz is passed",
    Completion.PACKAGE: "its package reports that it is done",
    Completion.CHECK: "the mentor's check is passed",
}
