"""How long a session stands."""

from datetime import UTC, datetime, timedelta

import pytest

from lms_tui.rules.sessions import LEEWAY, stands

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LASTS = timedelta(minutes=15)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "good"),
    [(AT, True), (AT + LASTS - TICK, True), (AT + LASTS, False), (AT + LASTS + TICK, False)],
)
def test_a_session_is_over_at_the_very_instant_of_its_end(now: datetime, good: bool) -> None:
    assert stands(AT, LASTS, now, None) is good


def test_one_from_the_future_is_refused_beyond_a_minute() -> None:
    assert timedelta(minutes=1) == LEEWAY
    assert stands(AT + LEEWAY, LASTS, AT, None)
    assert not stands(AT + LEEWAY + TICK, LASTS, AT, None)
    assert not stands(AT + timedelta(days=3650), LASTS, AT, None)


def test_what_was_issued_before_the_credentials_changed_is_void_and_what_was_issued_with_it_is_not() -> None:
    assert not stands(AT, LASTS, AT + TICK, AT + TICK)
    assert stands(AT, LASTS, AT + TICK, AT)
    assert stands(AT, LASTS, AT + TICK, AT - TICK)
