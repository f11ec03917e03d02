"""What a fresh start takes away, and how writes from before it are known."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from lms_tui.rules.attempts import counts
from lms_tui.rules.fresh_start import FRESH, is_stale, renewed, set_aside
from lms_tui.rules.progress import Mark

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROW, OTHER = UUID(int=1), UUID(int=2)


def test_no_attempt_counts_after_a_fresh_start_and_its_time_stays() -> None:
    assert set_aside(NOON, NOON + timedelta(days=1)) == (None, NOON)
    assert not counts(NOON, set_aside(NOON, NOON)[0])


def test_an_open_attempt_is_closed_by_a_fresh_start() -> None:
    assert set_aside(None, NOON) == (None, NOON)


def test_nothing_is_known_of_the_lesson_then() -> None:
    assert Mark() == FRESH
    assert (FRESH.started, FRESH.completed, FRESH.quiz_passed, FRESH.completed_at) == (False, False, False, None)


def test_a_write_that_names_another_row_than_the_one_that_stands_is_stale() -> None:
    assert is_stale(renewed(ROW), ROW, ROW)
    assert not is_stale(ROW, ROW, ROW)
    assert not is_stale(ROW, ROW, OTHER)


def test_a_write_from_before_there_was_a_row_is_known_by_the_id_it_chose() -> None:
    assert not is_stale(ROW, None, ROW)
    assert not is_stale(ROW, None, OTHER)  # another terminal opened the lesson first
    assert is_stale(renewed(ROW), None, ROW)
    assert is_stale(renewed(renewed(renewed(ROW))), None, ROW)
    assert not is_stale(renewed(ROW), None, renewed(ROW))
