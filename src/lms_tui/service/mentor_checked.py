"""What the mentor's checks of a lesson came to, and whether the lesson may be done by hand since none can be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from lms_tui.db.queries import mentor_check as queries
from lms_tui.rules.mentor import Completion, by_hand, completion, is_passed, needs, used_up
from lms_tui.rules.mentor_actions import from_text
from lms_tui.service.context import Context
from lms_tui.service.faults import not_found
from lms_tui.service.mentor import check_mentor
from lms_tui.service.mentor_turns import NO_TABLES, USED_UP
from lms_tui.wire import mentor_check as wire

Title = tuple[str, str]
"""Title and type of a lesson."""


class Stored(msgspec.Struct, array_like=True):
    """A result as it stands; another program may have left out what it likes."""

    id: UUID
    at: datetime
    understanding: int | None
    engagement: int | None
    insights: str | None
    actions: str | None


_STORED: Final = msgspec.json.Decoder(list[Stored])


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a check can be had."""

    failed_since: bool
    """A check came to nothing by a fault, and none has come to anything since."""
    tokens: int
    """That the learner has used today."""

    def by_hand(self, ctx: Context, by: Completion) -> bool:
        """Whether the caller may mark a lesson as done that is completed `by` this."""
        return by_hand(by, can_check=not why_not(ctx, self.tokens), failed_since=self.failed_since)


ALWAYS: Final = Standing(failed_since=True, tokens=0)
"""Where the database keeps nothing of it: by hand whatever a check says."""


def standing_of(row: str) -> Standing:
    """Return the standing from its JSON."""
    return Standing(*msgspec.json.decode(row, type=tuple[bool, int]))


async def standing(ctx: Context, lesson: UUID) -> Standing:
    """Return how the caller stands to the check of `lesson`."""
    try:
        rows = await ctx.pools.rows(queries.STANDING, {"user": ctx.caller.id, "lesson": lesson})
    except NO_TABLES:
        return ALWAYS
    return Standing(*rows[0]) if rows else ALWAYS


def why_not(ctx: Context, tokens: int) -> str:
    """Return in a sentence why the caller, who has used `tokens` today, can have no check; '' where they can."""
    settings = ctx.settings.mentor
    if ctx.shared.mentor is None or settings is None:
        return "No mentor is set up here, so that nobody can check this lesson."
    if used_up(tokens, settings.tokens_per_day):
        return USED_UP
    return ""


async def result(ctx: Context, ask: wire.ResultRequest) -> wire.Result:
    """Return what came of the checks of a lesson, and whether another can be had.

    Raises Fault `not_found` (also for a lesson that no check completes), `course_unavailable` or `enrol_first`.
    """
    own = {"user": ctx.caller.id, "lesson": ask.lesson_id}
    rows = await ctx.pools.rows(queries.RESULTS, own)
    by, threshold = checked_by(rows)
    course, course_title, title, progress_id, completed, has_said, results = rows[0][6:]
    found = _STORED.decode(results)
    leads = {lesson for each in found for _, lesson in from_text(each.actions) if lesson is not None}
    titles = {}
    if leads:
        titled = await ctx.pools.rows(queries.TITLES, {"lessons": list(leads), "course": course})
        titles = {lesson: (name, kind) for lesson, name, kind in titled}
    stands = await standing(ctx, ask.lesson_id)
    return wire.Result(
        lesson_id=ask.lesson_id,
        course_id=course,
        course_title=course_title,
        title=title,
        needs=needs(threshold),
        checks=[checked(each, threshold, titles) for each in found],
        has_said=has_said,
        cannot=why_not(ctx, stands.tokens),
        by_hand=stands.by_hand(ctx, by),
        progress_id=progress_id,
        completed=completed,
    )


def checked_by(rows: Sequence[Sequence[Any]]) -> tuple[Completion, int | None]:
    """Return by what a lesson is completed, and its threshold, from the row of RESULTS or CASE.

    Raises Fault `not_found` where there is none or no check completes it, `course_unavailable`, `enrol_first`.
    """
    if not rows:
        raise not_found("lesson")
    visible, enrolled, has_mentor, kind, objectives, threshold = rows[0][:6]
    check_mentor(visible=visible, enrolled=enrolled, has_mentor=has_mentor)
    if (by := completion(kind, objectives)) is not Completion.CHECK:
        raise not_found("check")
    return by, threshold


def checked(stored: Stored, threshold: int | None, titles: Mapping[UUID, Title]) -> wire.Checked:
    """Return a result as it goes out; a lesson that is gone from the course is led to no more."""
    actions = []
    for action, lesson in from_text(stored.actions):
        title, kind = titles.get(lesson, ("", "")) if lesson is not None else ("", "")
        leads = lesson if lesson in titles else None
        actions.append(wire.Recommended(action=action, lesson_id=leads, lesson_title=title, lesson_type=kind))
    return wire.Checked(
        id=stored.id,
        at=stored.at,
        understanding=stored.understanding,
        engagement=stored.engagement,
        insights=stored.insights or "",
        actions=actions,
        is_passed=is_passed(stored.understanding, threshold),
    )


def stored_of(row: str) -> Stored:
    """Return a result from its JSON."""
    return msgspec.json.decode(row, type=Stored)
