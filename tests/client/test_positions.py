"""Which of two places counts: the newer by the database's clock, whatever the machines' clocks show."""

from datetime import UTC, datetime, timedelta

import pytest

from lms_tui.client.positions import Kept, micros, newer
from lms_tui.wire.learning import ReadingPosition

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""The time at the database."""
MINUTE = 60_000_000


def told(minutes_ago: float) -> ReadingPosition:
    return ReadingPosition(block=7, letters=70, updated_at=NOON - timedelta(minutes=minutes_ago), told_at=NOON)


def from_service(minutes_ago: float) -> Kept:
    return Kept(7, 70, known_at=micros(NOON - timedelta(minutes=minutes_ago)))


def test_what_the_service_has_counts_where_it_is_newer_than_what_is_known_here() -> None:
    here = Kept(1, 2, known_at=micros(NOON - timedelta(minutes=5)), moved_at=99)
    assert newer(here, told(4), 0) == from_service(4)
    assert newer(here, told(5), 0) == here, "it is this very place"
    assert newer(here, told(6), 0) == here, "an older one: the database was restored"
    assert newer(here, None, 0) == here
    assert newer(Kept(), told(600), 0) == from_service(600), "nothing is known here"
    assert newer(Kept(3, 4), told(600), 0) == from_service(600), "a place without a time"
    assert newer(Kept(3, 4), None, 0) == Kept(3, 4)


@pytest.mark.parametrize("wrong", [timedelta(), timedelta(days=-400), timedelta(days=400)], ids=str)
def test_a_place_never_sent_counts_by_its_age_whatever_this_clock_shows(wrong: timedelta) -> None:
    now = micros(NOON + wrong)
    here = Kept(1, 2, moved_at=now - 5 * MINUTE)
    assert newer(here, told(6), now) == here
    assert newer(here, told(5), now) == here, "of two at one moment this machine's"
    assert newer(here, told(4), now) == from_service(4)
    assert newer(here, told(4), now - 60 * MINUTE) == here, "a clock that was set back: as if made just now"
    assert newer(here, None, now) == here


def test_times_are_told_to_the_microsecond() -> None:
    assert micros(datetime(2026, 11, 25, 12, 0, 0, 123457, tzinfo=UTC)) % 1_000_000 == 123457
    later = ReadingPosition(block=7, letters=70, updated_at=NOON + timedelta(microseconds=1), told_at=NOON)
    assert newer(from_service(0), later, 0).known_at == micros(NOON) + 1
    assert Kept(1, 1, moved_at=5).waits
    assert not Kept(1, 1, known_at=1, moved_at=5).waits
    assert not Kept(1, 1).waits
