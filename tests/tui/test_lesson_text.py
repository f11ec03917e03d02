"""Lessons as lines: what each construct shows, that nothing in a text can break it, and how it is read."""

from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.find import find
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import TextFormat, parse
from lms_tui.tui.text.place import Place
from lms_tui.tui.widgets.lesson_text import LessonText

pytestmark = pytest.mark.anyio


class Reader(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.text = LessonText()
        self.ends = 0

    def compose(self) -> ComposeResult:
        yield self.text

    def on_mount(self) -> None:
        self.text.focus()

    def on_lesson_text_reached_end(self) -> None:
        self.ends += 1

    def lines(self) -> list[str]:
        return [self.text.render_line(y).text.rstrip() for y in range(self.text.size.height)]


async def settled(app: Reader, pilot: Pilot[None]) -> None:
    while not app.text.complete:
        await pilot.pause()
    await pilot.pause()


async def shown(app: Reader, pilot: Pilot[None], text: str, text_format: TextFormat = "markdown") -> None:
    app.text.set_document(text, text_format)
    await settled(app, pilot)


@pytest.fixture(scope="module")
def palette() -> Palette:
    return Palette.of(App())


def lines(palette: Palette, text: str, width: int = 40, text_format: TextFormat = "markdown") -> list[str]:
    return [line.text.rstrip() for line in render(parse(text, text_format), width, palette)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title", ["Title", "━━━━━"]),
        ("one\ntwo  \nthree", ["one two", "three"]),
        ("- a\n- b\n  1. c\n\n     d", ["• a", "• b", "  1. c", "", "     d"]),
        ("9. a\n10. b", [" 9. a", "10. b"]),
        ("- [ ] open\n- [x] done\n  more\n- plain", ["[ ] open", "[x] done more", "• plain"]),
        ("1. [x] done\n   - [ ] open", ["1. [x] done", "       [ ] open"]),
        ("Term\n: what it is\n: or is not\n\nOther\n: x", ["Term", "  what it is", "  or is not", "", "Other", "  x"]),
        (">" * 30 + " deep", ["│ " * 30 + "deep"]),
        ("[x](javascript:alert)", ["[x](javascript:alert)"]),
        ("> a\n>\n> b", ["│ a", "│", "│ b"]),
        ("***", ["─" * 40]),
        ("```\n\ta\n```", ["      a"]),
        ("```sql\nSELECT 1;\n\nSELECT 2;\n```", ["  SELECT 1;", "", "  SELECT 2;"]),
        ("```klingon {x}\nqapla\n```", ["  qapla"]),
        ("![a cat](c.png) ![](dir/d.png)", ["[image: a cat] [image: d.png]"]),
        ("a <img src='c.png' alt='b <i> &amp; c'> d", ["a [image: b <i> & c] d"]),
        ("a\n\n<img\n src=c.png\n alt=b>\n<IMG src='d.png'/>", ["a", "", "[image: b]", "[image: d.png]"]),
        ("![a **b** `c`](c.png)", ["[image: a b c]"]),
        (f"![](courses/x/{'0' * 64}.png)", ["[image: no description]"]),
        ("&lt;b&gt; &amp; &copy; &#27;[31m &#x202e;x", ["<b> & © \ufffd[31m x"]),
        ("[a](u) [b](v) [c](u)", ["a[1] b[2] c[1]", "", "Links", "[1] u", "[2] v"]),
        ("x[^n]\n\n[^n]: note", ["x^1", "", "─" * 24, "^1 note"]),
        ("~~no~~ `co  de`", ["no co de"]),
        ("a<br>b <kbd>k</kbd>", ["a", "b k"]),
        ("<div>in <b>html</b></div>\n\n<script>alert(1)</script>", ["in html", ""]),
        (
            "| a | b |\n|---|--:|\n| x | 10 |\n| y |",
            ["┌───┬────┐", "│ a │  b │", "├───┼────┤", "│ x │ 10 │", "│ y │    │", "└───┴────┘"],
        ),
        ("[@click=app.bell]x[/] [bold", ["[@click=app.bell]x[/] [bold"]),
    ],
)
def test_what_markdown_shows(palette: Palette, text: str, expected: list[str]) -> None:
    assert lines(palette, text) == expected


_PIECES = st.sampled_from(
    [
        "# ",
        "- ",
        "1. ",
        "> ",
        "```\n",
        "```py\n",
        "| a | b |\n|---|---|\n",
        "| ",
        "[x](y)",
        "![",
        "](",
        "[^1]",
        "[^1]: ",
        "**",
        "~~",
        "`",
        "<div>",
        "</div>\n",
        "<br>",
        "<!--",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "- [ ] ",
        "&#27;",
        "&#x9b;",
        "漢字",
        "👨\u200d👩",
        "\x1b[31m",
        "\u202e",
        "\ud800",
        "---\n",
        "word " * 9,
        "long" * 30,
        "e\u0301" * 9,
        "\u00ad",
        "[@click=x]",
    ]
)


