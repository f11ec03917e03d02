"""The mentor's answer, as it comes: asked of the model, guarded, told and kept (`mentor_kept`), whatever ends it."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from lms_tui.db.queries import mentor as queries
from lms_tui.mentor.leaks import Guarded, LeakError
from lms_tui.mentor.prompts import Told, told
from lms_tui.mentor.summary import History, history_for
from lms_tui.mentor.tokens import estimate, estimate_turns
from lms_tui.mentor.turns import End, ProviderFault
from lms_tui.rules.mentor_threads import answer_id
from lms_tui.service import mentor_turns
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.mentor import check_mentor
from lms_tui.service.mentor_facts import facts_of
from lms_tui.service.mentor_kept import Kept
from lms_tui.service.mentor_summary import said_in, sum_up
from lms_tui.wire import mentor as wire
from lms_tui.wire.errors import Code, Problem

if TYPE_CHECKING:
    from lms_tui.mentor.provider import Provider

_log = logging.getLogger(__name__)


async def answer(ctx: Context, ask: wire.AnswerRequest) -> AsyncGenerator[wire.AnswerEvent, None]:
    """Return the events of an answer; one that is stored already comes again as it stands, and no model is asked.

    Raises Fault `not_found`, `course_unavailable`, `enrol_first`; `thread_closed` for a question that is not the last
    of its active thread; `no_mentor`, `mentor_busy`, `mentor_full`, `mentor_budget`. What goes wrong later is the
    last event's `problem`.
    """
    own = answer_id(ask.message_id, ask.number)
    values = {"user": ctx.caller.id, "message": ask.message_id, "answer": own}
    rows = await ctx.pools.rows(queries.QUESTION, values)
    if not rows:
        raise not_found("message")
    visible, enrolled, has_mentor, lesson, thread, active, last, stored = rows[0]
    check_mentor(visible=visible, enrolled=enrolled, has_mentor=has_mentor)
    if stored is not None:
        answered = msgspec.json.decode(stored, type=wire.Message)
        if answered.cut and await mentor_turns.is_taken(ctx):
            raise mentor_turns.busy()
        return _again(answered)
    if not (active and last):
        raise Fault(Code.THREAD_CLOSED, "Something else was asked after this question. Open the mentor again.")
    provider, settings = ctx.shared.mentor, ctx.settings.mentor
    if provider is None or settings is None:
        raise no_mentor()
    turn = await mentor_turns.take(ctx)
    try:
        said = await said_in(ctx.pools, thread, settings.history_tokens)
        if any(each.id == own for each in said):  # answered between the first look and our turn
            await turn.end()
            return await answer(ctx, ask)
        history = history_for(said, settings.history_tokens)
        prompt = await _told(ctx, lesson, history, ask.language)
    except BaseException:
        await turn.end()
        raise
    turn.tokens = estimate_turns(prompt.turns)
    kept = Kept(ctx.pools, own, thread, settings.provider.shown_model)

    async def end() -> None:
        tokens = history.tokens + estimate(kept.answer)
        if kept.answer and (history.left_out or tokens > settings.history_tokens):
            work = sum_up(ctx.pools, provider, thread, settings.history_tokens, turn)
            ctx.shared.summing.begin(ctx.caller.id, work)
        else:
            await turn.end()

    return answering(kept, provider, prompt, turn, end)


def no_mentor() -> Fault:
    """Return the fault for a service that speaks to no model."""
    return Fault(Code.NO_MENTOR, "No mentor is set up here. The lesson can be read and done without one.")


async def _told(ctx: Context, lesson: UUID, history: History, language: str) -> Told:
    """Return what the model is told. Raises Fault `not_found` for a mentor that has just been taken away."""
    facts = await facts_of(ctx.pools, ctx.caller.id, lesson)
    if facts is None:
        raise not_found("mentor")
    return told(facts, history, language=language)


async def _again(said: wire.Message) -> AsyncGenerator[wire.AnswerEvent, None]:
    """A stored answer, as the events of one that comes."""
    yield wire.AnswerEvent(text=said.text)
    yield wire.AnswerEvent(message=said)


class Keeping(Protocol):
    """What becomes of an answer while it comes."""

    async def add(self, text: str) -> None:
        """Take what came next."""
        ...

    async def whole(self, end: End) -> wire.Message:
        """Take that it is whole, and return it."""
        ...

    async def cut(self) -> wire.Message | None:
        """Take that no more comes, and return what has come, if anything has; after the end it does nothing."""
        ...


async def answering(
    kept: Keeping,
    provider: "Provider",
    prompt: Told,
    turn: mentor_turns.Turn,
    end: Callable[[], Awaitable[None]],
) -> AsyncGenerator[wire.AnswerEvent, None]:
    """The events of an answer as it comes. What has come when it breaks, or is closed, is stored; `end` gives the turn
    back, before the last event is told: whoever has read it may ask at once."""
    guarded, thought = Guarded(prompt.hidden, prompt.public), 0
    last: wire.AnswerEvent | None = None
    try:
        async with aclosing(provider.stream(prompt.turns)) as pieces:
            async for piece in pieces:
                if isinstance(piece, End):
                    turn.tokens = piece.tokens
                    if rest := guarded.end():
                        await kept.add(rest)
                        yield wire.AnswerEvent(text=rest)
                    last = wire.AnswerEvent(message=await kept.whole(piece))
                    break
                turn.tokens += estimate(piece.text) + estimate(piece.thinking)
                thought += len(piece.thinking)
                if text := guarded.let(piece.text):
                    await kept.add(text)
                    yield wire.AnswerEvent(text=text)
                elif piece.thinking:
                    yield wire.AnswerEvent(thinking=thought)
    except (ProviderFault, LeakError) as fault:
        held = ""
        if isinstance(fault, ProviderFault):
            with suppress(LeakError):
                held = guarded.end()
        if held:
            await kept.add(held)
            yield wire.AnswerEvent(text=held)
        last = wire.AnswerEvent(message=await kept.cut(), problem=problem_of(fault))
    finally:
        try:
            await kept.cut()
        finally:
            await end()
    if last is not None:
        yield last


def problem_of(fault: ProviderFault | LeakError) -> Problem:
    """Return what the learner is told of what broke an answer off."""
    if isinstance(fault, LeakError):
        _log.warning("an answer of the mentor's was stopped: it repeated what it was told")
        return Fault(Code.MENTOR_FAULT, str(fault)).problem
    return Fault(Code.MENTOR_FAULT, fault.sentence, retry_after=fault.retry_after).problem
