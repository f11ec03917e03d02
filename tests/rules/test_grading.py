"""Answers fitted, verdicts and whole attempts, in worked figures."""

from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.grading import (
    UnfitAnswerError,
    fitted,
    grade,
    is_right,
    readable,
    right_answer,
)
from lms_tui.rules.questions import Option, Question
from lms_tui.wire.quizzes import Answer, Kind

ROOT = UUID(int=9)


def ask(type_name: str, *pairs: tuple[str, bool], title: str = "Q", points: int | None = 1) -> Question:
    own = uuid4()
    options = tuple(Option(uuid5(own, f"{place}"), text, right, place + 1) for place, (text, right) in enumerate(pairs))
    return Question(own, type_name, title, "", points, options)


def chosen(question: Question, *places: int) -> Answer:
    return Answer(chosen=[question.options[place].id for place in places])


def marked(question: Question, *truths: bool) -> Answer:
    return Answer(marked={option.id: truth for option, truth in zip(question.options, truths, strict=False)})


ONE = ask("multiple-choice", ("a", False), ("b", True), ("c", False))
ALL = ask("multiple-choice", ("a", True), ("b", True), ("c", False))
NONE = ask("multiple-choice", ("a", False), ("b", False))
STATEMENTS = ask("true-false", ("x", True), ("y", False))
BLANKS = ask("fill-blank", ("SQL", True), ("#3:0.5", True), title="___ has ___ letters")
GRADED = ask("scale", ("low", False), ("high", True))
POLL = ask("scale", ("low", False), ("high", False))
BARE = ask("scale")
TEXT = ask("essay")


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        (ONE, chosen(ONE, 1), True),
        (ONE, chosen(ONE, 0), False),
        (ONE, chosen(ONE, 0, 1), False),
        (ONE, Answer(), False),
        (ALL, chosen(ALL, 1, 0), True),
        (ALL, chosen(ALL, 0), False),
        (ALL, chosen(ALL, 0, 1, 2), False),
        (NONE, chosen(NONE, 0), False),
        (NONE, Answer(), False),
        (STATEMENTS, marked(STATEMENTS, True, False), True),
        (STATEMENTS, marked(STATEMENTS, True), False),
        (STATEMENTS, marked(STATEMENTS, True, True), False),
        (BLANKS, Answer(blanks=["sql ", "3,5"]), True),
        (BLANKS, Answer(blanks=["3", "sql"]), False),
        (BLANKS, Answer(blanks=["sql", ""]), False),
        (BLANKS, Answer(), False),
        (GRADED, chosen(GRADED, 1), True),
        (GRADED, chosen(GRADED, 0), False),
        (POLL, chosen(POLL, 0), True),
        (POLL, Answer(), False),
        (BARE, Answer(text="4"), True),
        (BARE, Answer(text=" "), False),
        (TEXT, Answer(text="because"), True),
        (TEXT, Answer(text=" \n"), False),
    ],
)
def test_right_and_wrong(question: Question, answer: Answer, right: bool) -> None:
    assert is_right(question, answer) is right


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        (ONE, chosen(ONE, 0, 1), "one choice"),
        (GRADED, chosen(GRADED, 0, 1), "one choice"),
        (ONE, chosen(ALL, 0), "does not belong"),
        (STATEMENTS, marked(ALL, True), "does not belong"),
        (ONE, Answer(text="b"), "'chosen', not by 'text'"),
        (TEXT, chosen(ONE, 0), "'text', not by 'chosen'"),
        (BLANKS, Answer(blanks=["one"]), "has 2 blanks, and 1"),
        (BLANKS, Answer(blanks=["a", "b" * 10_001]), "at most 10,000"),
        (TEXT, Answer(text="x" * 10_001), "at most 10,000"),
        (TEXT, Answer(text="a\0"), "NUL"),
        (BARE, Answer(text="6"), "from 1 to 5"),
        (BARE, chosen(GRADED, 0), "by 'text'"),
    ],
)
def test_what_does_not_fit_is_named(question: Question, answer: Answer, reason: str) -> None:
    with pytest.raises(UnfitAnswerError, match=reason):
        fitted(question, answer)


