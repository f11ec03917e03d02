"""GIFT, kind by kind, and what no file may do to the reader."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tui.courses import gift
from lms_tui.courses.model import Question, Report


def read(text: str) -> tuple[tuple[Question, ...], Report]:
    report = Report()
    return gift.read(text, "q.gift", report).questions, report


def one(text: str) -> Question:
    found, report = read(text)
    assert report.faults == ()
    (question,) = found
    return question


def options(question: Question) -> list[tuple[str, bool, int]]:
    return [(option.text, option.is_correct, option.order) for option in question.options]


def accepted(text: str) -> list[str]:
    return [option.text for option in one(text).options]


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        ("{#3}", ["#3"]),
        ("{#3:0.5}", ["#3:0.5"]),
        ("{#-5..5}", ["#-5..5"]),
        ("{#=3:0 =%50%3:2}", ["#3:0"]),
        ("{=Ber*}", ["#~Ber*"]),
        (r"{=2\*3}", ["2*3"]),
        (r"{=\#3}", ["#~#3"]),
        (r"{=\#\~x}", ["#~#~x"]),
        (r"{=\#chan}", ["#chan"]),
        ("{=%75%almost =%50%half}", ["almost"]),
        ("{=a =%100%b =%0%*}", ["a", "b"]),
    ],
)
def test_accepted_texts(answers: str, stored: list[str]) -> None:
    assert accepted(f"How much? {answers}") == stored


def test_blanks_take_the_answers_of_each_pair_of_braces() -> None:
    question = one("// [tag:blanks] [tag:points:3]\nThe {=quick =fast} fox has {#=4:1} legs.")
    assert (question.type, question.title, question.points) == ("fill-blank", "The ___ fox has ___ legs.", 3)
    assert options(question) == [("quick", True, 1), ("fast", True, 1), ("#4:1", True, 2)]


def test_scale_and_statements_by_tag() -> None:
    scale = one("// [tag:scale]\nHow sure? {~not ~some ~very}")
    assert (scale.type, options(scale)) == ("scale", [("not", False, 1), ("some", False, 2), ("very", False, 3)])
    marked = one("// [tag:true-false]\nMark. {=a ~b =c}")
    assert (marked.type, options(marked)) == ("true-false", [("a", True, 1), ("b", False, 2), ("c", True, 3)])


def test_own_text_that_would_be_read_as_a_blank() -> None:
    question, report = read("[Paris] is ____ and ____ {=paris}")
    assert question[0].title == "(Paris) is ____ and …"
    assert "square brackets" in report.notes[0].reason


def test_own_text_is_compared_without_its_backslashes() -> None:
    question, _ = read(r"[C\\#] is ____ and ____ {=c\#}")
    assert question[0].title == r"(C\#) is ____ and …"


def test_a_right_side_is_not_told_by_its_place() -> None:
    found, _ = read("Match. {=c -> z =b -> y =a -> x}")
    assert [option.text for option in found[0].options] == ["x", "y", "z"]
    assert [next(o.order for o in q.options if o.is_correct) for q in found] == [3, 2, 1]


def test_keys_hold_no_right_answer_and_stay_when_it_changes() -> None:
    for before, after in [("Q {=a ~b}", "Q {~a =b}"), ("[x] is {=x}", "[y] is {=y}"), ("Q {#3}", "Q {%50%#4}")]:
        first, _ = read(before)
        second, _ = read(after)
        assert [q.key for q in first] == [q.key for q in second] or not second


def test_keys_stay_when_a_question_is_put_in_front() -> None:
    (alone,), _ = read("Second {T}")
    (_, same), _ = read("First {T}\n\nSecond {T}")
    assert alone.key == same.key


def test_description_goes_with_the_next_question() -> None:
    found, report = read("Use a pencil.\n\nTrue? {T}\n\nGoodbye.")
    assert found[0].description == "Use a pencil."
    assert [(note.level.value, note.line) for note in report.notes] == [("adapted", 1), ("adapted", 5), ("skipped", 5)]


def test_html_becomes_markdown_and_plain_text_stays() -> None:
    assert one("[html]<p>Which <b>one</b>?</p>{T}").title == "Which **one**?"
    assert one("Is a<b && c>d, or x_1*y_2*z?{T}").title == "Is a<b && c>d, or x_1*y_2*z?"


def test_empty_line_inside_braces_and_carriage_returns_in_a_file() -> None:
    assert accepted("Which? {=a\n\n=b}") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("A {=x\n\nB {=y}", 1, "never closed"),
        ("A {=x", 1, "never closed"),
        ("A {T}\n\nB } {T}", 3, "closes nothing"),
        ("A {=x {y} }", 1, "inside braces"),
        ("A {=a}\nB {=b}", 2, "second pair of braces"),
        ("::A {T}", 1, "does not end"),
        ("A {yes}", 1, "begins with ="),
        ("A {=a -> b\n=c}", 2, "without ->"),
        ("A {#three}", 1, "is no number"),
        ("A {#5..1}", 1, "smaller one first"),
        ("A {~ ~b =c}", 1, "without text"),
        ("A {=%0%a}", 1, "no accepted answer"),
        ("// [tag:points:x]\nA {T}", 2, "whole number"),
        ("{T}", 1, "without text"),
    ],
)
def test_faults_name_the_line(text: str, line: int, words: str) -> None:
    _, report = read(text)
    assert [(note.line, words in note.reason) for note in report.faults][:1] == [(line, True)]


def test_one_fault_does_not_hide_the_next() -> None:
    _, report = read("A {=x\n\nB {#y}\n\nC } {T}")
    assert [note.line for note in report.faults] == [1, 3, 5] or [note.line for note in report.faults] == [1, 5, 3]


LETTERS = st.text(st.sampled_from(list("{}=~#%:\\->[]*_/\n aT1.<b>&")), max_size=200)


@settings(max_examples=400, deadline=None)
@given(LETTERS)
def test_no_text_breaks_the_reader(text: str) -> None:
    found, report = read(text)
    assert all(option.text for q in found for option in q.options) or report.faults


WORDS = st.text(st.sampled_from(list("abc~=#{}:\\ é*")), min_size=1, max_size=20).map(str.strip).filter(bool)


def _escape(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\~=#{}:" else letter for letter in text)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.lists(WORDS, min_size=2, max_size=5, unique=True))
def test_what_is_escaped_comes_back(title: str, texts: list[str]) -> None:
    answers = " ".join(f"{'=' if n == 0 else '~'}{_escape(' '.join(text.split()))}" for n, text in enumerate(texts))
    question = one(f"Q {_escape(title)}? {{{answers}}}")
    assert [option.text for option in question.options] == [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize(
    "text", ["{", "{\n\n", "}", "{=a}", "\\", "::", "~", "=", "#", "####", "[", "{{\n", "// [tag:a]\n\n", "->", "%5"]
)
def test_nasty_megabytes_are_read(text: str) -> None:
    read(f"Q {text * (300_000 // len(text))}")
