"""A course's statistics, for its author and for administrators; for everybody else there is no such course."""

import base64
import binascii
import enum
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import course_statistics as queries
from lms_tui.service import statistics
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import course_statistics as wire
from lms_tui.wire import statistics as statistics_wire
from lms_tui.wire.errors import Code

_LINES: Final = msgspec.json.Decoder(list[wire.LearnerLine])
_COURSES: Final = msgspec.json.Decoder(list[statistics_wire.CourseLine])
_KEYS: Final = msgspec.json.Decoder(list[str])


async def course(ctx: Context, ask: wire.CourseRequest) -> wire.CourseStatistics:
    """Return a course's statistics lesson by lesson. Raises Fault `not_found`."""
    return msgspec.json.decode(await _one(ctx, queries.COURSE, ask), type=wire.CourseStatistics)


async def questions(ctx: Context, ask: wire.CourseRequest) -> wire.QuestionsStatistics:
    """Return a course's hardest questions. Raises Fault `not_found`."""
    return msgspec.json.decode(await _one(ctx, queries.QUESTIONS, ask), type=wire.QuestionsStatistics)


async def _one(ctx: Context, statement: str, ask: wire.CourseRequest) -> str:
    rows = await ctx.pools.rows(statement, _values(ctx) | {"course": ask.course_id, "group": ask.group_id})
    if not rows:
        raise not_found("course")
    found: str = rows[0][0]
    return found


def _values(ctx: Context) -> dict[str, Any]:
    """Return what decides which courses are the caller's."""
    return {"everybodys": ctx.caller.is_admin, "caller": ctx.caller.id}


async def learners(ctx: Context, ask: wire.LearnersRequest) -> wire.Learners:
    """Return a page of a course's learners. Raises Fault `not_found`, and `bad_request` for a broken place."""
    values = _values(ctx) | {"course": ask.course_id, "group": ask.group_id}
    if ask.after is not None:
        values |= _place(ask.sort, ask.after)
    statement = queries.learners(ask.sort, ask.size, descending=ask.descending, after=ask.after is not None)
    rows = await ctx.pools.rows(statement, values)
    if not rows:
        raise not_found("course")
    course_id, title, total, lines, keys = rows[0]
    found = _LINES.decode(lines)
    page = found[: ask.size]
    more = len(found) > ask.size
    place = _cursor(ask.sort, _KEYS.decode(keys)[ask.size - 1], page[-1].id) if more else None
    return wire.Learners(id=course_id, title=title, total=total, learners=page, next=place)


async def learner(ctx: Context, ask: wire.LearnerRequest) -> wire.Learner:
    """Return one learner's way through a course. Raises Fault `not_found`, also for somebody who is not enrolled."""
    rows = await ctx.pools.rows(queries.LEARNER, _values(ctx) | {"course": ask.course_id, "user": ask.user_id})
    if not rows:
        raise not_found("learner")
    return msgspec.json.decode(rows[0][0], type=wire.Learner)


async def courses(ctx: Context, ask: statistics_wire.CoursesRequest) -> statistics_wire.Courses:
    """Return a page of the caller's courses, an administrator's of all. Raises Fault `bad_request`."""
    values = _values(ctx)
    if ask.after is not None:
        values |= _place(ask.sort, ask.after)
    rows = await ctx.pools.rows(queries.courses(ask.sort, ask.size, after=ask.after is not None), values)
    total, enrolled, completed, lines, keys = rows[0]
    found = _COURSES.decode(lines)
    page = found[: ask.size]
    place = _cursor(ask.sort, _KEYS.decode(keys)[ask.size - 1], page[-1].id) if len(found) > ask.size else None
    return statistics_wire.Courses(total=total, enrolled=enrolled, completed=completed, courses=page, next=place)


async def refresh(ctx: Context, _ask: statistics_wire.RefreshRequest) -> statistics_wire.Refreshed:
    """Count the statistics anew. Raises Fault `forbidden` for who is no administrator."""
    if not ctx.caller.is_admin:
        raise Fault(Code.FORBIDDEN, "Only an administrator can have the statistics counted anew.")
    counted = await statistics.refresh(ctx.pools)
    return statistics_wire.Refreshed(users=counted.users, courses=counted.courses, mended=counted.mended)


def _cursor(sort: enum.StrEnum, key: str, own: UUID) -> str:
    """Return the place behind the row with `key` and id `own` in the order `sort`."""
    return base64.urlsafe_b64encode(msgspec.json.encode((sort, key, own))).decode().rstrip("=")


def _place(sort: enum.StrEnum, cursor: str) -> dict[str, Any]:
    """Return key and id of `cursor`. Raises Fault `bad_request` for one that is broken or of another order."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        name, key, own = msgspec.json.decode(raw, type=tuple[str, str, UUID])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Fault(Code.BAD_REQUEST, "This place in the list is not readable. Begin at the first page.") from error
    if name != sort:
        raise Fault(Code.BAD_REQUEST, "This place belongs to another order of the list. Begin at the first page.")
    return {"key": key, "id": own}
