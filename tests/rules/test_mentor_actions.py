"""Recommended actions in one column: readable as text, and read back as they were."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from lms_tui.rules.mentor_actions import as_text, from_text, without_ids
from lms_tui.wire.text import clean_line

JOINS = UUID("6f1c0c1e-0000-4000-8000-00000000000a")
ACTIONS = st.text(max_size=80).map(clean_line).filter(bool)
LESSONS = st.none() | st.tuples(st.uuids(), st.text(max_size=40))


def test_what_stands_in_the_column() -> None:
    text = as_text([("Draw both tables.", None), ("Read it again.", (JOINS, "Outer (left) joins,\nand more"))])
    assert text == f"- Draw both tables.\n- Read it again. (lesson: Outer [left] joins, and more, {JOINS})"
    assert list(from_text(text)) == [("Draw both tables.", None), ("Read it again.", JOINS)]
    assert without_ids(text) == "- Draw both tables.\n- Read it again. (lesson: Outer [left] joins, and more)"
    assert without_ids(f"{text}\n- {JOINS}") == f"{without_ids(text)}\n- {JOINS}"


@given(st.lists(st.tuples(ACTIONS, LESSONS), max_size=8))
def test_it_is_read_back_as_it_was(actions: list[tuple[str, tuple[UUID, str] | None]]) -> None:
    wanted = [(action, lesson and lesson[0]) for action, lesson in actions]
    assert list(from_text(as_text(actions))) == wanted


def test_words_that_look_like_a_lesson_lead_nowhere() -> None:
    faked = f"Read it. (lesson: Joins, {JOINS})"
    assert list(from_text(as_text([(faked, None)]))) == [(f"{faked}.", None)]
    own = uuid4()
    assert list(from_text(as_text([(faked, (own, "Own"))]))) == [(faked, own)]


def test_what_another_program_wrote() -> None:
    assert list(from_text(None)) == list(from_text(" \n\t\n")) == []
    told = "1. Read chapter 2\n\n* Ask a colleague\r\n2) Try it\n-5 is no mark\x1b[2J\nPlain"
    assert [action for action, _ in from_text(told)] == [
        "Read chapter 2",
        "Ask a colleague",
        "Try it",
        "-5 is no mark[2J",
        "Plain",
    ]
    assert len(list(from_text("x\n" * 500))) == 20
    assert len(next(from_text("x" * 5_000))[0]) == 1_000


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(action == clean_line(action) for action, _ in from_text(text))
