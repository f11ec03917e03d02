"""HTML as editors write it, and as nobody should: it reads as Markdown does, and nothing in it acts or hangs."""

import time
from pathlib import Path

import pytest
from textual.app import App

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import render
from lms_tui.tui.text.links import links
from lms_tui.tui.text.parse import TextFormat, parse

EDITORS = Path(__file__).with_name("editors")


@pytest.fixture(scope="module")
def palette() -> Palette:
    return Palette.of(App())


def lines(palette: Palette, text: str, width: int = 40, text_format: TextFormat = "html") -> list[str]:
    return [line.text.rstrip() for line in render(parse(text, text_format), width, palette)]


@pytest.mark.parametrize("editor", ["tinymce", "ckeditor", "quill", "word"])
def test_what_an_editor_writes(palette: Palette, editor: str) -> None:
    html = (EDITORS / f"{editor}.html").read_text()
    assert lines(palette, html, 56) == (EDITORS / f"{editor}.txt").read_text().splitlines()


def test_html_of_an_editor(palette: Palette) -> None:
    html = (
        "<style>p{}</style><h2>Joins</h2><p>An <strong>inner</strong> join&nbsp;keeps<br>pairs &lt;b&gt;.</p>"
        "<ul><li>one</li><li>two</li></ul><table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
        '<pre><code class="language-sql">SELECT 1;</code></pre><script>alert("x")</script><iframe src="x">no</iframe>'
    )
    text = "\n".join(lines(palette, html))
    assert "Joins\n\nAn inner join keeps\npairs <b>.\n\n• one\n• two" in text.replace("\u00a0", " ")
    assert "│ a │" in text
    assert "SELECT 1;" in text
    assert "alert" not in text
    assert "p{}" not in text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>one<li>two<li>three</ul>after", ["• one", "• two", "• three", "", "after"]),
        ("<ol><li>one<ul><li>a<li>b</ul><li><b>two</ol>", ["1. one", "   • a", "   • b", "2. two"]),
    ],
)
def test_an_item_ends_where_the_next_begins(palette: Palette, html: str, expected: list[str]) -> None:
    assert lines(palette, html) == expected


@pytest.mark.parametrize(
    "html", ["<div>" * 5000 + "deep", "<table>" * 400 + "<td>x", "<![foo[", "<a href='x" * 99, "<b" * 9]
)
def test_nasty_html_does_not_crash(palette: Palette, html: str) -> None:
    assert all(line.isprintable() for line in lines(palette, html))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one<p>two<div>three</div>", ["one", "", "two", "", "three"]),
        ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", ["a", "  b", "", "c", "  d"]),
        (
            "<table><tr><th>a<th>b<tr><td>c<td>d</table>",
            ["┌───┬───┐", "│ a │ b │", "├───┼───┤", "│ c │ d │", "└───┴───┘"],
        ),
        ("<p>x</p><td colspan=many>a</td>", ["x", "", "a |"]),
        ("<p>x</p><!-- <p>no</p> --><![CDATA[no]]><?php no ?><!doctype html>", ["x"]),
        ("<p>- a<br>- b<br>1. c<br># d</p>", ["- a", "- b", "1. c", "# d"]),
        ("<p>&lt;b&gt; &amp;lt; &copy; *a* _b_ `c` [d](e)</p>", ["<b> &lt; © *a* _b_ `c` [d](e)"]),
        ("<p><a href='/relative'>r</a> <a href='#top'>t</a></p>", ["r[1] t", "", "Links", "[1] /relative"]),
        (
            "<a href='http://e.org/a b'><div>x</div><div>y</div></a>",
            ["x y[1]", "", "Links", "[1] http://e.org/a%20b"],
        ),
        ("<form>no</form><svg><text>no</text></svg><p>x</p><template>no</template>", ["x"]),
        ("<p><b style='font-weight:normal'><p>a</p><p>b</p></b>", ["a", "", "b"]),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", ["• a", "", "• b"]),
        ("<p><input type=checkbox checked> a <input value=no></p>", ["[x] a"]),
    ],
)
def test_what_html_shows(palette: Palette, html: str, expected: list[str]) -> None:
    assert lines(palette, html) == expected


