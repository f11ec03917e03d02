"""What the thrifty driver writes puts the same picture on a terminal as what Textual wrote."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from lms_tui.tui.thrift import thrifty

_CODES = st.sampled_from(
    ["1", "2", "3", "4", "7", "9", "31", "44", "38;2;1;2;3", "48;2;9;8;7", "38;5;200", "97", "107"]
)
_STYLES = st.lists(_CODES, max_size=3).map(";".join)
_TEXTS = st.one_of(st.text("ab █", max_size=12), st.integers(0, 12).map(lambda blanks: "x" + " " * blanks))


def _piece(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


_LINES = st.lists(st.builds(_piece, _STYLES, _TEXTS), max_size=5).map("".join)
_FRAMES = st.lists(st.tuples(st.integers(1, 4), _LINES), min_size=1, max_size=5).map(
    lambda lines: "\n".join(f"\x1b[{row};1H{line}" for row, line in lines)
)


def _picture(frames: list[str]) -> list[list[pyte.screens.Char]]:
    screen = pyte.Screen(70, 5)
    stream = pyte.Stream(screen)
    for frame in frames:
        stream.feed(frame)
    return [[_seen(screen.buffer[y][x]) for x in range(70)] for y in range(5)]


def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A blank without a line or reversal looks the same in any front colour, bold or not."""
    if cell.data == " " and not (cell.underscore or cell.strikethrough or cell.reverse):
        return cell._replace(fg="default", bold=False, italics=False)
    return cell


@given(st.lists(_FRAMES, min_size=1, max_size=3))
def test_the_picture_is_the_same(frames: list[str]) -> None:
    assert _picture([thrifty(frame) for frame in frames]) == _picture(frames)
    assert _picture([thrifty(frame, erase=False) for frame in frames]) == _picture(frames)


@given(_FRAMES)
def test_no_frame_grows_and_each_ends_reset(frame: str) -> None:
    assert len(thrifty(frame)) <= len(frame)
    screen = pyte.Screen(70, 5)
    pyte.Stream(screen).feed(thrifty(frame))
    assert screen.cursor.attrs == screen.default_char


def test_a_page_of_a_theme_shrinks_to_its_text() -> None:
    style = "38;2;223;227;232;48;2;18;22;28"
    page = "\n".join(f"\x1b[{row};1H\x1b[{style}mRow {row}{' ' * 60}\x1b[0m" for row in range(1, 20))
    assert thrifty(page).count(style) == 1
    assert len(thrifty(page)) < len(page) / 4
    assert "X" not in thrifty(page, erase=False)


def test_what_is_no_style_passes_through_in_its_style() -> None:
    data = "\x1b[?2026h\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[31m\x1b[2K\x1b[0m\x1b[?2026l"
    assert thrifty(data) == "\x1b[?2026h\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[31m\x1b[2K\x1b[0m\x1b[?2026l"
