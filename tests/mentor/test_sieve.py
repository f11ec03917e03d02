"""Thinking and answer are told apart wherever the pieces are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.mentor.sieve import Sieve

CASES = {
    "Plain.": ("Plain.", ""),
    "<think>why</think>\n\nSo.": ("So.", "why"),
    "\n <think>a </thin b</think>So </think> <think>x": ("So </think> <think>x", "a </thin b"),
    "<thinking>": ("<thinking>", ""),
    "<thi": ("<thi", ""),
    "<think>never ends </th": ("", "never ends </th"),
    "<think></think> \n\t\n": ("", ""),
    "  \n\n    code\n": ("    code\n", ""),
    "\n": ("", ""),
    "a\0b\udc00c\ud83d": ("ab\ufffdc\ufffd", ""),
    "\ud83d\ude00 and <think>": ("😀 and <think>", ""),
}


def through(pieces: list[str]) -> tuple[str, str]:
    sieve = Sieve()
    found = [*map(sieve.let, pieces), sieve.end()]
    return "".join(piece.text for piece in found), "".join(piece.thinking for piece in found)


@pytest.mark.parametrize("written", CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1_000])
def test_what_is_written_comes_out_the_same_however_it_is_cut(written: str, size: int) -> None:
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert through(pieces) == CASES[written]


@given(st.lists(st.text(st.sampled_from("<think>/ \na\0\ud83d\ude00é"), max_size=9), max_size=12))
def test_cuts_change_nothing_and_all_that_comes_out_can_be_kept(pieces: list[str]) -> None:
    text, thinking = through(pieces)
    assert (text, thinking) == through(["".join(pieces)])
    (text + thinking).encode()
    assert "\0" not in text + thinking
    assert text == "" or text.strip() != ""


def test_a_word_is_not_held_back() -> None:
    sieve = Sieve()
    assert [sieve.let(piece).text for piece in ("Le", "ft", " <th", "ink>")] == ["Le", "ft", " <th", "ink>"]
    sieve = Sieve()
    assert [sieve.let(piece).thinking for piece in ("<think>", "so", " </", "b")] == ["", "so", " ", "</b"]
