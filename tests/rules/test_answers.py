"""Answers to rows and back."""

from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.answers import Row, answer_of, rows_of, verdict_rows
from lms_tui.rules.grading import fitted
from lms_tui.rules.questions import Option, Question
from lms_tui.wire.quizzes import Answer

ATTEMPT, OWN = UUID(int=5), UUID(int=6)
OPTIONS = tuple(Option(UUID(int=n), f"o{n}", n < 3, n) for n in range(1, 5))


def question(type_name: str, title: str = "Q", options: tuple[Option, ...] = OPTIONS) -> Question:
    return Question(OWN, type_name, title, "", 1, options)


TWO = question("fill-blank", "___ and ___")


@given(st.data())
def test_rows_hold_the_answer_whatever_their_order(data: st.DataObject) -> None:
    asked, answers = data.draw(
        st.sampled_from(
            [
                (
                    question("multiple-choice"),
                    st.builds(Answer, chosen=st.lists(st.sampled_from([o.id for o in OPTIONS]))),
                ),
                (
                    question("true-false"),
                    st.builds(Answer, marked=st.dictionaries(st.sampled_from([o.id for o in OPTIONS]), st.booleans())),
                ),
                (TWO, st.builds(Answer, blanks=st.lists(st.text(), min_size=2, max_size=2))),
                (question("essay"), st.builds(Answer, text=st.text())),
                (question("scale", options=()), st.builds(Answer, text=st.sampled_from(["", "1", "5"]))),
            ]
        )
    )
    given_answer = data.draw(answers.filter(lambda answer: "\0" not in "".join([*answer.blanks, answer.text])))
    answer = fitted(asked, given_answer)
    rows = rows_of(ATTEMPT, asked, answer)
    assert rows
    assert answer_of(ATTEMPT, asked, data.draw(st.permutations(rows))) == answer


def test_the_rows_are_as_written_in_the_domain() -> None:
    first, second = rows_of(ATTEMPT, TWO, Answer(blanks=["a", ""]))
    assert first == Row(uuid5(ATTEMPT, f"{OWN}:blank:1"), None, "a")
    assert second == Row(uuid5(ATTEMPT, f"{OWN}:blank:2"), None, "")
    marks = rows_of(ATTEMPT, question("true-false"), Answer(marked={UUID(int=1): True, UUID(int=3): False}))
    assert [row[1:] for row in marks] == [(UUID(int=1), "true"), (UUID(int=3), "false")]
    assert [row[1:] for row in rows_of(ATTEMPT, TWO, Answer())] == [(None, None)]


@pytest.mark.parametrize(("texts", "blanks"), [(["a"], ["a", ""]), (["a", "b", "c"], ["a", "b"])])
def test_blanks_of_another_program_come_in_the_order_of_the_rows(texts: list[str], blanks: list[str]) -> None:
    assert answer_of(ATTEMPT, TWO, [Row(uuid4(), None, text) for text in texts]).blanks == blanks


def test_points_stand_on_the_row_with_the_smallest_id_and_on_no_other() -> None:
    rows = [Row(UUID(int=number), None, None) for number in (7, 3, 5)]
    assert verdict_rows(rows, 2) == [(UUID(int=3), 2), (UUID(int=5), 0), (UUID(int=7), 0)]
    assert verdict_rows(rows[:1], 0) == [(UUID(int=7), 0)]
    assert verdict_rows([], 2) == []
