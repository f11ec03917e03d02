"""How long somebody studied: the clock that is told of input."""

from hypothesis import given
from hypothesis import strategies as st

from lms_tui.client.study_clock import IDLE_AFTER, StudyClock


def test_whole_minutes_are_taken_and_the_rest_stays() -> None:
    clock = StudyClock()
    clock.input(1000.0)
    assert clock.take(1059.0) == 0
    assert clock.take(1061.0) == 1
    clock.input(1110.0)
    assert clock.take(1120.0) == 1
    clock.stop(1150.0)
    assert clock.take(9999.0) == 0, "half a minute is left"
    clock.input(9999.0)
    assert clock.take(10029.0) == 1, "which counts with the next half"


def test_five_minutes_after_the_last_input_it_stops() -> None:
    clock = StudyClock()
    clock.input(0.0)
    assert clock.is_running(IDLE_AFTER - 1)
    assert not clock.is_running(IDLE_AFTER)
    assert clock.take(3600.0) == 5
    clock.input(3600.0)
    assert clock.take(3660.0) == 1, "it goes on with the next input, the hour between is not counted"


def test_before_the_first_input_and_after_leaving_nothing_counts() -> None:
    clock = StudyClock()
    assert clock.take(600.0) == 0
    assert not clock.is_running(0.0)
    clock.stop(700.0)
    clock.input(700.0)
    clock.stop(760.0)
    assert clock.take(4000.0) == 1
    assert not clock.is_running(760.0)


def test_a_clock_that_goes_back_counts_nothing() -> None:
    clock = StudyClock()
    clock.input(1000.0)
    clock.input(500.0)
    assert clock.take(559.0) == 0
    assert not clock.is_running(400.0)


@given(st.lists(st.tuples(st.floats(0.0, 900.0), st.booleans()), max_size=60))
def test_what_is_taken_in_pieces_is_what_was_studied(steps: list[tuple[float, bool]]) -> None:
    """Whenever one takes, and as often as one likes, the sum is that of the gaps of at most five minutes."""
    clock, at, taken, studied = StudyClock(), 0.0, 0, 0.0
    clock.input(at)
    for gap, peek in steps:
        if peek:
            taken += clock.take(at + gap / 2)
        at += gap
        studied += min(gap, IDLE_AFTER)
        clock.input(at)
    taken += clock.take(at)
    assert abs(taken - studied // 60) <= (studied % 60 > 59.999 or studied % 60 < 0.001)


def test_the_end_gives_the_seconds_that_make_no_minute() -> None:
    clock = StudyClock()
    clock.input(0.0)
    assert clock.take(70.0) == 1
    assert clock.end(119.9) == 59
    assert clock.end(500.0) == 0, "it has ended"
    clock.input(600.0)
    assert clock.end(4000.0) == IDLE_AFTER
