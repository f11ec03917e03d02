"""Text from courses and people is data: cleaned on its way in, and once more in every line on its way out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from lms_tui.tui import content
from lms_tui.tui.filters import AsciiFilter, NoColours, SafetyFilter, SixteenColours, line_filters
from lms_tui.tui.glyphs import ASCII_LOOKALIKES
from lms_tui.tui.text.parse import parse
from lms_tui.wire.text import clean, clean_line

BLACK = Color(0, 0, 0)
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("\x1b[31mred\x1b]8;;http://x\x07", "[31mred]8;;http://x"),
        ("\x9b31m", "31m"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("tab\tstays", "tab\tstays"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("\u2066isolate\u2069", "isolate"),
        ("ze\u200bro\u2060 \ufeffwidth\u00ad", "zero width"),
        ("\ud800lone", "\ufffdlone"),
        ("👨\u200d👩 ❤\ufe0f", "👨👩 ❤"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("z" + "\u0301" * 40, "z" + "\u0301" * 4),
    ],
)
def test_cleaning(foreign: str, shown: str) -> None:
    assert clean(foreign) == shown


@given(ANY_TEXT)
def test_clean_text_is_safe_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert not UNSAFE.search(cleaned)
    assert clean(cleaned) == cleaned
    assert "\n" not in clean_line(text)
    cleaned.encode()


def test_entities_of_an_html_lesson_are_no_controls() -> None:
    text = "<pre><code>a&#27;[66;6n&#8238;&#7;b</code></pre><p>c&#27;[66;6n&#x202e;</p>"
    said = [node.content for node in parse(text, "html").walk() if node.type in {"fence", "code_block", "text"}]
    assert "".join(said).replace("\n", "") == "a[66;6nbc[66;6n"


def test_content_is_no_markup() -> None:
    hostile = "[@click=app.bell]x[/] [/ [b]\x1b[2J"
    assert content.line(hostile).plain == "[@click=app.bell]x[/] [/ [b][2J"
    assert not content.line(hostile).spans
    assert content.joined("by ", "a\nb", content.line("!", "bold")).plain == "by a b!"
    assert content.plain("a\nb").plain == "a\nb"


@given(st.lists(ANY_TEXT, max_size=4))
def test_a_filtered_line_is_safe_and_as_wide_as_before(texts: list[str]) -> None:
    segments = [Segment(text, Style(bold=True)) for text in texts]
    filtered = SafetyFilter().apply(segments, BLACK)
    text = "".join(segment.text for segment in filtered)
    assert not UNSAFE.search(text)
    assert "\n" not in text
    assert "\t" not in text
    assert sum(map(cell_len, (s.text for s in segments))) == sum(map(cell_len, (s.text for s in filtered)))


def test_a_clean_line_is_not_touched_and_a_link_goes() -> None:
    segments = [Segment("plain · ✓", Style(bold=True))]
    assert SafetyFilter().apply(segments, BLACK) is segments
    (linked,) = SafetyFilter().apply([Segment("x", Style(link="http://evil", bold=True))], BLACK)
    assert linked.style is not None
    assert linked.style.link is None
    assert linked.style.bold


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"]), max_size=40))
def test_ascii_is_ascii_of_the_same_width(text: str) -> None:
    (segment,) = AsciiFilter().apply([Segment(text)], BLACK)
    assert segment.text.isascii()
    assert sum(cell_len(character) for character in text) == len(segment.text)


def test_each_mark_has_a_look_alike_of_its_own_width() -> None:
    assert all(cell_len(mark) == 1 == len(ascii_mark) for mark, ascii_mark in ASCII_LOOKALIKES.items())
    (segment,) = AsciiFilter().apply([Segment("│▌✓ é 漢 — 61 █░")], BLACK)
    assert segment.text == "||v e ?? - 61 #."


def test_no_colour_means_none() -> None:
    (segment,) = NoColours().apply([Segment("x", Style(color="red", bgcolor="#123456", bold=True))], BLACK)
    assert segment.style is not None
    assert segment.style.bold
    assert segment.style.color is not None
    assert segment.style.color.is_default
    assert segment.style.bgcolor is not None
    assert segment.style.bgcolor.is_default


def test_sixteen_colours_never_hide_a_text() -> None:
    for front, back in (("#101010", "#000000"), ("#fefefe", "#ffffff"), ("#e02020", "#d01010"), ("#808080", "#7a7a7a")):
        (segment,) = SixteenColours().apply([Segment("x", Style(color=front, bgcolor=back))], BLACK)
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        assert segment.style.color.triplet is None
        assert segment.style.color != segment.style.bgcolor or segment.style.color.is_default


def test_the_filters_of_a_terminal() -> None:
    def kinds(filters: object) -> list[type[LineFilter]]:
        return [type(one) for one in filters]  # type: ignore[attr-defined]

    assert kinds(line_filters(ascii_only=False, colours=1 << 24)) == [SafetyFilter]
    assert kinds(line_filters(ascii_only=True, colours=16)) == [SafetyFilter, AsciiFilter, SixteenColours]
    assert kinds(line_filters(ascii_only=False, colours=0)) == [SafetyFilter, NoColours]
