"""A learner's own statistics: one statement, and the days and weeks of the learner's time zone made of it here."""

from collections import defaultdict
from datetime import date
from typing import Final

import msgspec

from lms_tui.db.queries import my_statistics as queries
from lms_tui.rules import statistics as rules
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.wire import statistics as wire
from lms_tui.wire.errors import Code


class _Found(msgspec.Struct):
    """What the statement says; first in each of the lists of numbers is a quarter of an hour."""

    active: list[int]
    done: list[tuple[int, int]]
    submitted: list[tuple[int, int, int]]
    studied: list[tuple[int, int]]
    totals: tuple[int | None, int | None, int | None, int | None, float | None]
    categories: list[wire.CategoryScore]
    courses: list[wire.MyCourseLine]


_DECODER: Final = msgspec.json.Decoder(_Found)


async def mine(ctx: Context, ask: wire.MineRequest) -> wire.Mine:
    """Return the caller's statistics. Raises Fault `bad_request` for a time zone that there is not."""
    try:
        zone = rules.zone_of(ask.zone)
    except ValueError as error:
        raise Fault(Code.BAD_REQUEST, str(error)) from error
    now, text = (await ctx.pools.rows(queries.MINE, {"user": ctx.caller.id}))[0]
    found = _DECODER.decode(text)
    today = rules.day_of(now, zone)
    streak = rules.streak(rules.days_of(found.active, zone), today)

    def week(quarter: int) -> date:
        return rules.week_of(next(iter(rules.days_of((quarter,), zone))))

    lessons: defaultdict[date, int] = defaultdict(int)
    minutes: defaultdict[date, int] = defaultdict(int)
    attempts: defaultdict[date, int] = defaultdict(int)
    scores: defaultdict[date, int] = defaultdict(int)
    for quarter, number in found.done:
        lessons[week(quarter)] += number
    for quarter, number in found.studied:
        minutes[week(quarter)] += number
    for quarter, number, score in found.submitted:
        attempts[week(quarter)] += number
        scores[week(quarter)] += score
    enrolled, completed, done, study, average = found.totals
    return wire.Mine(
        today=today,
        zone=ask.zone,
        streak=wire.Streak(days=streak.days, longest=streak.longest, active_today=streak.active_today),
        courses_enrolled=enrolled or 0,
        courses_completed=completed or 0,
        lessons_completed=done or 0,
        study_minutes=study or 0,
        average_score=average,
        weeks=[
            wire.Week(
                begins=monday,
                lessons=lessons[monday],
                study_minutes=minutes[monday],
                attempts=attempts[monday],
                average_score=round(scores[monday] / attempts[monday], 2) if attempts[monday] else None,
            )
            for monday in rules.weeks_before(today, ask.weeks)
        ],
        categories=found.categories,
        courses=found.courses,
    )