@pytest.mark.parametrize("text_format", ["markdown", "html"])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(parts=st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=25), width=st.integers(1, 100))
def test_no_text_crashes_it_leaves_the_width_or_steers_the_terminal(
    palette: Palette, text_format: TextFormat, parts: list[str], width: int
) -> None:
    for line in render(parse("".join(parts), text_format), width, palette):
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line.text)
        assert "\u202e" not in line.text
        length = cell_len(line.text)
        assert length <= max(8, width) or length <= line.wide


async def test_wide_tables_move_sideways_and_say_what_is_out_of_sight() -> None:
    app = Reader()
    async with app.run_test(size=(44, 12)) as pilot:
        await shown(
            app, pilot, "| " + " | ".join(f"column {at}" for at in range(6)) + " |\n" + "|---" * 6 + "|\n\nprose"
        )
        hint = next(line for line in app.lines() if "more characters" in line)
        assert hint.strip() == "→ 27 more characters"
        await pilot.press("right")
        assert next(line for line in app.lines() if "more characters" in line).strip() == "← 8   → 19 more characters"
        row = next(line for line in app.lines() if "column 1" in line).strip()
        assert (row[0], row[-1]) == ("‹", "›")
        assert "  prose" in app.lines()
        await pilot.press(*["greater_than_sign"] * 9)
        assert any(line.endswith("column 5 │") for line in app.lines())
        assert not any("more characters" in line for line in app.lines())
        await pilot.press(*["less_than_sign"] * 9)
        assert any(line.startswith("  │ column 0") for line in app.lines())


LONG = "\n\n".join(f"## Part {at}\n\n" + f"word{at} " * 60 for at in range(30))


async def test_reading_keys_headings_and_the_end() -> None:
    app = Reader()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, LONG)
        assert [title for _, title, _ in app.text.headings] == [f"Part {at}" for at in range(30)]
        await pilot.press("down", "j", "k")
        assert app.text.line == 1
        await pilot.press("space")
        assert app.text.line == 19
        await pilot.press("b", "b")
        assert app.text.line == 0
        app.text.goto_heading(7)
        assert app.lines()[0].strip() == "Part 7"
        assert app.ends == 0
        await pilot.press("end")
        await pilot.pause()
        assert app.ends == 1
        assert app.text.fraction == 1
        await pilot.press("home", "end")
        await pilot.pause()
        assert app.ends == 1


async def test_a_short_text_is_at_its_end_at_once() -> None:
    app = Reader()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, "short")
        assert app.ends == 1
        await shown(app, pilot, "")
        assert app.ends == 2


async def test_a_new_width_keeps_the_place() -> None:
    app = Reader()
    async with app.run_test(size=(100, 20)) as pilot:
        await shown(app, pilot, LONG)
        app.text.goto_heading(12)
        place = app.text.place
        await pilot.resize_terminal(46, 20)
        await pilot.pause()
        await settled(app, pilot)
        assert app.text.place == place
        assert app.lines()[0].strip() == "Part 12"


async def test_an_earlier_place_is_found_again() -> None:
    app = Reader()
    async with app.run_test(size=(50, 20)) as pilot:
        app.text.set_document(LONG, place=Place(24))
        await settled(app, pilot)
        assert app.lines()[0].strip() == "Part 12"


async def test_a_place_is_kept_to_the_words_at_every_width() -> None:
    """Also back and forth: the place does not creep up while nobody moves."""
    words = " ".join(f"word{at}" for at in range(900))
    app = Reader()
    async with app.run_test(size=(70, 20)) as pilot:
        await shown(app, pilot, f"# Title\n\n{words}\n\n> {words}")
        for down in (31, 160):
            app.text.goto_line(down)
            await pilot.pause()
            first, place = app.lines()[0].split()[-3], app.text.place
            for width in (33, 120, 50, 70):
                await pilot.resize_terminal(width, 20)
                await pilot.pause()
                await settled(app, pilot)
                assert app.text.place == place
                assert first in " ".join(app.lines()[:3])
            assert app.text.line == down
        again = Reader()
        async with again.run_test(size=(44, 20)) as other:
            again.text.set_document(f"# Title\n\n{words}\n\n> {words}", place=place)
            await settled(again, other)
            assert first in " ".join(again.lines()[:2])


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("one Two two", "TWO", ["Two", "two"]),
        ("a left join b " * 5, "left join", ["left join"] * 5),
        ("> quoted words that go on and on over lines", "on and on over", ["on and on over"]),
        ("see https://example.org/" + "x" * 40 + "end of it", "xxend of", ["xxend of"]),
        ("- an item that is long enough\n- another", "enough", ["enough"]),
        ("| a | b |\n|---|---|\n| cell one | two |", "cell one", ["cell one"]),
        ("a.b a+b", "a+b", ["a+b"]),
        ("one\n\ntwo", "one two", []),
        ("into in to", "into", ["into"]),
        ("漢字 words 漢字", "漢字", ["漢字", "漢字"]),
        ("x", "  ", []),
    ],
)
def test_words_are_found_over_the_ends_of_lines(palette: Palette, text: str, words: str, found: list[str]) -> None:
    for width in (16, 23, 60):
        made = list(render(parse(text), width, palette))
        pieces = [
            " ".join(Strip(made[line].segments).crop(start, end).text for line, start, end in match)
            for match in find(made, words, width)
        ]
        assert [piece.replace(" ", "") for piece in pieces] == [piece.replace(" ", "") for piece in found], width