def test_a_table_that_only_places_others_is_none(palette: Palette) -> None:
    html = "<table><tr><td>menu</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    assert lines(palette, html) == ["menu", "", "┌───┬───┐", "│ a │ b │", "└───┴───┘"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_what_is_no_address_of_a_page_is_no_link(palette: Palette, address: str) -> None:
    html = f"<p><a href='{address}'>go</a></p>"
    assert lines(palette, html) == ["go"]
    assert links(html, "html") == []


_MANY = 3000


@pytest.mark.parametrize(
    ("html", "last"),
    [
        ("<div>" * 10_000 + "deep" + "</div>" * 10_000, "deep"),
        ("<blockquote>" * 10_000 + "deep", "│ " * 25 + "deep"),
        ("<ul><li>" * 10_000 + "deep", ""),
        ("<ol>" + "<li>x" * _MANY, f"{_MANY}. x"),
        ("<table>" + "<tr><td rowspan=999 colspan=999>x" * _MANY, ""),
        ("<p>" + "<b>" * 10_000 + "deep", ""),
        ("<p>x" + "&nbsp;" * 100_000, "x"),
        ("<p>x" + "<!-- a -->" * _MANY, "x"),
        ("<table><thead>" + "<tr><td>x" * _MANY, ""),
        ("<p><a href='http://e.org/" + "'>y</a>" * _MANY, ""),
    ],
    ids=["divs", "quotations", "lists", "items", "spans", "bold", "blanks", "comments", "heads", "links"],
)
def test_what_is_deep_or_many_stays_small(palette: Palette, html: str, last: str) -> None:
    """A converter that takes the square of the number, or a thousand cells for a few bytes, does not come back."""
    shown = lines(palette, html, 60)
    assert len(shown) <= 2 * _MANY + 9
    assert shown[-1] == last or not last
    assert sum(map(len, shown)) < 20 * len(html)


KEY = f"courses/{'a' * 8}-aaaa-aaaa-aaaa-{'a' * 12}/{'0' * 64}.png"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (
            f"<p>See <img src='{KEY}' alt='a ](javascript:1) | *b* `c` &lt;i&gt;'> here",
            "See [image 1: a ](javascript:1) | *b* `c` <i>] here",
        ),
        (f"<table><tr><td>1</td><td><img src='{KEY}' alt='p|q'></td></tr></table>", "│ 1 │ [image 1: p|q] │"),
        (f"<h2>Head <img src='{KEY}' alt='h'></h2>", "Head [image 1: h]"),
        (f"<ul><li><b><img src='{KEY}' title='t'></b></li></ul>", "• [image 1: t]"),
        (f"<p>x<a href='http://l'><img src='{KEY}'></a></p>", "x[image 1: no description][1]"),
        ("<p>x<img src='http://e/a b.png\n'></p>", "x[image 1: a%20b.png]"),
        ("<p>x<img src='javascript:alert(1)' alt='j'></p>", "x[image: j]"),
        ("<p>x<img alt='none'><img src='data:image/png;base64,AA' alt='d'></p>", "x[image: none][image: d]"),
    ],
)
@pytest.mark.parametrize("text_format", ["html", "markdown"])
def test_a_picture_in_a_sentence_cell_or_heading_keeps_its_words_and_a_number(
    palette: Palette, html: str, shown: str, text_format: TextFormat
) -> None:
    found: dict[str, str] = {}
    drawn = [line.text.rstrip() for line in render(parse(html, text_format), 60, palette, found)]
    assert shown in drawn
    assert len(found) == ("[image 1" in shown)


def test_tags_of_pictures_without_end_take_no_time(palette: Palette) -> None:
    for text in (
        "<img '" * 20_000,
        "<img > " * 5_000 + "<",
        "x <img src=a alt=" + '"' * 50_000,
        "![](http://e/a.png) " * 5_000,
    ):
        began = time.process_time()
        for _ in render(parse(text, "markdown"), 60, palette, {}):
            pass
        assert time.process_time() - began < 5
