"""Trying a lesson's mentor in a preview: it answers as it answers a learner, and nothing of it is stored.

It is asked by the same prompt, guarded by the same filter, takes the caller's one turn and counts in their day. What is
stored of the caller as a learner has no part in it: of them it is told the first name alone. A conversation that is
too long for the prompt is not summed up, since a summary is a row of a thread: its oldest turns are left out.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec

from lms_tui.mentor.prompts import told
from lms_tui.mentor.summary import Said, history_for
from lms_tui.mentor.tokens import estimate, estimate_turns
from lms_tui.mentor.turns import End
from lms_tui.service import mentor_turns, preview
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.mentor_answers import answering, no_mentor
from lms_tui.service.mentor_facts import facts_of
from lms_tui.service.mentor_threads import standing
from lms_tui.wire import mentor, mentor_threads
from lms_tui.wire import preview_mentor as wire
from lms_tui.wire.learning import Lesson
from lms_tui.wire.preview import LessonRequest
from lms_tui.wire.text import clean


async def open_mentor(ctx: Context, ask: LessonRequest) -> mentor_threads.Opened:
    """Return what the mentor's first frame shows to whoever tries it. Raises Fault `not_found`."""
    lesson = await _with_mentor(ctx, ask.lesson_id)
    fields = {
        "lesson_id": lesson.id,
        "lesson_title": lesson.title,
        "course_id": lesson.course_id,
        "course_title": lesson.course_title,
        "instructor": "",
        "sees": mentor_threads.Seen(first_name=ctx.caller.first_name.strip(), groups=[], wrong_answers=0),
        "can_check": False,
        "threads": 0,
        "thread": None,
        "messages": [],
        "earlier": False,
        "is_try": True,
    }
    return msgspec.convert(fields | await standing(ctx), mentor_threads.Opened, from_attributes=True)


async def answer(ctx: Context, ask: wire.TryRequest) -> AsyncGenerator[mentor.AnswerEvent, None]:
    """Return the events of an answer in a conversation that is given whole.

    Raises Fault `not_found`; `no_mentor`, `mentor_busy`, `mentor_full`, `mentor_budget`. What goes wrong later is the
    last event's `problem`.
    """
    await _with_mentor(ctx, ask.lesson_id)
    provider, settings = ctx.shared.mentor, ctx.settings.mentor
    if provider is None or settings is None:
        raise no_mentor()
    facts = await facts_of(ctx.pools, ctx.caller.id, ask.lesson_id)
    if facts is None:
        raise not_found("mentor")
    said = [Said(uuid4(), each.role, each.text, each.cut) for each in ask.said]
    history = history_for([*said, Said(uuid4(), mentor.Role.USER, ask.text)], settings.history_tokens)
    prompt = told(replace(facts, groups=[], wrong=[]), history, language=ask.language)
    turn = await mentor_turns.take(ctx, estimate_turns(prompt.turns))
    return answering(_Unkept(settings.provider.shown_model), provider, prompt, turn, turn.end)


async def _with_mentor(ctx: Context, lesson_id: UUID) -> Lesson:
    """Return a lesson that the caller may preview. Raises Fault `not_found`, also where it has no mentor."""
    lesson = await preview.lesson(ctx, LessonRequest(lesson_id=lesson_id))
    if not lesson.has_mentor:
        raise not_found("mentor")
    return lesson


class _Unkept:
    """An answer while it comes, of which nothing is stored."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._parts: list[str] = []

    async def add(self, text: str) -> None:
        """Take what came next."""
        self._parts.append(text)

    async def whole(self, end: End) -> mentor.Message:
        """Return the whole answer."""
        return self._message(end.model, end.tokens, cut=False)

    async def cut(self) -> mentor.Message | None:
        """Return what has come, if anything has."""
        if not self._parts:
            return None
        return self._message(self._model, estimate("".join(self._parts)), cut=True)

    def _message(self, model: str, tokens: int, *, cut: bool) -> mentor.Message:
        return mentor.Message(
            id=uuid4(),
            role=mentor.Role.ASSISTANT,
            text=clean("".join(self._parts)),
            created_at=datetime.now(UTC),
            tokens=tokens,
            model=model,
            cut=cut,
        )
