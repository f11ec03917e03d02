"""Kinds, markers, groups of accepted texts, and the order of options."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.questions import Option, Question, kind_of, shown
from lms_tui.wire.quizzes import Kind

ATTEMPT = UUID(int=7)


def options(*pairs: tuple[str, bool], orders: tuple[int | None, ...] | None = None) -> tuple[Option, ...]:
    return tuple(
        Option(uuid5(ATTEMPT, f"{place}"), text, right, orders[place] if orders else place + 1)
        for place, (text, right) in enumerate(pairs)
    )


def question(kind: str, *pairs: tuple[str, bool], title: str = "Q", description: str = "") -> Question:
    return Question(UUID(int=1), kind, title, description, 1, options(*pairs))


TF = (("True", True), ("False", False))


@pytest.mark.parametrize(
    ("type_name", "pairs", "kind"),
    [
        ("multiple-choice", [("a", True), ("b", False)], Kind.CHOOSE_ONE),
        ("MULTIPLE_CHOICE", [("a", True), ("b", True)], Kind.CHOOSE_ALL),
        ("multipleChoice", [("a", False)], Kind.CHOOSE_ONE),
        ("true_false", TF, Kind.CHOOSE_ONE),
        ("True-False", [(" FALSE ", False), ("true", True)], Kind.CHOOSE_ONE),
        ("true-false", [("The sky is blue", True), ("False", False)], Kind.STATEMENTS),
        ("true-false", [*TF, ("true", True)], Kind.STATEMENTS),
        ("fill_blank", [("a", True)], Kind.BLANKS),
        ("Scale", [], Kind.SCALE),
        ("essay", TF, Kind.TEXT),
    ],
)
def test_kinds(type_name: str, pairs: list[tuple[str, bool]], kind: Kind) -> None:
    assert kind_of(type_name, options(*pairs)) is kind


@pytest.mark.parametrize(
    ("type_name", "pairs", "gradable"),
    [
        ("multiple-choice", [("a", False)], False),
        ("multiple-choice", [("a", True)], True),
        ("true-false", [], False),
        ("true-false", [("all are false", False)], True),
        ("fill-blank", [("a", False), ("  ", True)], False),
        ("scale", [("low", False)], True),
        ("essay", [], True),
    ],
)
def test_what_has_a_right_answer(type_name: str, pairs: list[tuple[str, bool]], gradable: bool) -> None:
    assert question(type_name, *pairs).is_gradable is gradable


@pytest.mark.parametrize(
    ("title", "accepted", "seen", "blanks"),
    [
        ("A _____ join", ["left"], "A ___ join", 1),
        ("A [left] and a[0]", ["left"], "A ___ and a[0]", 1),
        ("A [ LEFT ] join", ["left"], "A ___ join", 1),
        ("[a[0]] is first, [b] not", ["a[0]"], "___ is first, [b] not", 1),
        ("[a][b]", ["a", "b"], "___ ___", 2),
        ("[a]___", ["a"], "___ ___", 2),
        ("See [the docs](x)", ["left"], "See [the docs](x)", 1),
        ("About [3.14]", ["#3.14:0.01"], "About ___", 1),
        ("A [left outer] join", ["#~left*"], "A ___ join", 1),
        ("A [#tag]", ["#~#tag"], "A ___", 1),
        ("Any [note]", ["#~*"], "Any [note]", 1),
        ("snake_case __init__", ["x"], "snake_case __init__", 1),
    ],
)
def test_markers(title: str, accepted: list[str], seen: str, blanks: int) -> None:
    asked = question("fill-blank", *((text, True) for text in accepted), title=title)
    sent = shown(asked, ATTEMPT, 1)
    assert (sent.title, sent.blanks, sent.options) == (seen, blanks, [])


def test_the_description_has_the_blanks_where_the_title_has_none() -> None:
    asked = question("fill-blank", ("a", True), ("b", True), title="Fill in", description="[a] then ___")
    assert shown(asked, ATTEMPT, 1).description == "___ then ___"
    assert (asked.blanks, asked.accepted) == (2, (("a",), ("b",)))
    both = question("fill-blank", ("a", True), title="One ___", description="Not [A], [A]!")
    assert (both.texts[1], both.blanks) == ("Not ___, ___!", 1)


@pytest.mark.parametrize(
    ("orders", "groups"),
    [
        ((1, 1, 2), (("a", "b"), ("c",))),
        ((2, 1, 2), (("b",), ("a", "c"))),
        ((0, 0, 1), (("a", "b"), ("c",))),
        ((None, None, None), (("a",), ("b",))),
        ((1, None, 1), (("a", "c"), ("b",))),
        ((2, 2, 2), ((), ("a", "b", "c"))),
        ((1, 2, 3), (("a",), ("b",))),
    ],
)
def test_groups_of_two_blanks(orders: tuple[int | None, ...], groups: tuple[tuple[str, ...], ...]) -> None:
    asked = Question(
        UUID(int=1), "fill-blank", "___ and ___", "", 1, options(("a", True), ("b", True), ("c", True), orders=orders)
    )
    assert asked.accepted == groups
    assert asked.is_gradable is all(groups)


def test_the_order_of_a_choice_is_the_attempts_and_never_changes() -> None:
    asked = question("multiple-choice", *((letter, letter == "a") for letter in "abcdef"))
    first = "".join(option.text for option in shown(asked, ATTEMPT, 1).options)
    assert first == "fbaedc"  # from hashes alone: the same in every version of Python
    orders = {"".join(option.text for option in shown(asked, UUID(int=n), 1).options) for n in range(50)}
    assert len(orders) > 40


@pytest.mark.parametrize("type_name", ["true-false", "scale", "multiple-choice"])
def test_true_and_false_stand_as_written(type_name: str) -> None:
    for number in range(8):
        sent = shown(question(type_name, *TF), UUID(int=number), 1)
        assert [option.text for option in sent.options] == ["True", "False"]


def test_statements_and_scales_stand_as_written() -> None:
    for type_name in ("true-false", "scale"):
        asked = question(type_name, *((letter, False) for letter in "abcdef"))
        assert "".join(option.text for option in shown(asked, ATTEMPT, 1).options) == "abcdef"


@given(st.permutations(range(6)), st.uuids())
def test_the_order_does_not_depend_on_which_is_right_or_how_they_stood(places: list[int], attempt: UUID) -> None:
    plain = options(*((letter, letter == "a") for letter in "abcdef"))
    moved = tuple(Option(plain[n].id, plain[n].text, plain[n].text == "f", None) for n in places)
    one, other = (Question(UUID(int=1), "multiple-choice", "Q", "", 1, some) for some in (plain, moved))
    assert shown(one, attempt, 1) == shown(other, attempt, 1)


@given(st.text(alphabet="ab[]_ ", max_size=40), st.lists(st.text(alphabet="ab[] ", min_size=1, max_size=4)))
def test_no_marker_is_left_and_their_number_is_what_is_seen(title: str, accepted: list[str]) -> None:
    asked = question("fill-blank", *((text, True) for text in accepted), title=title)
    seen = asked.texts[0]
    again = question("fill-blank", *((text, True) for text in accepted), title=seen)
    assert again.blanks == asked.blanks
    assert not any(f"[{text}]" in seen for text in accepted if text.strip() and not set(text) & set("[] "))