async def test_what_was_found_is_marked_by_more_than_colour_also_in_what_is_wide() -> None:
    app = Reader()
    table = "| " + " | ".join(f"column {at}" for at in range(9)) + " |\n" + "|---" * 9 + "|\n"
    async with app.run_test(size=(44, 12)) as pilot:
        await shown(app, pilot, "column 1\n\n" + "words\n\n" * 30 + table)
        app.text.find("COLUMN")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.text.found == "1/10"
        assert app.lines()[0] == "▸ column 1"
        app.text.step_match(-1)
        await pilot.pause()
        assert app.text.found == "10/10"
        (row,) = [strip for y in range(12) if "column 8" in (strip := app.text.render_line(y)).text]
        assert row.text.startswith("▸")
        marked = [segment for segment in row if segment.style and segment.style.reverse]
        assert [segment.text for segment in marked][-1] == "column"
        assert [bool(segment.style and segment.style.bold) for segment in marked][-1]
        await pilot.resize_terminal(60, 12)
        await settled(app, pilot)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.text.found.endswith("/10")
        app.text.end_finding()
        assert not any(segment.style and segment.style.reverse for segment in app.text.render_line(5))


async def test_prose_keeps_its_measure_in_the_middle_of_a_wide_screen() -> None:
    app = Reader()
    async with app.run_test(size=(120, 20)) as pilot:
        await shown(app, pilot, "word " * 200)
        assert all(line.startswith(" " * 16 + "w") and cell_len(line) <= 104 for line in app.lines()[:8])


async def test_the_first_screenful_comes_before_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    take = LessonText.on_lesson_text__made

    def note(self: LessonText, message: LessonText._Made) -> None:
        batches.append(len(message.lines))
        take(self, message)

    monkeypatch.setattr(LessonText, "on_lesson_text__made", note)
    app = Reader()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, LONG * 4)
    assert batches[0] == 25
    assert len(batches) > 2
    assert sum(batches) == app.text.line_count


async def test_another_theme_colours_the_text_anew() -> None:
    app = Reader()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, "# Title")
        before = app.text.render_line(0)
        app.theme = "textual-light"
        await pilot.pause()
        await settled(app, pilot)
        assert app.text.render_line(0).text == before.text
        assert {segment.style for segment in app.text.render_line(0)}.isdisjoint(segment.style for segment in before)


def test_lines_are_made_as_they_are_asked_for(palette: Palette) -> None:
    first = next(iter(render(parse("# A\n\n" + LONG * 20), 60, palette)))
    assert isinstance(first, Line)
    assert first.heading == (1, "A")


async def test_a_long_text_begins_to_show_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In HTML and in Markdown; what was shown first and what is shown then begin with the same lines."""
    made: list[list[str]] = []
    take = LessonText.on_lesson_text__made

    def note(self: LessonText, message: LessonText._Made) -> None:
        made.append([line.text for line in message.lines])
        take(self, message)

    monkeypatch.setattr(LessonText, "on_lesson_text__made", note)
    app = Reader()
    for text, text_format in ((LONG * 9, "markdown"), ("<p>words and words</p>" * 9000, "html")):
        made.clear()
        async with Reader().run_test(size=(60, 20)) as pilot:
            app = cast("Reader", pilot.app)
            await shown(app, pilot, text, text_format)  # type: ignore[arg-type]
        assert len(made[0]) == 25
        assert made[1] == made[0]
        assert sum(map(len, made[1:])) == app.text.line_count


async def test_notes_and_links_are_reached_as_headings_are() -> None:
    app = Reader()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, LONG + "\n\nx[^1] [a](http://e.org)\n\n[^1]: the note")
        assert [title for _, title, _ in app.text.headings[-2:]] == ["Notes", "Links"]
        app.text.goto_heading(len(app.text.headings) - 2)
        assert any("^1 the note" in line for line in app.lines())


async def test_a_document_in_the_place_of_another_is_drawn_also_when_one_looked_meanwhile() -> None:
    app = Reader()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(app, pilot, "The text of before.")
        app.text.set_document("The text of now.")
        assert "before" in app.lines()[0]  # drawn while the new lines are being made
        await settled(app, pilot)
        assert app.lines()[0].strip() == "The text of now."
