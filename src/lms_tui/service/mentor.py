"""Asking the mentor: a question is stored, in the one active thread of its learner and lesson (domain.md, the mentor).

What answers it is `mentor_answers`: a question stands whether or not anybody can answer it now.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import mentor as queries
from lms_tui.db.queries import mentor_threads, progress
from lms_tui.db.queries.quizzes import Rows, Step, together
from lms_tui.mentor import summary as summaries
from lms_tui.rules.mentor_threads import tries
from lms_tui.service.catalog import check_visible
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.progress import enrol_first
from lms_tui.wire import mentor as wire
from lms_tui.wire.errors import Code


def check_mentor(*, visible: bool, enrolled: bool, has_mentor: bool) -> None:
    """Raise the fault for somebody who cannot talk to this lesson's mentor.

    404 for strangers to a draft or archived course and for a lesson without a mentor, 403 `course_unavailable` for a
    withdrawn course's learners, 403 `enrol_first` without an enrolment, in a free course too (domain.md, Courses).
    """
    if not visible and not enrolled:
        raise not_found("lesson")
    check_visible(visible=visible, enrolled=enrolled)
    if not enrolled:
        raise enrol_first()
    if not has_mentor:
        raise not_found("mentor")


async def lock_mentor(tx: AsyncConnection, user: UUID, lesson: UUID, *steps: Step) -> list[Rows]:
    """Have nobody else write threads of this learner until the transaction ends, where they may talk to the mentor;
    return the rows of `steps`, which are run behind the lock in one round trip.

    Raises Fault as `check_mentor`.
    """
    await progress.lock_enrolment(tx, user, lesson)
    place, *rows = await together(tx, (queries.PLACE, {"user": user, "lesson": lesson}), *steps)
    if not place:
        raise not_found("lesson")
    visible, enrolled, has_mentor = place[0]
    check_mentor(visible=visible, enrolled=enrolled, has_mentor=has_mentor)
    return rows


async def ask(ctx: Context, ask: wire.AskRequest) -> wire.Asked:
    """Store a question; the same again, from however many terminals at once, is one question in one thread.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`; `thread_closed` where the thread that it names can
    only be read; `id_taken` for an id that stands for something else of the caller's.
    """
    user = ctx.caller.id
    async with ctx.pools.writer.connection() as tx:
        active, named, asked = await lock_mentor(
            tx,
            user,
            ask.lesson_id,
            (queries.ACTIVE, {"user": user, "lesson": ask.lesson_id}),
            (queries.NAMED, {"thread": ask.thread_id}),
            (queries.ASKED, {"message": ask.message_id}),
        )
        if asked:
            _check_same(asked[0], user, ask)
        else:
            current = active[0][0] if active else None
            _check_thread(named, user, ask, current)
            await _add(tx, ask, user, current)
        return await _told(tx, user, ask.message_id)


def _check_same(asked: Sequence[Any], user: UUID, ask: wire.AskRequest) -> None:
    """Raise the fault for an id that stands for another message than this one."""
    whose, lesson, _, role, content = asked
    if whose != user:
        raise not_found("message")
    if (lesson, role, content) != (ask.lesson_id, "user", ask.text):
        raise Fault(Code.ID_TAKEN, "This id stands for something else that was said. Choose a new one.")


def _check_thread(named: Sequence[Sequence[Any]], user: UUID, ask: wire.AskRequest, current: UUID | None) -> None:
    """Raise the fault for a thread that the question cannot go to."""
    if not named:
        return
    whose, lesson, _ = named[0]
    if whose != user:
        raise not_found("thread")
    if lesson != ask.lesson_id or ask.edits is not None:
        raise Fault(Code.ID_TAKEN, "This id stands for another conversation of yours. Choose a new one.")
    if ask.thread_id != current:
        raise Fault(Code.THREAD_CLOSED, "This conversation is over: another one has begun. Open the mentor again.")


async def _add(tx: AsyncConnection, ask: wire.AskRequest, user: UUID, current: UUID | None) -> None:
    """Add the question, in a thread of its own where it is the first or takes another one's place."""
    thread = current
    if ask.edits is not None:
        thread = await _branched(tx, ask, user, current)
    elif current is None:
        thread = await _opened(tx, ask, user, None)
    values = {"message": ask.message_id, "thread": thread, "text": ask.text}
    added, _ = await together(tx, (queries.ADD, values), (queries.TOUCH, values))
    if not added:  # somebody else's, made in this very moment
        raise not_found("message")


async def _opened(tx: AsyncConnection, ask: wire.AskRequest, user: UUID, of: UUID | None) -> UUID:
    if not await mentor_threads.begin(tx, user, ask.lesson_id, ask.thread_id, of):
        raise not_found("thread")
    return ask.thread_id


async def _branched(tx: AsyncConnection, ask: wire.AskRequest, user: UUID, current: UUID | None) -> UUID:
    """Open a thread that holds what was said before the question that this one takes the place of."""
    edited = {"message": ask.edits}
    found = await together(tx, (queries.ASKED, edited), (queries.BEFORE, {"edited": ask.edits, "of": current}))
    if not found[0] or found[0][0][0] != user or found[0][0][1] != ask.lesson_id or found[0][0][3] != "user":
        raise not_found("message")
    if found[0][0][2] != current:
        raise Fault(Code.THREAD_CLOSED, "What you edit stands in a conversation that is over. Open the mentor again.")
    thread = await _opened(tx, ask, user, current)
    ids = {row[0]: uuid5(thread, str(row[0])) for row in found[1]}
    kept = [copy for row in found[1] if (copy := _copied(row, ids)) is not None]
    if kept:
        names = ("ids", "times", "roles", "texts", "models")
        columns = dict(zip(names, map(list, zip(*kept, strict=True)), strict=True))
        await tx.execute(queries.COPY, {"thread": thread, **columns}, prepare=True)
    return thread


def _copied(row: Sequence[Any], ids: Mapping[UUID, UUID]) -> tuple[UUID, datetime, str, str, str | None] | None:
    """Return the row of a message in its new thread, where messages have the `ids`; None where it has no place there.

    A summary is one of the new thread's messages then, or it is left out.
    """
    own, at, role, text, model = row
    if role not in ("user", "assistant"):
        summary = summaries.parse(summaries.Said(own, role, text))
        if summary is None or summary.upto not in ids:
            return None
        copy = summaries.written(ids[summary.upto], summary.text)
        return None if copy is None else (copy[0], at, role, copy[1], model)
    return ids[own], at, role, text, model


async def _told(tx: AsyncConnection, user: UUID, message: UUID) -> wire.Asked:
    """Return a question and its thread as they stand."""
    ((thread, said, after),) = (await together(tx, (queries.TOLD, {"message": message, "user": user})))[0]
    return wire.Asked(
        thread=msgspec.json.decode(thread, type=wire.Thread),
        message=msgspec.structs.replace(msgspec.json.decode(said, type=wire.Message), tries=tries(message, set(after))),
    )