def test_fitted_is_one_form() -> None:
    assert fitted(ALL, chosen(ALL, 1, 0, 1)) == chosen(ALL, 0, 1)
    assert fitted(ONE, chosen(ONE, 1, 1)) == chosen(ONE, 1)
    backwards = dict(reversed(marked(STATEMENTS, True, False).marked.items()))
    assert list(fitted(STATEMENTS, Answer(marked=backwards)).marked) == [option.id for option in STATEMENTS.options]
    assert fitted(BLANKS, Answer(blanks=["", " "])) == fitted(TEXT, Answer(text="\t")) == Answer()
    assert fitted(BLANKS, Answer(blanks=["a ", ""])).blanks == ["a ", ""]
    assert fitted(TEXT, Answer(text="x" * 10_000)).text == "x" * 10_000


def test_a_whole_attempt() -> None:
    two = ask("multiple-choice", ("a", True), ("b", False), points=2)
    free = ask("essay", points=None)
    none = ask("multiple-choice", ("a", False), points=10)
    negative = ask("essay", points=-4)
    result = grade([two, free, none, negative], {two.id: chosen(two, 0), none.id: chosen(none, 0)}, 67)
    assert (result.earned, result.possible, result.score, result.is_passed) == (2, 3, 66, False)
    assert [verdict.weight for verdict in result.verdicts.values()] == [2, 1, 0, 0]
    assert not result.verdicts[free.id].is_correct
    assert grade([two, free], {two.id: chosen(two, 0)}, 66).is_passed


def test_29_right_of_50_questions_pass_58_with_58() -> None:
    questions = [ask("multiple-choice", ("a", True), ("b", False)) for _ in range(50)]
    answers = {one.id: chosen(one, 0 if place < 29 else 1) for place, one in enumerate(questions)}
    result = grade(questions, answers, 58)
    assert (result.earned, result.possible, result.score, result.is_passed) == (29, 50, 58, True)
    assert not grade(questions, answers, 59).is_passed


def test_all_points_0_weigh_1() -> None:
    zeros = [ask("essay", points=0), ask("essay", points=0)]
    result = grade(zeros, {zeros[0].id: Answer(text="x")}, 50)
    assert (result.earned, result.possible, result.is_passed) == (1, 2, True)


def test_where_nothing_is_gradable_only_a_quiz_that_asks_for_nothing_is_passed() -> None:
    for threshold, passed in ((None, True), (0, True), (1, False)):
        result = grade([NONE], {}, threshold)
        assert (result.score, result.possible, result.is_passed) == (0, 0, passed)


@given(st.data())
def test_the_right_answer_that_is_shown_fits_and_earns_everything(data: st.DataObject) -> None:
    types = st.sampled_from(["multiple-choice", "true-false", "scale"])
    pairs = st.lists(st.tuples(st.text(max_size=5), st.booleans()), max_size=5)
    questions = [
        ask(data.draw(types), *data.draw(pairs), points=data.draw(st.none() | st.integers(-2, 9))) for _ in range(4)
    ]
    right = {question.id: right_answer(question) for question in questions}
    answers = {own: answer for own, answer in right.items() if answer is not None}
    for question in questions:
        if question.id in answers:
            assert fitted(question, answers[question.id]) == answers[question.id]
        elif question.kind is Kind.SCALE:
            answers[question.id] = chosen(question, 0) if question.options else Answer(text="3")
    result = grade(questions, answers, 100)
    assert result.earned == result.possible
    assert result.score == (100 if result.possible else 0)
    assert grade(questions, {}, None).earned == 0


@pytest.mark.parametrize(
    ("accepted", "text"),
    [
        ("#3:0.5", "3 ± 0.5"),
        ("#1..5", "1 to 5"),
        ("#7", "7"),
        ("#~left*join", "left…join"),
        ("#~#3", "#3"),
        ("#include", "#include"),
    ],
)
def test_accepted_texts_as_a_reader_writes_them(accepted: str, text: str) -> None:
    assert readable(accepted) == text
