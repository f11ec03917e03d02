"""Streak, averages, completion time, weeks and time zones (domain.md, Statistics).

The counters themselves are counted in SQL (`db.queries.statistics`), whose rounding and clamping are those of `average`
and `mean_hours` here: a test holds the two against each other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

SCORE_LIMIT: Final = Decimal("999.99")
"""The largest number that a DECIMAL(5,2) column holds."""
HOURS_LIMIT: Final = Decimal("999999.99")
"""The largest number that a DECIMAL(8,2) column holds."""
STOPPED_AFTER: Final = timedelta(days=14)
"""Who has not completed the course and did nothing in it for so long has stopped; before that they pause."""
QUARTER: Final = 900
"""Seconds. Every time zone's distance from UTC is a whole number of quarters, so that a quarter of an hour lies in one
day everywhere: activity is read by quarters, not by its every instant."""

_OFFSET: Final = re.compile(r"([+-])(\d\d):([0-5]\d)")
_NAME: Final = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")
_FARTHEST: Final = timedelta(hours=14)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row on which the learner was active."""

    days: int
    """The row that goes on: it ends today, or yesterday where today is still to come."""
    longest: int
    active_today: bool


def zone_of(name: str) -> tzinfo:
    """Return the time zone called `name`: an IANA name ("Europe/Warsaw"), or a distance from UTC ("+05:30").

    Raises ValueError with a sentence for anything else.
    """
    if found := _OFFSET.fullmatch(name):
        sign, hours, minutes = found.groups()
        distance = timedelta(hours=int(hours), minutes=int(minutes))
        if distance <= _FARTHEST:
            return timezone(-distance if sign == "-" else distance)
    elif _NAME.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):  # no such zone, or the name of a folder of zones
            pass
    raise ValueError(
        f"There is no time zone {name!r}. Give a name such as Europe/Warsaw, or a distance such as +05:30."
    )


def days_of(quarters: Iterable[int], zone: tzinfo) -> set[date]:
    """Return the days in `zone` of these quarters of an hour, counted from 1970 in UTC."""
    return {day_of(datetime.fromtimestamp(quarter * QUARTER, UTC), zone) for quarter in quarters}


def day_of(at: datetime, zone: tzinfo) -> date:
    """Return the day that it was in `zone` at the moment `at`."""
    return at.astimezone(zone).date()


def streak(days: Iterable[date], today: date) -> Streak:
    """Return the streak of a learner active on `days`, in their time zone, where it is `today`.

    Active is a day with a completed lesson, a submitted attempt or a mentor message. Today not yet active keeps
    yesterday's streak. Days to come do not count: they are another clock's mistake.
    """
    active = {day for day in days if day <= today}
    longest = max((_row_up_to(day, active) for day in active if day + timedelta(days=1) not in active), default=0)
    last = today if today in active else today - timedelta(days=1)
    return Streak(_row_up_to(last, active), longest, today in active)


def _row_up_to(day: date, active: set[date]) -> int:
    """Return how many days in a row, `day` the last of them, are in `active`."""
    length = 0
    while day in active:
        length += 1
        if day == date.min:
            break
        day -= timedelta(days=1)
    return length


def week_of(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def weeks_before(today: date, number: int) -> list[date]:
    """Return the Mondays of the last `number` weeks, that of `today` the last of them."""
    this = week_of(today)
    return [this - timedelta(weeks=back) for back in range(number - 1, -1, -1)]


def average(values: Sequence[int | Decimal], limit: Decimal = SCORE_LIMIT) -> Decimal | None:
    """Return the mean of `values` to two decimals, half away from zero, clamped to a column that holds `limit` at most.

    None of no values.
    """
    if not values:
        return None
    mean = (sum(map(Decimal, values), Decimal(0)) / len(values)).quantize(_CENT, ROUND_HALF_UP)
    return min(max(mean, -limit), limit)


def mean_hours(spans: Sequence[timedelta]) -> Decimal | None:
    """Return the mean of `completed_at - enrolled_at` in hours to two decimals, from 0 to what the column holds."""
    if not spans:
        return None
    seconds = Decimal(sum(spans, timedelta()) // timedelta(microseconds=1)) / 1_000_000 / len(spans)
    return min(max((seconds / 3600).quantize(_CENT, ROUND_HALF_UP), Decimal(0)), HOURS_LIMIT)


def has_stopped(last_active: datetime | None, enrolled: datetime, completed: datetime | None, now: datetime) -> bool:
    """Whether a learner has stopped: the course not completed, and nothing done in it for `STOPPED_AFTER`.

    Who has not begun is counted from the enrolment.
    """
    return completed is None and now - (last_active or enrolled) >= STOPPED_AFTER
