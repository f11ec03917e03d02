"""What of a question the mentor is told: never what its blanks accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.mentor_facts import answer_text, without_accepted


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("On ___ lie towns", "On ___ lie towns"),
        ("On [zanzibar] lie ___ towns of [spice]", "On ___ lie ___ towns of ___"),
        ("Index [a[0]] of a", "Index ___ of a"),
        ("It is [a]b] here", "It is ___ here"),
        ("An open [ bracket", "An open ___ bracket"),
        ("A closed ] one", "A closed ___ one"),
        ("", ""),
    ],
)
def test_whatever_stands_in_brackets_is_a_blank(title: str, told: str) -> None:
    assert without_accepted(title) == told


@given(st.text("ab []"), st.text("xy[]", min_size=1), st.text("ab []"))
def test_no_letter_of_an_accepted_text_is_told(before: str, accepted: str, after: str) -> None:
    told = without_accepted(f"{before}[{accepted}]{after}", brackets=bool(set("[]") & set(accepted)))
    assert not set("xy[]") & set(told)


def test_an_accepted_text_with_brackets_hides_all_from_the_first_to_the_last() -> None:
    assert without_accepted("In []x[] it is", brackets=True) == "In ___ it is"
    assert without_accepted("a [b]x[c] d", brackets=True) == "a ___ d"
    assert without_accepted("no blank", brackets=True) == "no blank"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([(None, None)], ""),
        ([("b", None), ("c", None)], "b; c"),
        ([("Water is wet", "true"), ("Fire is cold", "true")], "Water is wet: true; Fire is cold: true"),
        ([(None, " 3 "), (None, None), (None, "x")], "3; x"),
        ([(None, "x" * 999)], "x" * 300),
    ],
)
def test_an_answer_in_words(rows: list[tuple[str | None, str | None]], text: str) -> None:
    assert answer_text(rows) == text
