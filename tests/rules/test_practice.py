"""What may be practised: every case by the issue's words, and never a way to try answers."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.practice import is_practisable, may_practise, order_seed
from lms_tui.rules.questions import Option, Question

LIMITS = st.none() | st.integers(-1, 4)


@pytest.mark.parametrize(
    ("passed", "used", "limit", "cooldown", "is_open", "may"),
    [
        (True, 1, 3, 24, True, True),  # passed, whatever else
        (False, 3, 3, 24, False, True),  # none is left
        (False, 3, 3, 24, True, True),  # an attempt left open can never be submitted
        (False, 2, 3, None, False, False),  # one is left: practice would show how to use it
        (False, 2, None, 24, False, False),  # a cooldown: practice would be attempts without waiting
        (False, 2, 0, 0, False, True),  # neither limit nor cooldown: nothing to be had that an attempt would not give
        (False, 2, None, None, True, False),  # its answers would be judged before they are submitted
        (False, 0, None, None, False, False),  # nothing was submitted
    ],
)
def test_which_quizzes_may_be_practised(
    passed: bool, used: int, limit: int | None, cooldown: int | None, is_open: bool, may: bool
) -> None:
    assert may_practise(passed=passed, used=used, limit=limit, cooldown_in_hours=cooldown, is_open=is_open) is may


@given(st.integers(0, 5), LIMITS, LIMITS, st.booleans())
def test_a_quiz_not_passed_with_attempts_left_to_be_careful_with_is_never_practised(
    used: int, limit: int | None, cooldown: int | None, is_open: bool
) -> None:
    limited = limit is not None and limit > 0
    if (limited and used < (limit or 0)) or (not limited and (cooldown or 0) > 0):
        assert not may_practise(passed=False, used=used, limit=limit, cooldown_in_hours=cooldown, is_open=is_open)


@pytest.mark.parametrize(
    ("type_name", "options", "may"),
    [
        ("multiple-choice", [("a", True), ("b", False)], True),
        ("multiple-choice", [("a", False), ("b", False)], False),
        ("true-false", [("Water is wet", False)], True),
        ("fill-blank", [("ocean", True)], True),
        ("fill-blank", [], False),
        ("scale", [("never", False), ("always", True)], True),
        ("scale", [("never", False), ("always", False)], False),
        ("scale", [], False),
        ("essay", [], False),
    ],
)
def test_only_what_can_be_judged_is_practised(type_name: str, options: list[tuple[str, bool]], may: bool) -> None:
    made = tuple(Option(uuid4(), text, right, order) for order, (text, right) in enumerate(options, 1))
    assert is_practisable(Question(uuid4(), type_name, "A ___", "", 1, made)) is may


def test_options_stand_as_they_stood_until_the_next_attempt() -> None:
    attempt = uuid4()
    assert order_seed(attempt) == order_seed(attempt) != attempt
    assert order_seed(attempt) != order_seed(uuid4())
