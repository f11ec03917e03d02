"""What counts, when one may start, whose questions, which answer stands: in worked figures."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules import attempts as rules
from lms_tui.rules.attempts import Setting
from lms_tui.wire.history import Change, PastState
from lms_tui.wire.quizzes import Answer, AttemptLine, SavedAnswer, Standing

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


def line(number: int, score: int | None = None, *, passed: bool = False, done: bool = True) -> AttemptLine:
    """An attempt begun `number` hours after noon, half an hour long."""
    at = NOON + number * HOUR
    completed = at + HOUR / 2 if done else None
    return AttemptLine(id=UUID(int=number), started_at=at, completed_at=completed, score=score, is_passed=passed)


def test_an_attempt_counts_with_time_and_score_both() -> None:
    assert rules.counts(NOON, 0)
    assert not rules.counts(NOON, None)
    assert not rules.counts(None, 50)
    assert not rules.counts(None, None)
    assert rules.counted([line(2), line(1, 40), line(3, done=False)]) == [line(1, 40)]


def test_the_best_attempt_is_the_result_also_when_it_was_not_the_last() -> None:
    lines = [line(3, 40), line(2, 75, passed=True), line(1, 66)]
    assert (rules.best_score(lines), rules.is_passed(lines)) == (75, True)
    assert (rules.best_score([line(1)]), rules.is_passed([line(1, passed=True)])) == (None, False)
    assert rules.best_score([line(1, 0)]) == 0


def test_the_number_of_an_attempt_is_1_and_those_that_count_before_it() -> None:
    lines = [line(3, 40), line(2), line(1, 66)]
    assert [rules.number(NOON + hours * HOUR, lines) for hours in (0, 1, 2, 3, 4)] == [1, 1, 2, 2, 3]


def test_the_open_attempt_is_the_newest_of_them() -> None:
    lines = [line(3, done=False), line(2, done=False), line(1, 10)]
    assert rules.open_attempt(lines) == lines[0]
    assert rules.open_attempt(lines[2:]) is None


def test_the_next_attempt_opens_to_the_instant_after_the_last_one_that_counts() -> None:
    done = NOON + 3 * HOUR / 2  # of the attempt begun at 13:00
    lines = [line(2), line(1, 50)]  # the one begun at 14:00 was set aside
    assert rules.opens_at(lines, 24, NOON + 5 * HOUR) == done + 24 * HOUR
    assert rules.opens_at(lines, 24, done + 24 * HOUR - INSTANT) == done + 24 * HOUR
    assert rules.opens_at(lines, 24, done + 24 * HOUR) is None
    assert rules.opens_at(lines, None, done) is None
    assert rules.opens_at([], 24, done) is None


@pytest.mark.parametrize(
    ("lines", "limit", "cooldown", "questions", "stands"),
    [
        ([], None, None, True, Standing.READY),
        ([], 1, 24, True, Standing.READY),
        ([], None, None, False, Standing.NO_QUESTIONS),
        ([line(1, 50)], 1, None, True, Standing.USED_UP),
        ([line(1, 50)], 2, None, True, Standing.READY),
        ([line(1, 50)], 0, None, True, Standing.READY),
        ([line(1, 50)], -3, None, True, Standing.READY),
        ([line(1)], 1, 24, True, Standing.READY),  # a fresh start: neither limit nor cooldown knows it
        ([line(1, 50)], 2, 4, True, Standing.COOLDOWN),
        ([line(1, 50)], 1, 4, True, Standing.USED_UP),  # the reason that lasts
        ([line(2, done=False), line(1, 50)], 2, 4, True, Standing.OPEN),
        ([line(2, done=False), line(1, 50)], 1, None, True, Standing.USED_UP),
        ([line(2, done=False)], 1, None, False, Standing.OPEN),
    ],
)
def test_where_one_stands(
    lines: list[AttemptLine], limit: int | None, cooldown: int | None, questions: bool, stands: Standing
) -> None:
    assert rules.standing(lines, limit, cooldown, NOON + 5 * HOUR, questions=questions) is stands


def test_at_the_exact_instant_it_is_allowed() -> None:
    lines = [line(1, 50)]
    opening = NOON + 3 * HOUR / 2 + 4 * HOUR
    assert rules.standing(lines, None, 4, opening - INSTANT, questions=True) is Standing.COOLDOWN
    assert rules.standing(lines, None, 4, opening, questions=True) is Standing.READY


def test_the_questions_of_an_attempt_are_those_there_then_less_those_archived_since() -> None:
    assert rules.is_part(NOON, None, NOON)
    assert rules.is_part(NOON, False, NOON)
    assert rules.is_part(None, None, NOON)
    assert not rules.is_part(NOON + INSTANT, None, NOON)
    assert not rules.is_part(NOON - HOUR, True, NOON)


def test_a_submission_names_the_same_questions_in_whatever_order() -> None:
    one, two = UUID(int=1), UUID(int=2)
    assert rules.same_questions([one, two], [two, one])
    assert not rules.same_questions([one, two], [one])
    assert not rules.same_questions([one], [one, two])


def test_an_answer_replaces_what_its_giver_has_seen_and_nothing_else() -> None:
    stored = SavedAnswer(question_id=UUID(int=1), answer=Answer(text="a"), updated_at=NOON)
    assert rules.setting(None, Answer(text="b"), None) is Setting.REPLACES
    assert rules.setting(None, Answer(text="b"), NOON) is Setting.REPLACES
    assert rules.setting(stored, Answer(text="a"), None) is Setting.SAME
    assert rules.setting(stored, Answer(text="b"), NOON) is Setting.REPLACES
    assert rules.setting(stored, Answer(text="b"), None) is Setting.CONFLICT
    assert rules.setting(stored, Answer(text="b"), NOON - INSTANT) is Setting.CONFLICT
    assert rules.setting(stored, Answer(), NOON) is Setting.REPLACES  # clearing


def test_no_two_answers_have_the_same_time() -> None:
    stored = SavedAnswer(question_id=UUID(int=1), answer=Answer(text="a"), updated_at=NOON)
    assert rules.set_at(None, NOON) == NOON
    assert rules.set_at(stored, NOON) == NOON + INSTANT
    assert rules.set_at(stored, NOON - HOUR) == NOON + INSTANT  # the clock was set back
    assert rules.set_at(stored, NOON + HOUR) == NOON + HOUR


def test_what_an_attempt_is_by_now() -> None:
    assert rules.past_state(NOON, 0) is PastState.COUNTS
    assert rules.past_state(NOON, None) is PastState.SET_ASIDE
    assert rules.past_state(None, None) is PastState.OPEN


def test_the_time_taken_is_in_whole_seconds_and_never_negative() -> None:
    assert rules.seconds_taken(NOON, NOON + timedelta(seconds=90, milliseconds=999)) == 90
    assert rules.seconds_taken(NOON, NOON - HOUR) == 0
    assert rules.seconds_taken(NOON, None) is None


@pytest.mark.parametrize(
    ("earlier", "later", "change"),
    [
        (False, True, Change.GAINED),
        (True, False, Change.LOST),
        (True, True, Change.STILL_RIGHT),
        (False, False, Change.STILL_WRONG),
        (None, False, Change.ONLY_LATER),
        (True, None, Change.ONLY_EARLIER),
    ],
)
def test_the_change_between_two_attempts(earlier: bool | None, later: bool | None, change: Change) -> None:
    assert rules.change(earlier, later) is change


@given(st.permutations([line(1, 10), line(2, 20)]))
def test_two_attempts_stand_in_the_order_of_their_start(pair: list[AttemptLine]) -> None:
    assert rules.in_order(*pair) == (line(1, 10), line(2, 20))


def test_each_question_of_two_attempts_comes_once_the_later_ones_first() -> None:
    a, b, c = (UUID(int=number) for number in (1, 2, 3))
    assert rules.asked_in_either([b, a], [c, a]) == [b, a, c]
