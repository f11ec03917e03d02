"""The mentor's check, "am I done?": judged while one waits, stored whole or not at all (domain.md, The mentor).

What passes completes the lesson in the transaction that stores the result. A check that comes to nothing by a fault
leaves nothing but that it did, so that the lesson may be done by hand; one that is stopped leaves nothing.
"""

import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

import msgspec

from lms_tui.db.queries import mentor_check as queries
from lms_tui.db.queries import progress
from lms_tui.db.queries.quizzes import together
from lms_tui.mentor.judgement import Judgement
from lms_tui.mentor.judging import Case, Said, Written, judge, told
from lms_tui.mentor.prompts import Told
from lms_tui.mentor.tokens import estimate_turns
from lms_tui.mentor.turns import ProviderFault
from lms_tui.rules.mentor_actions import as_text
from lms_tui.service import mentor_turns
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.mentor_answers import no_mentor, problem_of
from lms_tui.service.mentor_checked import Title, checked, checked_by, stored_of
from lms_tui.service.progress import enrol_first, lesson_access, record
from lms_tui.wire import mentor_check as wire
from lms_tui.wire.errors import Code

if TYPE_CHECKING:
    from lms_tui.mentor.provider import Provider

TELL_SECONDS: Final = 0.25
"""How often is told how far a check is."""

_log = logging.getLogger(__name__)


class _Lesson(msgspec.Struct, array_like=True):
    """A lesson that may be recommended."""

    number: int
    id: UUID
    title: str
    type: str


_LESSONS: Final = msgspec.json.Decoder(list[_Lesson])
_SAID: Final = msgspec.json.Decoder(list[tuple[str, str]])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A check that is under way."""

    ctx: Context
    ask: wire.CheckRequest
    threshold: int | None
    lessons: Sequence[_Lesson]


async def check(ctx: Context, ask: wire.CheckRequest) -> AsyncGenerator[wire.CheckEvent, None]:
    """Return the events of a check; of one that is stored already its result, and no model is asked.

    Raises Fault `not_found` (also for a lesson that no check completes), `course_unavailable`, `enrol_first`;
    `id_taken` for an id that stands for the check of another lesson; `nothing_said` where the learner has said nothing
    in the active thread; `no_mentor`, `mentor_busy`, `mentor_full`, `mentor_budget`. What goes wrong later is the last
    event's `problem`.
    """
    user = ctx.caller.id
    rows = await ctx.pools.rows(queries.CASE, {"user": user, "lesson": ask.lesson_id})
    _, threshold = checked_by(rows)
    difficulty, title, said, outline = rows[0][6:]
    lessons = _LESSONS.decode(outline)
    if (again := await _stored(ctx, ask, lessons)) is not None:
        return _once(wire.CheckEvent(result=again))
    provider, settings = ctx.shared.mentor, ctx.settings.mentor
    if provider is None or settings is None:
        raise no_mentor()
    case = Case(
        title=title,
        objectives=rows[0][4],
        difficulty=difficulty,
        lessons=[(lesson.number, lesson.title) for lesson in lessons],
        said=_learners(_SAID.decode(said)),
        language=ask.language,
    )
    if not case.said:
        raise Fault(
            Code.NOTHING_SAID,
            "You have said nothing to the mentor in this lesson yet, so there is nothing to check. Talk with it first.",
        )
    case_told = told(case, settings.history_tokens)
    turn = await mentor_turns.take(ctx, estimate_turns(case_told.turns))
    return _checking(_Asked(ctx, ask, threshold, lessons), provider, case_told, turn)


def _learners(said: Sequence[tuple[str, str]]) -> list[Said]:
    """Return the learner's messages, each with what the mentor had said last before it."""
    found: list[Said] = []
    last = ""
    for role, text in said:
        if role == "user":
            found.append(Said(text, last))
            last = ""
        else:
            last = text
    return found


