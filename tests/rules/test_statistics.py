"""Worked figures of domain.md's section Statistics."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules import statistics as rules

TODAY = date(2026, 3, 4)  # a Wednesday
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=back) for back in days]


def test_a_streak_is_days_in_a_row_up_to_today() -> None:
    assert rules.streak(ago(0, 1, 2, 4, 5, 6, 7, 9), TODAY) == rules.Streak(3, 4, active_today=True)


def test_today_not_yet_active_keeps_yesterdays_streak() -> None:
    assert rules.streak(ago(1, 2), TODAY) == rules.Streak(2, 2, active_today=False)
    assert rules.streak(ago(2, 3, 4), TODAY) == rules.Streak(0, 3, active_today=False)
    assert rules.streak([], TODAY) == rules.Streak(0, 0, active_today=False)


def test_days_to_come_do_not_count() -> None:
    assert rules.streak(ago(-1, -2, 0), TODAY) == rules.Streak(1, 1, active_today=True)


@given(st.sets(st.integers(-3, 40)))
def test_a_streak_is_never_longer_than_the_longest_nor_than_the_days(days: set[int]) -> None:
    found = rules.streak(ago(*days), TODAY)
    past = {day for day in days if day >= 0}
    assert 0 <= found.days <= found.longest <= len(past)
    assert (found.days > 0) == bool(past & {0, 1})
    first = 0 if 0 in past else 1
    assert set(range(first, first + found.days)) <= past
    assert first + found.days not in past


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 3, 4)),
        ("Europe/Warsaw", date(2026, 3, 5)),
        ("+05:45", date(2026, 3, 5)),
        ("-08:00", date(2026, 3, 4)),
        ("America/Argentina/Ushuaia", date(2026, 3, 4)),
    ],
)
def test_the_day_is_that_of_the_learners_time_zone(zone: str, day: date) -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert rules.day_of(late, rules.zone_of(zone)) == day
    quarter = int(late.timestamp()) // rules.QUARTER
    assert rules.days_of([quarter], rules.zone_of(zone)) == {day}


def test_the_hour_that_a_clock_skips_moves_the_day_as_it_does_the_clock() -> None:
    zone = rules.zone_of("Europe/Warsaw")
    assert rules.day_of(datetime(2026, 3, 28, 22, 59, tzinfo=UTC), zone) == date(2026, 3, 28)
    assert rules.day_of(datetime(2026, 3, 29, 21, 59, tzinfo=UTC), zone) == date(2026, 3, 29), "summer time since two"
    assert rules.day_of(datetime(2026, 3, 29, 22, 0, tzinfo=UTC), zone) == date(2026, 3, 30)


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "+14:30", "+25:00", "+5", "a/b/c/d", "x\0"],
)
def test_what_is_no_time_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="There is no time zone"):
        rules.zone_of(name)


def test_weeks_begin_on_mondays() -> None:
    assert rules.week_of(TODAY) == date(2026, 3, 2)
    assert rules.week_of(date(2026, 3, 2)) == date(2026, 3, 2)
    assert rules.weeks_before(TODAY, 3) == [date(2026, 2, 16), date(2026, 2, 23), date(2026, 3, 2)]


def test_averages_have_two_decimals_and_stay_in_their_column() -> None:
    assert rules.average([50, 67, 67]) == Decimal("61.33")
    assert rules.average([1, 0, 0, 0, 0, 0, 0, 0]) == Decimal("0.13"), "0.125 goes up"
    assert rules.average([5000]) == Decimal("999.99")
    assert rules.average([-5000]) == Decimal("-999.99")
    assert rules.average([]) is None


def test_completion_time_is_the_mean_in_hours() -> None:
    assert rules.mean_hours([timedelta(hours=3), timedelta(hours=4)]) == Decimal("3.50")
    assert rules.mean_hours([timedelta(seconds=18)]) == Decimal("0.01"), "0.005 hours go up"
    assert rules.mean_hours([timedelta(days=400_000)]) == Decimal("999999.99")
    assert rules.mean_hours([timedelta(hours=-1)]) == Decimal(0)
    assert rules.mean_hours([]) is None


def test_who_did_nothing_for_two_weeks_has_stopped() -> None:
    before = NOON - timedelta(days=60)
    fortnight = NOON - timedelta(days=14)
    assert rules.has_stopped(fortnight, before, None, NOON)
    assert not rules.has_stopped(fortnight + timedelta(seconds=1), before, None, NOON)
    assert rules.has_stopped(None, before, None, NOON)
    assert not rules.has_stopped(None, NOON, None, NOON)
    assert not rules.has_stopped(before, before, before, NOON), "completed"
