"""What became of a course's mentors, for its author and administrators; for everybody else there is no such course."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import mentor_results as queries
from lms_tui.rules.mentor_actions import without_ids
from lms_tui.service import cursors
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.mentor_threads import page_of
from lms_tui.wire import course_statistics
from lms_tui.wire import mentor_results as wire

_TALKERS: Final = msgspec.json.Decoder(list[wire.Talker])
_LINE: Final = tuple[Annotated[int, msgspec.Meta(ge=0, lt=2**31)], datetime | None, UUID | None]
"""A line of a learner's: the lesson's place in the outline, and of a thread when it began and its id."""


def _values(ctx: Context, course: UUID) -> dict[str, Any]:
    """Return what decides whether the course is the caller's."""
    return {"everybodys": ctx.caller.is_admin, "caller": ctx.caller.id, "course": course}


async def course(ctx: Context, ask: course_statistics.CourseRequest) -> wire.CourseMentor:
    """Return the lessons of a course that have or had a mentor. Raises Fault `not_found`."""
    rows = await ctx.pools.rows(queries.COURSE, _values(ctx, ask.course_id) | {"group": ask.group_id})
    if not rows:
        raise not_found("course")
    return msgspec.json.decode(rows[0][0], type=wire.CourseMentor)


async def learners(ctx: Context, ask: wire.TalkersRequest) -> wire.Talkers:
    """Return a page of a mentor's learners. Raises Fault `not_found`, and `bad_request` for a broken place."""
    values = _values(ctx, ask.course_id) | {"lesson": ask.lesson_id, "group": ask.group_id}
    if ask.after is not None:
        key, own = cursors.read(ask.after, tuple[datetime, UUID], "the list of learners")
        values |= {"key": key, "id": own}
    rows = await ctx.pools.rows(queries.talkers(after=ask.after is not None), values)
    if not rows:
        raise not_found("lesson")
    title, course_title, objectives, total, lines = rows[0]
    found = _TALKERS.decode(lines)
    for line in found:
        _for_people(line.check)
    page = found[: wire.TALKERS_AT_ONCE]
    more = len(found) > wire.TALKERS_AT_ONCE
    return wire.Talkers(
        lesson_id=ask.lesson_id,
        title=title,
        course_title=course_title,
        objectives=objectives,
        total=total,
        learners=page,
        next=cursors.written((page[-1].last_at, page[-1].id)) if more else None,
    )


def _for_people(check: wire.Check | None) -> None:
    """Have what is recommended say lessons by their titles alone."""
    if check is not None:
        check.recommended = without_ids(check.recommended)


async def learner(ctx: Context, ask: wire.LearnerMentorRequest) -> wire.LearnerMentor:
    """Return a page of one learner's threads and checks.

    Raises Fault `not_found`, also for somebody who is not enrolled, and `bad_request` for a broken place.
    """
    values = _values(ctx, ask.course_id) | {"user": ask.user_id}
    if ask.after is not None:
        place, at, own = cursors.read(ask.after, _LINE, "the list of conversations")
        values |= {"place": place, "at": at, "id": own}
    rows = await ctx.pools.rows(queries.learner(after=ask.after is not None), values)
    if not rows:
        raise not_found("learner")
    told, more, *last = rows[0]
    found = msgspec.json.decode(told, type=wire.LearnerMentor)
    found.next = cursors.written(last) if more else None
    for lesson in found.lessons:
        for check in lesson.checks:
            _for_people(check)
    return found


async def transcript(ctx: Context, ask: wire.TranscriptRequest) -> wire.Transcript:
    """Return a page of a learner's thread. Raises Fault `not_found`, also where its learner is not enrolled now."""
    values = _values(ctx, ask.course_id) | {"thread": ask.thread_id, "before": ask.before}
    rows = await ctx.pools.rows(queries.TRANSCRIPT, values)
    page = page_of([row[2:] for row in rows])
    return wire.Transcript(learner_id=rows[0][0], learner=rows[0][1], **msgspec.structs.asdict(page))
