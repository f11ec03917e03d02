"""A learner's threads with a mentor: opening it, reading, giving titles, beginning anew (domain.md, The mentor).

Who asks the mentor learns in the course: opening it and beginning a thread need the enrolment, and that the course is
available. What was said is the learner's own: a thread can be read, listed and named by them whatever became of the
enrolment, the course or the lesson since, as it is in the export of their data.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import mentor_threads as queries
from lms_tui.rules import mentor_threads as rules
from lms_tui.rules.mentor import Completion, completion
from lms_tui.service import mentor_turns
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.mentor import check_mentor, lock_mentor
from lms_tui.service.mentor_answers import no_mentor
from lms_tui.wire import mentor_threads as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.mentor import Message, Role, Thread

_MESSAGES: Final = msgspec.json.Decoder(list[Message])
_LINES: Final = msgspec.json.Decoder(list[wire.ThreadLine])
_THREAD: Final = msgspec.json.Decoder(Thread)


async def open_mentor(ctx: Context, ask: wire.OpenRequest) -> wire.Opened:
    """Return what the mentor's first frame shows.

    Raises Fault `not_found` (also for a lesson without a mentor), `course_unavailable` or `enrol_first`.
    """
    rows = await ctx.pools.rows(queries.OPEN, {"user": ctx.caller.id, "lesson": ask.lesson_id, "before": None})
    if not rows:
        raise not_found("lesson")
    visible, enrolled, has_mentor, kind, objectives, fields, messages, earlier, answers = rows[0]
    check_mentor(visible=visible, enrolled=enrolled, has_mentor=has_mentor)
    told = msgspec.json.decode(fields) | await standing(ctx)
    told["can_check"] = completion(kind, objectives) is Completion.CHECK
    return msgspec.convert(told | {"messages": said(messages, answers), "earlier": bool(earlier)}, wire.Opened)


async def standing(ctx: Context) -> dict[str, Any]:
    """Return whether a question would be answered now, by which model, and what the caller has used today."""
    settings = ctx.settings.mentor
    if ctx.shared.mentor is None or settings is None:
        sentence = no_mentor().problem.detail
        nothing = {"model": "", "tokens_today": 0, "tokens_allowed": 0, "opens_at": None}
        return nothing | {"ready": False, "why_not": sentence}
    used = await mentor_turns.used(ctx)
    return {
        "ready": not used.up,
        "why_not": mentor_turns.USED_UP if used.up else "",
        "model": settings.provider.shown_model,
        "tokens_today": used.tokens,
        "tokens_allowed": used.allowed,
        "opens_at": used.opens_at if used.up else None,
    }


def said(messages: str | None, answers: Collection[UUID] | None) -> list[Message]:
    """Return the messages of a page, each question with its number of answers; `answers` are those said since."""
    page, known = _MESSAGES.decode(messages or "[]"), frozenset(answers or ())
    for message in page:
        if message.role is Role.USER:
            message.tries = rules.tries(message.id, known)
    return page


async def threads(ctx: Context, ask: wire.ThreadsRequest) -> wire.Threads:
    """Return a page of the caller's threads about a lesson.

    Who has any sees them whatever became of the lesson. For who has none it is as `open_mentor`. Raises Fault.
    """
    values = {"user": ctx.caller.id, "lesson": ask.lesson_id, "before": ask.before}
    rows = await ctx.pools.rows(queries.THREADS, values)
    if not rows:
        raise not_found("lesson")
    visible, enrolled, has_mentor, is_gone, lesson_title, course_title, lines, knows_place = rows[0]
    found = _LINES.decode(lines)
    if not found and ask.before is None:
        if is_gone:
            raise not_found("lesson")
        check_mentor(visible=visible, enrolled=enrolled, has_mentor=has_mentor)
    if not knows_place:
        raise not_found("thread")
    return wire.Threads(
        lesson_id=ask.lesson_id,
        lesson_title=lesson_title,
        course_title=course_title,
        threads=found[: wire.THREADS_AT_ONCE],
        earlier=len(found) > wire.THREADS_AT_ONCE,
    )


async def thread(ctx: Context, ask: wire.ThreadRequest) -> wire.ThreadPage:
    """Return a page of the caller's own thread. Raises Fault `not_found`, also for a place in another thread."""
    values = {"user": ctx.caller.id, "thread": ask.thread_id, "before": ask.before}
    return page_of(await ctx.pools.rows(queries.THREAD, values))


def page_of(rows: list[tuple[Any, ...]]) -> wire.ThreadPage:
    """Return the row of a page as it goes out. Raises Fault `not_found` where there is none."""
    if not rows:
        raise not_found("thread")
    own, lesson_title, course_title, messages, earlier, answers = rows[0]
    return wire.ThreadPage(
        thread=_THREAD.decode(own),
        lesson_title=lesson_title,
        course_title=course_title,
        messages=said(messages, answers),
        earlier=earlier,
    )


async def rename(ctx: Context, ask: wire.RenameRequest) -> Thread:
    """Give the caller's own thread another title. Raises Fault `not_found`, `name_refused`."""
    title = ask.title.strip()
    if (sentence := rules.fault_of_title(title)) is not None:
        raise Fault(Code.NAME_REFUSED, sentence, field="title")
    async with ctx.pools.writer.connection() as tx:
        found = await queries.rename(tx, ctx.caller.id, ask.thread_id, title)
    if found is None:
        raise not_found("thread")
    return _THREAD.decode(found)


async def start_over(ctx: Context, ask: wire.StartOverRequest) -> Thread:
    """Begin a new thread in place of the active one, of which there is one, also when several begin at once.

    The same again returns the thread as it stands. Raises Fault as `open_mentor`; `id_taken` where the id is the
    caller's own thread of another lesson, `not_found` where it is somebody else's.
    """
    user = ctx.caller.id
    async with ctx.pools.writer.connection() as tx:
        await lock_mentor(tx, user, ask.lesson_id)
        found = await queries.find(tx, ask.thread_id)
        if found is None:
            await queries.begin(tx, user, ask.lesson_id, ask.thread_id)
            found = await queries.find(tx, ask.thread_id)
        if found is None or found[0] != user:
            raise not_found("thread")
        if found[1] != ask.lesson_id:
            raise Fault(Code.ID_TAKEN, "This id stands for your thread about another lesson. Choose a new one.")
        return _THREAD.decode(found[2])
