"""When a question comes back: worked days, and what holds for every history of answers."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.client.practice_spacing import (
    INTERVALS,
    MOST_A_DAY,
    Line,
    after_answer,
    first_line,
    line_now,
    plan,
    put_off,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


@pytest.fixture
def in_auckland() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Auckland"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_it_comes_first_on_the_day_after_it_was_got_wrong() -> None:
    wrong = {uuid4(): NOON}
    assert plan(wrong, {}, MONDAY).today == ()
    assert (plan(wrong, {}, MONDAY).next_day, plan(wrong, {}, MONDAY).next_count) == (day(1), 1)
    assert len(plan(wrong, {}, day(1)).today) == 1
    assert len(plan(wrong, {}, day(9)).today) == 1  # and waits


@pytest.mark.usefixtures("in_auckland")
def test_days_are_the_learners() -> None:
    assert first_line(NOON).due == day(2)  # noon of Greenwich is Tuesday morning there


def test_right_answers_space_it_out_and_after_35_days_it_is_learned() -> None:
    line, today, waits = first_line(NOON), day(1), []
    while line.due is not None:
        today = line.due
        line = after_answer(line, right=True, today=today)
        waits.append(None if line.due is None else (line.due - today).days)
    assert waits == [1, 3, 7, 16, 35, None]
    assert plan({(own := uuid4()): NOON}, {own: line}, day(900)) == plan({}, {}, day(900))


def test_a_wrong_answer_begins_anew() -> None:
    line = Line(NOON, 4, day(30), day(14))
    line = after_answer(line, right=False, today=day(30))
    assert (line.due, line.rights) == (day(31), 0)
    assert after_answer(line, right=True, today=day(31)).due == day(32)


def test_wrong_in_a_quiz_again_begins_anew_and_an_older_wrong_does_not() -> None:
    learned = Line(NOON, 6, None, day(70))
    assert line_now(learned, NOON) == learned
    again = line_now(learned, NOON + timedelta(days=80))
    assert (again.rights, again.due) == (0, day(81))


def test_two_right_answers_of_one_day_are_one_step_and_a_wrong_one_counts() -> None:
    once = after_answer(first_line(NOON), right=True, today=day(1))
    assert after_answer(once, right=True, today=day(1)) == once
    assert after_answer(once, right=False, today=day(1)).rights == 0


def test_what_cannot_be_had_is_looked_for_tomorrow_and_keeps_its_step() -> None:
    assert put_off(Line(NOON, 3, day(5), day(2)), today=day(6)) == Line(NOON, 3, day(7), day(2))


def test_a_day_takes_twenty_the_oldest_first_and_the_rest_comes_tomorrow() -> None:
    wrong = {UUID(int=number): NOON - timedelta(days=number) for number in range(1, 31)}
    first = plan(wrong, {}, day(0))
    assert [each.question_id.int for each in first.today] == list(range(30, 10, -1))
    assert (first.next_day, first.next_count) == (day(1), 10)
    lines = {
        each.question_id: after_answer(first_line(each.wrong_at), right=True, today=day(0)) for each in first.today[:15]
    }
    rest = plan(wrong, lines, day(0))
    assert [each.question_id.int for each in rest.today] == [15, 14, 13, 12, 11]
    assert (rest.next_day, rest.next_count) == (day(1), MOST_A_DAY)  # ten that wait, and fifteen that come back


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 25), st.booleans()), max_size=60),
    st.integers(0, 60),
)
def test_no_history_loses_a_question_or_brings_it_twice(history: list[tuple[int, int, bool]], at: int) -> None:
    wrong = {UUID(int=number): NOON for number in range(26)}
    lines: dict[UUID, Line] = {}
    for when, number, right in sorted(history):
        own = UUID(int=number)
        lines[own] = after_answer(line_now(lines.get(own), NOON), right=right, today=day(when))
        due = lines[own].due
        assert due is None or day(when) < due <= day(when) + timedelta(days=INTERVALS[-1])
    found = plan(wrong, lines, day(at))
    ids = [each.question_id for each in found.today]
    assert len(ids) == len(set(ids)) <= MOST_A_DAY
    assert all(each.due <= day(at) for each in found.today)
    open_ = [own for own in wrong if line_now(lines.get(own), NOON).due is not None]
    assert (found.today == () and found.next_day is None) == (not open_)
    assert found.next_day is None or (found.next_day > day(at) and found.next_count > 0)
