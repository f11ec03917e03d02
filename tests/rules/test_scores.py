"""Worked figures of domain.md's quiz table."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.scores import attempts_left, is_open, is_passed, next_opening, reveals, score, weights

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_29_of_50_passes_58_and_2_of_3_fails_67() -> None:
    assert (score(29, 50), is_passed(29, 50, 58)) == (58, True)
    assert (score(2, 3), is_passed(2, 3, 67)) == (66, False)


def test_without_a_threshold_any_submission_passes() -> None:
    assert is_passed(0, 3, None)
    assert is_passed(0, 3, 0)
    assert not is_passed(0, 0, 1)
    assert score(0, 0) == 0


def test_weights() -> None:
    assert weights([None, -2, 3], [True] * 3) == [1, 0, 3]
    assert weights([0, -1, 0], [True, True, False]) == [1, 1, 0]


def test_limit_and_cooldown() -> None:
    assert [attempts_left(limit, 2) for limit in (None, 0, -1, 1, 3)] == [None, None, None, 0, 1]
    opening = next_opening(NOON, 2)
    assert opening == NOON + timedelta(hours=2)
    assert is_open(opening, opening)
    assert not is_open(opening, opening - timedelta(microseconds=1))
    assert next_opening(NOON, 0) is next_opening(None, 2) is None


def test_right_answers_are_shown_when_passed_or_used_up() -> None:
    assert reveals(True, 3)
    assert reveals(False, 0)
    assert not reveals(False, None)
    assert not reveals(False, 1)


@given(st.integers(1, 10_000), st.data(), st.integers(1, 100))
def test_the_score_agrees_with_passing(possible: int, data: st.DataObject, threshold: int) -> None:
    earned = data.draw(st.integers(0, possible))
    assert 0 <= score(earned, possible) <= 100
    assert is_passed(earned, possible, threshold) is (score(earned, possible) >= threshold)


@given(st.lists(st.tuples(st.none() | st.integers(-3, 5), st.booleans()), max_size=8))
def test_something_can_be_earned_unless_nothing_is_gradable(questions: list[tuple[int | None, bool]]) -> None:
    points, gradable = [point for point, _ in questions], [counts for _, counts in questions]
    weighed = weights(points, gradable)
    assert any(weighed) is any(gradable)
    assert not any(weight for weight, counts in zip(weighed, gradable, strict=True) if not counts)


def test_points_of_a_question_without_a_right_answer_do_not_keep_the_others_at_0() -> None:
    assert weights([5, 0], [False, True]) == [0, 1]
