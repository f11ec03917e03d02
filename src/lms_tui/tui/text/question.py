"""The texts of a question as lines: light Markdown that never swallows a letter of a plain text.

Questions come from files in which most texts are plain: `count(*)`, `<table>`, `&amp;` and `# of rows` have to show
as they stand. So HTML, entities and headings are not read, underscores never mean anything, and an asterisk is
emphasis only where it can be nothing else. In options only `code` between backticks is read. Code too wide for the
screen is folded, not scrolled sideways: nothing of a question may be out of sight.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.lines import render
from lms_tui.wire.quizzes import Kind, Question
from lms_tui.wire.text import clean

Drawn = tuple[Segment, ...]
"""One line, no wider than what was asked for."""

BLANK = "▁▁▁▁▁▁"
"""A blank in the text of a question; several are numbered "‹1›▁▁▁▁▁▁"."""

_MARKER = re.compile("_{3,}")
_NOT_READ = ["heading", "lheading", "hr", "reference", "html_block"]
_NOT_READ_INLINE = ["html_inline", "autolink", "entity"]


def head(question: Question, width: int, palette: Palette) -> list[Drawn]:
    """Return the lines of title, in bold, and description; blanks show as `BLANK`."""
    title, description = question.title, question.description
    if question.kind is Kind.BLANKS:
        title, description = _with_blanks(title, description, question.blanks)
    lines = [tuple(_bold(line)) for line in text(title, width, palette)]
    below = text(description, width, palette)
    return [*lines, (), *below] if lines and below else lines or below


def text(source: str, width: int, palette: Palette) -> list[Drawn]:
    """Return the lines of a question's text."""
    return _lines(_parser(), source, width, palette)


def option(source: str, width: int, palette: Palette) -> list[Drawn]:
    """Return the lines of an option's text, at least one."""
    return _lines(_option_parser(), source, width, palette) or [()]


def _lines(parser: MarkdownIt, source: str, width: int, palette: Palette) -> list[Drawn]:
    tree = SyntaxTreeNode(parser.parse(clean(source)))
    return [part for line in render(tree, width, palette) if not line.hint for part in _folded(line.segments, width)]


def _folded(segments: Sequence[Segment], width: int) -> Iterator[Drawn]:
    """Yield the line in pieces of at most `width` cells; one that fits comes back as it is."""
    strip = Strip(segments)
    if strip.cell_length <= width:
        yield tuple(segments)
        return
    for start in range(0, strip.cell_length, width):
        yield tuple(strip.crop(start, start + width))


def _with_blanks(title: str, description: str, blanks: int) -> tuple[str, str]:
    """Return both texts with their markers drawn, numbered through when there are several fields."""
    number = iter(range(1, 1 << 16))

    def drawn(_marker: re.Match[str]) -> str:
        return f"‹{next(number)}›{BLANK}" if blanks > 1 else BLANK

    return _MARKER.sub(drawn, title), _MARKER.sub(drawn, description)


def _bold(line: Iterable[Segment]) -> Iterator[Segment]:
    return (Segment(content, (style or Style()) + Style(bold=True)) for content, style, _ in line)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table"]).disable(_NOT_READ + _NOT_READ_INLINE)
    parser.inline.ruler.before("emphasis", "literal_mark", _literal_mark)
    return parser


@cache
def _option_parser() -> MarkdownIt:
    return MarkdownIt("zero").enable(["backticks"])


def _literal_mark(state: StateInline, silent: bool) -> bool:
    """Take any underscore, and an asterisk between two letters or between none (`a*b`, `count(*)`), as it stands."""
    at, source = state.pos, state.src
    if source[at] == "*":
        before, after = source[at - 1 : at] if at else "", source[at + 1 : at + 2]
        if "*" in {before, after} or before.isalnum() != after.isalnum():
            return False
    elif source[at] != "_":
        return False
    if not silent:
        state.pending += source[at]
    state.pos += 1
    return True
