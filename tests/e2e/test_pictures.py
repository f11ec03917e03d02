"""Pictures of a lesson on a real pseudo-terminal, whose other end answers and draws as kitty does."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.painted import ASKED, KITTY, Painted
from tests.e2e.pictured import SIZES, source
from tests.e2e.terminal import until

Open = Callable[..., Painted]
_CELLS = {"a": (21, 4), "b": (9, 2)}
"""Columns and rows of the pictures, in cells of 10 x 20 pixels."""


@pytest.fixture
def open_(tmp_path: Path) -> Iterator[Open]:
    """Opens the lesson on a terminal; `more` goes into its environment."""
    opened: list[Painted] = []
    kept = {"PATH", "HOME", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL"}
    here = {name: value for name, value in os.environ.items() if name in kept} | {"LANG": "C.UTF-8"}

    def make(answer: bytes = b"", *, piece: int = 999, typed: str = "", **more: str) -> Painted:
        command = [sys.executable, "-m", "tests.e2e.pictured", str(tmp_path)]
        terminal = Painted(command, here | more, answer, piece=piece, typed=typed)
        opened.append(terminal)
        terminal.see("Before")
        return terminal

    yield make
    for terminal in opened:
        terminal.close()


def whole(columns: int, rows: int) -> set[tuple[int, int]]:
    return {(row, column) for row in range(rows) for column in range(columns)}


def is_source(terminal: Painted, number: int, name: str) -> bool:
    return terminal.images[number].convert("RGB").tobytes() == source(name).tobytes()


def test_a_picture_is_sent_once_when_one_comes_to_it_and_freed_when_one_leaves(open_: Open) -> None:
    terminal = open_(KITTY)
    until(terminal, lambda: bool(terminal.shown()), "the first picture")
    ((first, parts),) = terminal.shown().items()
    assert parts == whole(*_CELLS["a"])
    assert terminal.images[first].info["cells"] == _CELLS["a"]
    assert is_source(terminal, first, "a")
    terminal.press("down", "down", "down", "down")
    until(terminal, lambda: len(terminal.shown().get(first, ())) == 2 * _CELLS["a"][0], "half of it, scrolled")
    assert terminal.sent == 1, "nobody has come to the second"
    for _ in range(9):
        terminal.press("pagedown")
    until(terminal, lambda: not terminal.shown(), "the end, behind both")
    assert terminal.sent == 2
    terminal.press("home")
    until(terminal, lambda: terminal.shown() == {first: whole(*_CELLS["a"])}, "the first again")
    assert terminal.sent == 2
    (second,) = terminal.images.keys() - {first}
    assert is_source(terminal, second, "b")
    length = len(terminal.output)
    terminal.press("escape")
    terminal.see("Browse the catalog")
    until(terminal, lambda: not terminal.images, "both freed")
    assert b"AAAA" not in terminal.output[length:]


def test_ending_the_program_frees_pictures(open_: Open) -> None:
    terminal = open_(KITTY)
    until(terminal, lambda: bool(terminal.shown()), "the picture")
    terminal.press("ctrl+q")
    assert terminal.wait() == 0
    assert terminal.images == {}


@pytest.mark.parametrize("piece", [1, 7])
def test_an_answer_in_pieces_is_no_key_and_keys_behind_it_are_not_lost(open_: Open, piece: int) -> None:
    terminal = open_(KITTY, piece=piece, typed="G")
    terminal.see("Paragraph 29[^$]*d done")
    assert "Before" not in terminal.text
    terminal.press("home")
    until(terminal, lambda: whole(*_CELLS["a"]) in terminal.shown().values(), "the picture")


def test_keys_typed_while_nobody_answers_act_at_once(open_: Open) -> None:
    terminal = open_()
    until(terminal, lambda: ASKED in terminal.output)
    began = time.monotonic()
    terminal.press("j", "j")
    until(terminal, lambda: "Before" not in terminal.text)
    assert time.monotonic() - began < 0.8
    terminal.press("home")
    terminal.see("▀")
    assert terminal.shown() == {}
    assert terminal.sent == 0


def test_an_answer_that_comes_late_is_no_key_and_counts_for_the_next_lesson(open_: Open) -> None:
    terminal = open_()
    terminal.see("▀")
    while terminal._read(0.5):
        pass
    before = terminal.text
    terminal.answer(KITTY)
    terminal.press("down", "up")
    assert terminal.text == before
    terminal.resize(70, 24)
    until(terminal, lambda: bool(terminal.shown()), "the picture itself")


@pytest.mark.parametrize(
    "answer",
    [
        KITTY.replace(b"kitty(0.35.2)", b"WezTerm 20240203-110809-5046fc22"),
        KITTY.replace(b"kitty(0.35.2)", b"Konsole 24.02.1"),
        KITTY.replace(b"kitty(0.35.2)", b"kitty(0.27.1)"),
        KITTY.replace(b"OK", b"EINVAL:no"),
        b"\x1b[?64;4;6;22c",
    ],
    ids=["wezterm", "konsole", "old kitty", "refused", "sixel alone"],
)
def test_a_terminal_that_draws_no_pictures_in_cells_gets_half_blocks(open_: Open, answer: bytes) -> None:
    terminal = open_(answer)
    terminal.see("▀")
    assert (terminal.shown(), terminal.sent) == ({}, 0)


@pytest.mark.parametrize(
    ("environment", "shows"),
    [
        ({"LMS_TUI_PICTURES": "blocks"}, "▀"),
        ({"LMS_TUI_PICTURES": "text"}, r"image 1: A\]\s+Between"),
        ({"TMUX": "/tmp/x"}, "▀"),
        ({"KIOSK": "1", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "▀"),
        ({"NO_COLOR": "1"}, r"image 1: A\]\s+Between"),
    ],
)
def test_where_it_is_not_wanted_nothing_is_even_asked(open_: Open, environment: dict[str, str], shows: str) -> None:
    terminal = open_(KITTY, **environment)
    terminal.see(shows)
    terminal.press("down", "up")
    assert ASKED not in terminal.output
    assert terminal.sent == 0


def test_who_says_that_the_terminal_is_one_is_believed(open_: Open) -> None:
    terminal = open_(b"\x1b[?62;c", LMS_TUI_PICTURES="kitty")
    until(terminal, lambda: bool(terminal.shown()), "the picture")


def test_another_size_makes_it_anew_and_frees_the_old_one(open_: Open) -> None:
    terminal = open_(KITTY)
    until(terminal, lambda: bool(terminal.shown()), "the picture")
    terminal.resize(20, 24)

    def is_smaller() -> bool:
        return [image.info["cells"] for image in terminal.images.values()] == [(18, 3)] and bool(terminal.shown())

    until(terminal, is_smaller, "a smaller one")
    ((number, parts),) = terminal.shown().items()
    assert parts == whole(18, 3)
    until(terminal, lambda: not terminal.strays(), "nothing left of the one before")
    wide, high = SIZES["a"]
    assert abs(terminal.images[number].width / terminal.images[number].height - wide / high) < 0.2


def test_drawing_anew_sends_it_again(open_: Open) -> None:
    terminal = open_(KITTY)
    until(terminal, lambda: bool(terminal.shown()), "the picture")
    terminal.press("ctrl+l")
    until(terminal, lambda: terminal.sent == 2, "it again")
    assert len(terminal.images) == 1


def test_a_picture_alone_is_as_large_as_it_is_and_freed_alone(open_: Open) -> None:
    terminal = open_(KITTY)
    until(terminal, lambda: bool(terminal.shown()), "the picture")
    terminal.press("o")
    terminal.see("Open what")
    terminal.press("down", "enter")
    until(terminal, lambda: terminal.sent == 2, "b alone")
    until(terminal, lambda: whole(*_CELLS["b"]) in terminal.shown().values())
    terminal.press("escape")
    until(terminal, lambda: whole(*_CELLS["a"]) in terminal.shown().values() and len(terminal.images) == 1)
    until(terminal, lambda: not terminal.strays(), "nothing left of the one before")


def test_over_ssh_a_picture_has_few_colours(open_: Open) -> None:
    terminal = open_(KITTY, SSH_CONNECTION="1.2.3.4 5 6.7.8.9 22")
    until(terminal, lambda: bool(terminal.shown()), "the picture")
    (image,) = terminal.images.values()
    assert image.mode == "P"
