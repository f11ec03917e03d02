"""An answer that comes piece by piece: the same lines as the whole, and no more work the longer it gets."""

import random
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms_tui.tui.palette import Palette
from lms_tui.tui.text import streamed
from lms_tui.tui.text.half_open import closed
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import parse
from lms_tui.tui.text.streamed import LONGEST, Streamed

PLAIN = Palette.plain()
PART = """## Part {n}

Prose that **says** `nothing`, with [a link](https://example.org/{n}).

- one
- two
  goes on

```python
def f(x):
    return x + {n}
```

| a | b |
|---|---|
| 1 | {n} |

1. first
2. second

> quoted
"""
WHOLE = "\n".join(PART.format(n=n) for n in range(12))


def shown(lines: list[Line]) -> list[str]:
    return [line.text.rstrip() for line in lines]


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what is parsed from now on."""
    sizes: list[int] = []

    def counted(text: str) -> object:
        sizes.append(len(text))
        return parse(text)

    monkeypatch.setattr(streamed, "parse", counted)
    return sizes


def streamed_lines(text: str, seed: int = 0, most: int = 60) -> list[Line]:
    view, lines = Streamed(60, PLAIN), list[Line]()
    dice = random.Random(seed)  # noqa: S311 - no secrets
    while text:
        size = dice.randint(1, most)
        grown = view.grow(text[:size])
        lines[grown.kept :] = grown.lines
        text = text[size:]
    return lines


@pytest.mark.parametrize("seed", range(4))
def test_wherever_pieces_end_the_lines_are_those_of_the_whole(seed: int) -> None:
    whole = shown(list(render(parse(WHOLE), 60, PLAIN)))
    came = shown(streamed_lines(WHOLE, seed))
    assert came == whole[: len(came)]
    assert whole[len(came) :][:2] == ["", "Links"], "the links are listed when it is over"


FRAGMENTS = [
    *(
        "word ",
        "é ",
        " ",
        "\n",
        "\n\n",
        "\t",
        "    ",
        "# ",
        "## H\n",
        "- ",
        "- a\n",
        "  ",
        "1. ",
        "2) b\n",
        "> ",
        "> q\n",
    ),
    *("```\n", "```python\n", "~~~\n", "x = 1\n", "| a | b |\n|---|---|\n", "| 1 | 2 |\n", "---\n", "===\n", "***"),
    *(
        "**",
        "*",
        "`",
        "``",
        "~~",
        "_",
        "[a](b)",
        "![i](u)",
        "[",
        "]",
        "](",
        ")",
        "[x]",
        "[x]: u\n",
        "[^1]",
        "[^1]: n\n",
    ),
    *(
        "<div>\n",
        "</div>\n",
        "<b>",
        "<!--",
        "-->",
        "&amp;",
        "\\",
        "Term\n: said\n",
        ": ",
        "- [ ] t\n",
        "https://x.org ",
    ),
]


@settings(max_examples=400, deadline=None)
@example(["Term\n: said\n", "\n", "Term\n: said\n"], [1])
@example(["word ", "\n", "***", "word "], [1])
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=24), st.lists(st.integers(1, 30), min_size=1, max_size=9))
def test_what_is_said_to_be_whole_is_the_document(fragments: list[str], sizes: list[int]) -> None:
    text = "".join(fragments)
    view, lines = Streamed(40, PLAIN), list[Line]()
    at = number = 0
    while at < len(text):
        piece = text[at : (at := at + sizes[number % len(sizes)])]
        number += 1
        grown = view.grow(piece)
        lines[grown.kept :] = grown.lines
    if view.is_whole(text):
        assert lines == list(render(parse(text), 40, PLAIN))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (re.sub(r"\[(.*)\]\(.*\)", r"\1", WHOLE), True),
        ("See [it](https://x.org).", False),
        ("See [it].\n\nHere.\n\n> [it]: https://x.org\n", False),
        ("A note[^1].\n\n- [^1]: is here\n", False),
        ("x[0] and d[1]: two", True),
        ("It **is", False),
        ("word " * 2_000, False),
        ("<div>\n\n**bold**\n\n</div>\n\nand on", True),
    ],
    ids=str,
)
def test_what_is_whole_when_it_has_come(text: str, *, whole: bool) -> None:
    view = Streamed(60, PLAIN)
    lines: list[Line] = []
    for at in range(0, len(text), 50):
        grown = view.grow(text[at : at + 50])
        lines[grown.kept :] = grown.lines
    assert view.is_whole(text) is whole
    assert (lines == list(render(parse(text), 60, PLAIN))) is whole
    assert not view.is_whole(text + "!"), "another text"


@pytest.mark.parametrize("unit", ["1\n", "-\n", "\n", "> ", "*", "[a", "[a](", "`a`", "\\*"])
def test_no_text_takes_longer_than_its_length(unit: str) -> None:
    """40,000 characters of "1\\n" took six seconds, while nothing moved on the screen."""
    text = unit * (60_000 // len(unit))
    view = Streamed(60, PLAIN)
    view.grow("a")
    begun = time.process_time()
    view._pieces, view._is_document = [text], True
    view.is_whole(text)
    closed(unit * (20_000 // len(unit)) + "x", parse("x"))
    assert time.process_time() - begun < 0.5


def test_what_is_finished_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = parsed(monkeypatch)
    view = Streamed(60, PLAIN)
    for at in range(0, len(WHOLE), 20):
        view.grow(WHOLE[at : at + 20])
    assert max(sizes) < 2 * len(PART), "only the last block is parsed again"


@pytest.mark.parametrize(
    "text",
    [
        "```python\n" + "x = foo(1, 'abc')  # hello\n" * 1000,
        "- an item of a list\n" * 1500,
        "word " * 6000,
        "x" * 30_000,
        "```\n" + "y" * 30_000,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 3000,
        "> quoted\n" * 3000,
        "So:\n\n" + "word " * 6000,
    ],
    ids=["code", "list", "prose", "word", "line of code", "table", "quote", "prose below"],
)
def test_a_long_block_does_not_make_each_piece_dearer(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = parsed(monkeypatch)
    view = Streamed(60, PLAIN)
    for at in range(0, len(text), 500):
        view.grow(text[at : at + 500])
    assert max(sizes) <= LONGEST + 1_000


def test_pieces_that_all_end_within_a_line_are_finished_too(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = parsed(monkeypatch)
    view = Streamed(60, PLAIN)
    for _ in range(50):
        view.grow("one.\n\ntwo.\n\nthree ")
    assert max(sizes) < 50


def test_a_block_that_is_parted_is_one_block() -> None:
    blocks = [line.block for line in streamed_lines("So:\n\n" + "word " * 2000 + "\n\nDone.", most=500) if line.text]
    assert blocks == [0] + [1] * (len(blocks) - 2) + [2]


def test_long_code_keeps_its_language_and_all_its_lines() -> None:
    code = "".join(f"value_{n} = {n}\n" for n in range(600))
    lines = shown(streamed_lines(f"Look:\n\n```python\n{code}```\n\nDone.", most=200))
    assert [line.strip() for line in lines if line.startswith("  value_")] == code.splitlines()
    assert (lines[:2], lines[-2:]) == (["Look:", ""], ["", "Done."])


def test_links_are_numbered_on_in_the_block_that_still_comes() -> None:
    lines = shown(streamed_lines("See [one](https://one).\n\nAnd [two](https://two), [one](https://one)."))
    assert lines == ["See one[1].", "", "And two[2], one[1]."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It **keeps every row** of `people`, and **`NULL` too**.", "It keeps every row of people, and NULL too."),
        ("- **one word** of ``a`b``\n- two", "• one word of a`b\n• two"),
        ("| **a** | b |\n|---|---|\n| `x y` | **z** |", "x y"),
        ("## What **is** it", "What is it"),
        ("So:\n**All** of it", "So: All of it"),
        (
            "It is *not* so: *each **row** counts* and **rows *with* none**",
            "It is not so: each row counts and rows with none",
        ),
        ("See \u201c*it*\u201d, **[*a*](https://x)**", "See \u201cit\u201d, a[1]"),
    ],
)
def test_marks_of_what_is_still_being_written_never_show(text: str, said: str) -> None:
    for end in range(1, len(text) + 1):
        came = "\n".join(shown(streamed_lines(text[:end])))
        assert "*" not in came
        assert "`" not in came.replace("a`", "a"), "but for the one that is meant"
    assert said in came


@pytest.mark.parametrize(
    "text",
    [
        "2 ** 3 is 8",
        r"an \*\*escaped\*\* one and \`",
        "a * b, and a *word*",
        "2*3 and f(*args, 4",
        "a *word * of* two",
        "```python\nx = 2 **y, `z",
        "- in a list:\n\n  ```\n  **x",
        "    indented **x",
        "- **all** of `it`",
        "**bold\nover two lines** and on",
    ],
)
def test_what_is_open_nowhere_is_left_as_it_is(text: str) -> None:
    assert shown(streamed_lines(text)) == shown(list(render(parse(text), 60, PLAIN)))


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("see **this *one", "see **this *one***"),
        ("**a *`", "**a**"),
        ("**a *b** c", "**a *b** c"),
        ("two (**or", "two (**or**"),
        ("f(*args, 4", "f(*args, 4"),
        ("2*", "2*"),
        ("***all", "***all"),
        ("[a](b", "[a](b)"),
        ("[a](b) *c", "[a](b) *c*"),
        ("first **line\n*second", "first **line\n*second*"),
        (r"\*not", r"\*not"),
    ],
)
def test_what_is_open_is_guessed_from_the_last_line(text: str, looks: str) -> None:
    assert closed(text, parse(text)) == looks


def test_the_address_of_a_link_never_shows() -> None:
    text = "See **[the *page*](https://a.org/*x_y)** and ![it](https://b.org/*z)"
    begins = text.index("(") + 1
    for end in [*range(begins, text.index(")") + 1), *range(text.rindex("(") + 1, len(text))]:
        came = "\n".join(shown(streamed_lines(text[:end])))
        assert "See the page" in came
        assert not {"(", "/", "*"} & set(came.replace("image", ""))


def test_bold_that_is_open_is_bold_already() -> None:
    (line,) = Streamed(60, PLAIN).grow("so **bold ** wo").lines
    assert [(one.text, bool(one.style and one.style.bold)) for one in line.segments] == [
        ("so ", False),
        ("bold ** wo", True),
    ]


def test_control_characters_in_pieces_never_become_lines() -> None:
    text = "a \x1b]52;c;Zm9v\x07 b\u202e \x9b31m [x](javascript:1) <script>alert(1)</script>"
    lines = streamed_lines(text, most=3)
    said = "".join(shown(lines))
    assert said.isprintable()
    assert not any(segment.style and segment.style.link for line in lines for segment in line.segments)
