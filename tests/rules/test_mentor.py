"""By what a lesson is completed, and when a check is passed."""

from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.mentor import Completion, by_hand, completion, is_passed, needs, used_up

LEVELS = st.integers(1, 10)
THRESHOLDS = st.none() | st.integers(-20, 130)
KINDS = st.sampled_from(("text", "video", "external", "quiz", "scorm", "else"))


def test_the_threshold_is_met_exactly() -> None:
    assert is_passed(7, 70)
    assert not is_passed(7, 71)
    assert not is_passed(6, 70)
    assert is_passed(7, None)
    assert not is_passed(6, None)
    assert is_passed(1, 0)
    assert not is_passed(10, 101)


@given(LEVELS, THRESHOLDS)
def test_no_threshold_is_70_and_more_understanding_never_fails(level: int, threshold: int | None) -> None:
    assert is_passed(level, None) == is_passed(level, 70)
    assert is_passed(level + 1, threshold) >= is_passed(level, threshold)
    assert is_passed(level, threshold) == (level * 10 >= needs(threshold))
    assert not is_passed(None, threshold)


def test_a_day_is_used_up_to_the_token() -> None:
    assert [used_up(99, 100), used_up(100, 100), used_up(10**9, 0)] == [False, True, False]


def test_by_what_a_lesson_is_completed() -> None:
    assert completion("text", "Joins") is Completion.CHECK
    assert completion("scorm", "Joins") is Completion.CHECK
    assert completion("quiz", "Joins") is Completion.QUIZ
    assert completion("text", None) is Completion.HAND
    assert completion("video", " \n\t ") is Completion.HAND
    assert completion("scorm", "") is Completion.PACKAGE


@given(KINDS, st.none() | st.text(), st.booleans(), st.booleans())
def test_by_hand_only_where_no_check_can_be_had(
    kind: str, objectives: str | None, can_check: bool, failed_since: bool
) -> None:
    by = completion(kind, objectives)
    may = by_hand(by, can_check=can_check, failed_since=failed_since)
    assert kind != "quiz" or not may
    assert by is not Completion.PACKAGE or not may
    assert by is not Completion.HAND or may
    if by is Completion.CHECK:
        assert may == (failed_since or not can_check)
