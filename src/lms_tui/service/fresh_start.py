"""An instructor gives one learner a fresh start of one lesson (domain.md, Progress).

It takes away what was recorded in this lesson and leaves the rest: no attempt counts any more (answers and times of
submission stay, an open attempt is closed), the progress row gets a new id and knows nothing, so that writes from
before are refused as stale. The chapter and the course stay completed where they are, the mentor's threads and checks
stay too. The statistics follow, and the audit says who did it, all in one transaction.
"""

import contextlib
import logging
from typing import Final
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import audit, progress, quizzes, statistics
from lms_tui.db.queries import fresh_start as queries
from lms_tui.db.queries.quizzes import together
from lms_tui.rules import fresh_start as rules
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire import fresh_start as wire
from lms_tui.wire.errors import Code

ACTION: Final = "lesson.fresh_start"
_log = logging.getLogger(__name__)


async def look(ctx: Context, ask: wire.FreshStartLook) -> wire.FreshStartFacts:
    """Return what a fresh start would touch. Raises Fault `not_found` for a lesson that the caller does not teach, and
    for somebody who is no learner there, or whose address several people have in different cases."""
    async with ctx.pools.reader.connection() as connection:
        return await _facts(connection, ctx, ask.lesson_id, ask.learner)


async def _facts(connection: AsyncConnection, ctx: Context, lesson: UUID, learner: str) -> wire.FreshStartFacts:
    address, own = learner.strip(), None
    with contextlib.suppress(ValueError):
        own = UUID(address)
    values = {
        "caller": ctx.caller.id,
        "admin": ctx.caller.is_admin,
        "lesson": lesson,
        "learner": own,
        "email": None if own else address,
    }
    (rows,) = await together(connection, (queries.FACTS, values))
    names = wire.FreshStartFacts.__struct_fields__
    found = [wire.FreshStartFacts(**dict(zip(names, row, strict=True))) for row in rows]
    if not found or (len(found) > 1 and found[0].learner_email != address):
        raise not_found("learner")
    return found[0]


async def give(ctx: Context, ask: wire.FreshStartRequest) -> wire.FreshStart:
    """Give a fresh start; the same request again returns what it did the first time.

    Raises Fault `not_found` as `look`, and for an id that stands for what somebody else did; `id_taken` for one that
    stands for something else that the caller did.
    """
    done = audit.Done(ctx.caller.id, ACTION, ask.learner_id, ask.lesson_id)
    user, lesson = ask.learner_id, ask.lesson_id
    own = {"user": user, "lesson": lesson}
    async with ctx.pools.writer.connection() as tx:
        await _facts(tx, ctx, lesson, str(user))
        await together(tx, (quizzes.TURN, own), (queries.LOCK_ATTEMPTS, own))
        if (found := await audit.find(tx, ask.id)) is not None:
            return _told(found, done)
        enrolment = await progress.lock_enrolment(tx, user, lesson)
        row = await progress.lock_row(tx, user, lesson)
        (aside,) = await together(tx, (queries.SET_ASIDE, own))
        new = None if row is None else await _renew(tx, row.id)
        reply = wire.FreshStart(
            id=ask.id,
            lesson_id=lesson,
            learner_id=user,
            at=await progress.clock(tx),
            set_aside=sum(not was_open for _, was_open in aside),
            closed=sum(was_open for _, was_open in aside),
            progress_id=new,
        )
        details = {"reply": msgspec.to_builtins(reply), "attempts": [str(attempt) for attempt, _ in aside]}
        if not await audit.add(tx, ask.id, done, details | {"progress_was": row and str(row.id)}):
            raise Fault(Code.ID_TAKEN, "This id was taken in this very moment. Choose a new one.")
        course = enrolment.course_id if enrolment is not None else await progress.course_of(tx, lesson)
        await statistics.recount(tx, [user], [course], enrolments=False)
    _log.info("%s gave %s a fresh start of lesson %s", ctx.caller.id, user, lesson)
    return reply


async def _renew(tx: AsyncConnection, old: UUID) -> UUID:
    """Give the progress row `old` its new id and empty it; return that id.

    An id that stands already was guessed by somebody for a lesson of theirs: any other does as well then.
    """
    fresh = rules.FRESH
    for new in (rules.renewed(old), uuid4()):
        values = {
            "old": old,
            "new": new,
            "started": fresh.started,
            "completed": fresh.completed,
            "quiz_passed": fresh.quiz_passed,
            "completed_at": fresh.completed_at,
        }
        if (await together(tx, (queries.RENEW, values)))[0]:
            return new
    raise not_found("progress")


def _told(found: tuple[audit.Done, str], wanted: audit.Done) -> wire.FreshStart:
    """Return the reply that was given when it was done. Raises Fault where the id stands for something else."""
    done, details = found
    if done.actor != wanted.actor:
        raise not_found("fresh start")
    if done != wanted:
        raise Fault(Code.ID_TAKEN, "This id stands for something else that you did. Choose a new one.")
    reply: wire.FreshStart = msgspec.json.decode(details, type=_Details).reply
    return reply


class _Details(msgspec.Struct):
    reply: wire.FreshStart
