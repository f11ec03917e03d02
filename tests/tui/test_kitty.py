"""Pictures in cells: what is told to a terminal, what it answers, and how cells of pictures are sent."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from tests.tui.pictures_kit import drawn, file, png_header
from tests.tui.test_repaint import Terminal
from textual import events

from lms_tui.tui import kitty
from lms_tui.tui.answers import Answers, Heard
from lms_tui.tui.graphics import may_ask
from lms_tui.tui.look import Look
from lms_tui.tui.pasting import PastingParser
from lms_tui.tui.pictures import NoPictureError, png
from lms_tui.tui.repaint import Picture
from lms_tui.wire.text import clean

OK = "\x1b_Gi=31;OK\x1b\\\x1bP>|ghostty 1.1.0\x1b\\\x1b[6;20;10t\x1b[?62;22c"


def keys(*pieces: str, expect: bool = True) -> tuple[list[str], list[Heard]]:
    """Return the keys that pieces of input are, and what was heard in them."""
    heard: list[Heard] = []
    answers = Answers()
    if expect:
        answers.expect(heard.append)
    parser = PastingParser(answers=answers)
    found = [event for piece in pieces for event in parser.feed(piece)]
    return [event.key for event in found if isinstance(event, events.Key)], heard


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 999])
def test_answers_are_heard_in_any_pieces_and_keys_around_them_are_keys(size: int) -> None:
    typed = f"a{OK[:12]}b{OK[12:]}c"
    pieces = [typed[at : at + size] for at in range(0, len(typed), size)]
    assert keys(*pieces) == (["a", "b", "c"], [Heard("i=31;OK", "ghostty 1.1.0", 10, 20, whole=True)])


def test_a_key_that_looks_like_an_answer_is_a_key_a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("lms_tui.tui.answers.time.monotonic", lambda: now)
    answers = Answers()
    answers.expect(lambda _: None)
    assert answers.without("x\x1b") == "x"
    assert answers.overdue() == ""
    now += 0.15
    assert answers.overdue() == "\x1b"
    assert answers.overdue() == ""
    now += 5
    assert answers.without("\x1b") == "\x1b", "long after the question Escape waits for nothing"
    assert answers.without("\x1b[?6") == ""
    now += 1.1
    assert answers.overdue() == "\x1b[?6"


def test_before_anything_was_asked_nothing_is_taken_out() -> None:
    assert Answers().without(OK) == OK


def test_what_is_pasted_is_no_answer() -> None:
    _, heard = keys(f"\x1b[200~{OK}\x1b[201~")
    assert heard == []


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("kitty(0.28.0)", True), ("kitty(0.27.1)", False), ("kitty(1.0.0)", True), ("ghostty 1.0.0", True),
        ("iTerm2 3.6.9", False), ("iTerm2 3.7.0", True), ("WezTerm 20240203", False), ("Konsole 24.02", False),
        ("", False),
    ],
)  # fmt: skip
def test_which_terminals_draw_pictures_in_cells(name: str, shows: bool) -> None:
    assert (kitty.cell_of(Heard("i=31;OK", name, 9, 18)) == kitty.Cell(9, 18)) is shows
    assert kitty.cell_of(Heard("i=31;EINVAL", name, 9, 18)) is None
    assert kitty.cell_of(Heard("", name), whatever_it_is=True) == kitty.Cell()


def test_the_marks_are_those_of_the_protocol() -> None:
    said = " ".join(f"{ord(mark):04X}" for mark in kitty.MARKS)
    assert said.startswith("0305 030D 030E 0310 0312 033D 033E 033F 0346 034A 034B 034C 0350 0351 0352 0357 035B 0363")
    assert len(kitty.MARKS) == 100
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == "8f385e7438c2ac6f", (
        "of the first 100 in the protocol's own list"
    )


@pytest.mark.parametrize(
    ("look", "environment", "kiosk", "may"),
    [
        (Look(), {"TERM": "xterm-kitty"}, False, True),
        (Look(), {"TERM": "xterm-kitty", "SSH_CONNECTION": "x"}, False, True),
        (Look(), {"TERM": "xterm-kitty", "SSH_CONNECTION": "x"}, True, False),
        (Look(), {"TERM": "xterm-256color", "TMUX": "x"}, False, False),
        (Look(), {"TERM": "screen-256color"}, False, False),
        (Look(), {"TERM": "linux"}, False, False),
        (Look(colours=0), {"TERM": "xterm-kitty"}, False, False),
        (Look(colours=0, pictures="kitty"), {"TERM": "xterm-kitty"}, False, False),
        (Look(ascii_only=True), {"TERM": "xterm-kitty"}, False, False),
        (Look(pictures="blocks"), {"TERM": "xterm-kitty"}, False, False),
        (Look(pictures="text"), {"TERM": "xterm-kitty"}, False, False),
        (Look(pictures="kitty"), {"TERM": "screen", "TMUX": "x"}, False, True),
    ],
)
def test_which_terminals_are_asked(look: Look, environment: dict[str, str], kiosk: bool, may: bool) -> None:
    assert may_ask(look, environment, kiosk=kiosk) is may


def test_a_picture_is_made_as_large_as_its_place_and_no_larger_than_it_is(tmp_path: Path) -> None:
    path = file(tmp_path, drawn(400, 100))
    for room, size, cells in (
        ((80, 24), (400, 100), (40, 5)),
        ((20, 24), (200, 50), (20, 3)),
        ((80, 2), (160, 40), (16, 2)),
    ):
        content, columns, rows = png(path, *room, (10, 20), few=False)
        image = Image.open(io.BytesIO(content))
        assert (image.size, (columns, rows), image.mode) == (size, cells, "RGB")
    into = io.BytesIO()
    Image.new("RGBA", (20, 20), (1, 2, 3, 0)).save(into, "PNG")
    content, *_ = png(file(tmp_path, into.getvalue()), 9, 9, (10, 20), few=False)
    assert Image.open(io.BytesIO(content)).getpixel((3, 3)) == (1, 2, 3, 0)


def test_nothing_but_what_is_seen_is_given_to_the_terminal(tmp_path: Path) -> None:
    into = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret words"
    Image.new("RGB", (20, 20)).save(into, "JPEG", exif=exif, icc_profile=b"profile", comment=b"secret words")
    content, *_ = png(file(tmp_path, into.getvalue()), 9, 9, (10, 20), few=False)
    assert b"secret" not in content
    assert b"iCCP" not in content


@pytest.mark.parametrize("content", [png_header(30_000, 30_000), drawn(300, 300)[:400], b"no picture", drawn(1, 1)])
def test_what_is_no_picture_is_none_here_too(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(NoPictureError):
        png(file(tmp_path, content), 9, 9, (10, 20), few=False)


def _page(top: int) -> str:
    number = 7 << 24 | 200
    picture = ["".join(segment.text for segment in line) for line in kitty.lines(number, 20, 4, None)]
    rows = (
        [f"line {number}".ljust(20) for number in range(4)]
        + picture
        + [f"line {9 + number}".ljust(20) for number in range(9)]
    )
    return "\n".join(f"\x1b[{y};1H\x1b[38;5;200m{row}\x1b[0m" for y, row in enumerate(rows[top : top + 8], 1))


def test_cells_of_a_picture_are_sent_once_and_scrolled_by_the_terminal() -> None:
    told, shown, picture = Terminal(), Terminal(), Picture()
    for top in (0, 1, 2, 3, 2, 1):
        told.feed(_page(top))
        shown.bytes = 0
        shown.feed(picture.frame(_page(top)))
        assert shown.picture() == told.picture()
        assert top == 0 or shown.bytes < 400, "a line of it, not the whole picture"
    assert picture.frame(_page(1)) == ""
    other = _page(1).replace("line 2", "line X")
    assert kitty.PLACE not in picture.frame(other)


def test_no_text_of_a_course_is_a_cell_of_a_picture() -> None:
    assert kitty.PLACE not in clean(f"a{kitty.PLACE}\u0305\u0305b")


def test_what_stands_beside_a_picture_changes_without_it() -> None:
    ((segment,), *_) = kitty.lines(7 << 24 | 200, 20, 1, None)
    picture = Picture()
    picture.frame(f"\x1b[1;1Hx{segment.text}")
    written = picture.frame(f"\x1b[1;1Hy{segment.text}")
    assert "y" in written
    assert kitty.PLACE not in written
