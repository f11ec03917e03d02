"""What is written puts the same picture on a terminal as what Textual wrote, frame after frame, in fewer bytes."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import set_cell_size

from lms_tui.tui.repaint import Picture

WIDTH, HEIGHT = 70, 8
_CODES = st.sampled_from(
    ["1", "2", "3", "4", "7", "9", "31", "44", "38;2;1;2;3", "48;2;9;8;7", "38;5;200", "97", "107"]
)
_STYLES = st.lists(_CODES, max_size=3).map(";".join)
_TEXTS = st.one_of(st.text("ab █é", max_size=12), st.integers(0, 12).map(lambda blanks: "x" + " " * blanks))


def _piece(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


_TEXT_LINES = st.lists(st.builds(_piece, _STYLES, _TEXTS), max_size=3).map("".join)
_FRAMES = st.lists(st.tuples(st.integers(1, HEIGHT), st.integers(1, 9), _TEXT_LINES), min_size=1, max_size=8).map(
    lambda lines: "".join(f"\x1b[{row};{column}H{line}" for row, column, line in lines)
)
_WIDE = st.lists(st.text("ab 漢字é\u0301", max_size=40), min_size=1, max_size=HEIGHT).map(
    lambda lines: "".join(f"\x1b[{y};1H{set_cell_size(' ' + text, WIDTH)}" for y, text in enumerate(lines, 1))
)
_ROWS = st.lists(st.sampled_from([f"{word:<{WIDTH}}" for word in ("", "one", "two", "three", "four", "five")]))
_SCROLLED = _ROWS.map(
    lambda rows: "\n".join(f"\x1b[{y};1H\x1b[31m{row}\x1b[0m" for y, row in enumerate(rows[:HEIGHT], 1))
)


class Terminal:
    """A terminal that is written to, with its screen."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)
        self.bytes = 0

    def feed(self, data: str) -> None:
        self.bytes += len(data)
        self._stream.feed(data)

    def picture(self) -> list[list[pyte.screens.Char]]:
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]


def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A blank without a line or reversal looks the same in any front colour, bold or not."""
    if cell.data == " " and not (cell.underscore or cell.strikethrough or cell.reverse):
        return cell._replace(fg="default", bold=False, italics=False)
    return cell


@pytest.mark.parametrize("erase", [True, False])
@given(frames=st.lists(st.one_of(_FRAMES, _WIDE, _SCROLLED), min_size=1, max_size=6))
def test_the_picture_is_the_same_after_each_frame(erase: bool, frames: list[str]) -> None:
    told, shown, picture = Terminal(), Terminal(), Picture(erase=erase)
    for frame in frames:
        told.feed(frame)
        shown.feed(picture.frame(frame))
        assert shown.picture() == told.picture()
        assert shown.screen.cursor.attrs == shown.screen.default_char


def _page(rows: list[str], *, top: int = 1) -> str:
    return "\n".join(f"\x1b[{y};1H\x1b[38;2;1;2;3;48;2;4;5;6m{row:<{WIDTH}}\x1b[0m" for y, row in enumerate(rows, top))


def test_the_same_frame_again_is_not_written() -> None:
    picture = Picture()
    picture.frame(_page(["one", "two"]) + "\x1b[1;3H")
    assert picture.frame(_page(["one", "two"]) + "\x1b[1;3H") == ""


def test_only_the_word_that_differs_is_written() -> None:
    picture = Picture()
    picture.frame(_page(["here one stands", "and two"]))
    written = picture.frame(_page(["here six stands", "and two"]))
    assert written == "\x1b[1;6H\x1b[38;2;1;2;3;48;2;4;5;6msix\x1b[2;71H\x1b[0m"


def test_lines_that_move_are_moved_by_the_terminal() -> None:
    words = [f"This is line number {number} of a long text" for number in range(20)]
    for way in (1, -1, 2):
        terminal, picture = Terminal(), Picture()
        terminal.feed(picture.frame(_page(words[5 : 5 + HEIGHT])))
        terminal.bytes = 0
        terminal.feed(picture.frame(_page(words[5 + way : 5 + way + HEIGHT])))
        assert terminal.lines() == words[5 + way : 5 + way + HEIGHT]
        assert terminal.bytes < 100 * abs(way)


def test_what_was_forgotten_is_written_again() -> None:
    terminal, picture = Terminal(), Picture()
    picture.frame(_page(["one", "two"]))
    picture.forget()
    terminal.feed(picture.frame(_page(["one", "two"])))
    assert terminal.lines()[:2] == ["one", "two"]


@given(st.integers(WIDTH - 4, WIDTH + 40), st.integers(HEIGHT - 2, HEIGHT + 9), st.text("ab漢①", min_size=1))
def test_a_frame_of_the_size_before_spoils_nothing(columns: int, rows: int, text: str) -> None:
    late = _page([set_cell_size(f"{y}{text * columns}", columns) for y in range(1, rows + 1)])
    wanted = [f"{word:{WIDTH}}" for word in ("one", "two", "three", *[""] * (HEIGHT - 4), f"{HEIGHT}")]
    for wraps in ("\x1b[?7h", "\x1b[?7l"):
        terminal, picture = Terminal(), Picture()
        picture.resized(WIDTH, HEIGHT)
        for frame in (wraps, _page(wanted[::-1]), f"{late}\x1b[{rows};{columns}H", _page(wanted)):
            terminal.feed(picture.frame(frame))
        assert terminal.screen.display == wanted


def test_half_of_a_wide_character_is_not_begun_at_the_edge() -> None:
    picture = Picture()
    picture.resized(WIDTH, HEIGHT)
    assert "漢" not in picture.frame(f"\x1b[1;1H{'x' * (WIDTH - 1)}漢")
    assert "漢" in picture.frame(f"\x1b[1;1H{'x' * (WIDTH - 2)}漢")


@pytest.mark.parametrize("sequence", ["\x1b[2J", "\x1b[?1049h", "\x1bc"])
def test_what_may_clear_the_screen_is_followed_by_all_of_it(sequence: str) -> None:
    terminal, picture = Terminal(), Picture()
    for data in (_page(["one", "two"]), sequence, _page(["one", "two"])):
        terminal.feed(picture.frame(data))
    assert terminal.lines()[:2] == ["one", "two"]


def test_what_changes_no_cell_passes_and_nothing_is_forgotten() -> None:
    picture = Picture()
    picture.frame(_page(["one"]))
    for sequence in ("\x1b[?25l", "\x1b]22;default\x07", "\x1b]52;c;eA==\x07", "\x1b[>1u", "\x1b[?2026$p"):
        assert picture.frame(sequence) == sequence
    assert picture.frame(_page(["one"])) == ""


def test_a_line_with_a_character_of_unsure_width_is_written_as_a_whole() -> None:
    picture = Picture()
    picture.frame(_page(["a ❤️ and one"]))
    assert "a ❤️ and two" in picture.frame(_page(["a ❤️ and two"]))
    assert "plain two" in picture.frame(_page(["plain two"]))


def test_a_page_of_a_theme_shrinks_to_its_text() -> None:
    style = "38;2;223;227;232;48;2;18;22;28"
    page = "\n".join(f"\x1b[{row};1H\x1b[{style}mRow {row}{' ' * 60}\x1b[0m" for row in range(1, 20))
    assert Picture().frame(page).count(style) == 1
    assert len(Picture().frame(page)) < len(page) / 4
    assert "X" not in Picture(erase=False).frame(page)