async def _stored(ctx: Context, ask: wire.CheckRequest, lessons: Sequence[_Lesson]) -> wire.Checked | None:
    """Return the result that has the check's id, if there is one. Raises Fault where it is another's."""
    rows = await ctx.pools.rows(queries.OWN, {"id": ask.id})
    return _told_again(rows[0], ctx.caller.id, ask, lessons) if rows else None


def _told_again(row: Sequence[Any], user: UUID, ask: wire.CheckRequest, lessons: Sequence[_Lesson]) -> wire.Checked:
    whose, lesson, threshold, stored = row
    if whose != user:
        raise not_found("check")
    if lesson != ask.lesson_id:
        raise Fault(Code.ID_TAKEN, "This id stands for the check of another lesson. Choose a new one.")
    return checked(stored_of(stored), threshold, _titles(lessons))


def _titles(lessons: Sequence[_Lesson]) -> dict[UUID, Title]:
    return {lesson.id: (lesson.title, lesson.type) for lesson in lessons}


async def _once(event: wire.CheckEvent) -> AsyncGenerator[wire.CheckEvent, None]:
    """One event alone."""
    yield event


async def _checking(
    asked: _Asked, provider: "Provider", case: Told, turn: mentor_turns.Turn
) -> AsyncGenerator[wire.CheckEvent, None]:
    """The events of a check as the model writes; the last is what came of it, told when the turn has been given back:
    whoever has read it may ask at once."""

    def spent(tokens: int) -> None:
        turn.tokens = tokens

    judgement, told_at, last = None, 0.0, None
    try:
        async with aclosing(judge(provider, case, [lesson.number for lesson in asked.lessons], spent)) as judging:
            async for each in judging:
                if not isinstance(each, Written):
                    judgement = each
                elif (now := time.monotonic()) - told_at >= TELL_SECONDS:
                    told_at = now
                    yield wire.CheckEvent(written=each.characters, thinking=each.thinking, again=each.again)
        if judgement is not None:
            last = await _store(asked, judgement)
    except ProviderFault as fault:
        await _note_failed(asked)
        last = wire.CheckEvent(problem=problem_of(fault))
    finally:
        await turn.end()
    if last is not None:
        yield last


async def _note_failed(asked: _Asked) -> None:
    """Keep that no check could be had, for `learning.complete`; a database without our tables asks for none."""
    values = {"user": asked.ctx.caller.id, "lesson": asked.ask.lesson_id}
    try:
        async with asked.ctx.pools.writer.connection() as tx:
            await tx.execute(queries.FAILED, values)
    except mentor_turns.NO_TABLES:
        _log.info("this database does not keep that a check came to nothing")


async def _store(asked: _Asked, judgement: Judgement) -> wire.CheckEvent:
    """Store the result and, where it passed, complete the lesson, in one transaction; return the last event.

    Raises Fault `course_unavailable`, `enrol_first`, `stale` where that has come in between: nothing is stored then.
    """
    ctx, ask, user = asked.ctx, asked.ask, asked.ctx.caller.id
    leads = {lesson.number: (lesson.id, lesson.title) for lesson in asked.lessons}
    values = {
        "id": ask.id,
        "user": user,
        "lesson": ask.lesson_id,
        "understanding": judgement.understanding,
        "engagement": judgement.engagement,
        "insights": judgement.insights,
        "actions": as_text((each.action, leads.get(each.lesson or 0)) for each in judgement.recommended_actions),
    }
    async with ctx.pools.writer.connection() as tx:
        await lesson_access(tx, user, ask.lesson_id, record=True)
        if await progress.lock_enrolment(tx, user, ask.lesson_id) is None:
            raise enrol_first()
        added, own = await together(tx, (queries.ADD, values), (queries.OWN, {"id": ask.id}))
        result = _told_again(own[0], user, ask, asked.lessons)
        if not added or not result.is_passed:
            return wire.CheckEvent(result=result)
        done = await record(
            tx,
            user,
            ask.lesson_id,
            row_id=uuid5(ask.id, "progress"),
            seen=ask.seen,
            started=True,
            completed=True,
        )
    return wire.CheckEvent(result=result, progress=done)
