"""Merging progress and completion."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.progress import Mark, chapter_complete, clamped, course_complete, is_earlier, merged, percent

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
marks = st.builds(Mark, st.booleans(), st.booleans(), st.booleans(), st.none() | st.datetimes(timezones=st.just(UTC)))


@given(marks, marks, marks)
def test_order_and_repetition_do_not_matter(a: Mark, b: Mark, c: Mark) -> None:
    assert merged(a, b) == merged(b, a)
    assert merged(a, a) == a
    assert merged(merged(a, b), c) == merged(a, merged(b, c))


def test_merging_keeps_what_is_true_and_the_earliest_time() -> None:
    late, early = Mark(True, True, False, NOON), Mark(False, True, True, NOON - HOUR)
    assert merged(late, early) == Mark(True, True, True, NOON - HOUR)


def test_what_is_earlier_than_what_stood() -> None:
    stood = Mark(True, True, False, NOON)
    assert is_earlier(merged(stood, Mark(completed_at=NOON - HOUR)), stood)
    assert not is_earlier(merged(stood, Mark(completed_at=NOON + HOUR)), stood)
    assert not is_earlier(stood, Mark(True, True)), "a time that another program left out tells nothing"
    assert not is_earlier(stood, Mark())


def test_a_clients_time_is_clamped() -> None:
    assert clamped(NOON - 3 * HOUR, NOON - HOUR, NOON) == NOON - HOUR
    assert clamped(NOON + HOUR, NOON - HOUR, NOON) == NOON
    assert clamped(None, NOON - HOUR, NOON) == NOON
    assert clamped(NOON - HOUR / 2, NOON - HOUR, NOON) == NOON - HOUR / 2


def test_percent_and_completion() -> None:
    assert [percent(2, 3), percent(0, 0), percent(4, 3)] == [66, 0, 100]
    assert not chapter_complete([])
    assert course_complete([[True], []], stands=False)
    assert not course_complete([[]], stands=False)
    assert not course_complete([[True], [False]], stands=False)
    assert course_complete([[True], [False]], stands=True)
