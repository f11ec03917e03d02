"""Markdown or HTML into one tree, whatever is in it; nothing here knows a width or a colour.

Markdown is CommonMark with tables, strikethrough, task lists, footnotes and definitions; tags of pictures in it are
read as its own. HTML, which editors of rich text write, becomes Markdown first; scripts and styles are dropped. A text
that no parser can take is shown as it stands. Both may be called in a worker thread.
"""

import re
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from lms_tui.tui.text.images import read_tags
from lms_tui.wire.text import clean

TextFormat = Literal["markdown", "html"]

_DEEPEST = 50
"""How deep blocks and emphasis may be nested; the parser leaves out what is deeper (its own limit is 20)."""
_LONG, _BEGINNING = 60_000, 12_000
"""In characters: 100 KB of Markdown are parsed in 0.1 s, and HTML takes three times as long."""
_SCRIPT = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def parse(text: str, text_format: TextFormat = "markdown") -> SyntaxTreeNode:
    """Return the tree of a lesson text; it never fails, and holds no control character of `text`."""
    text = clean(text)
    return SyntaxTreeNode(_parser().parse(clean(html_to_markdown(text)) if text_format == "html" else text))


def beginning(text: str, text_format: TextFormat) -> str | None:
    """Return the beginning of a text that takes long to parse, cut where a block may end; None for any other.

    It is shown while all of it is being parsed. Where a name for an address stands only further on, the link is not
    one yet.
    """
    if len(text) <= _LONG:
        return None
    end = "\n\n" if text_format == "markdown" else ">"
    return text[: text.rfind(end, 0, _BEGINNING) + len(end)] or None


def html_to_markdown(html: str) -> str:
    """Return HTML as Markdown, without scripts, styles and forms."""
    from bs4.exceptions import ParserRejectedMarkup  # noqa: PLC0415 - most lessons are Markdown, and it takes 60 ms

    from lms_tui.tui.text.converter import markdown  # noqa: PLC0415

    try:
        return markdown(html)
    except (RecursionError, ParserRejectedMarkup, ValueError):  # no HTML at all
        return _TAG.sub(" ", _SCRIPT.sub(" ", html))


@cache
def _parser() -> MarkdownIt:
    from mdit_py_plugins.deflist import deflist_plugin  # noqa: PLC0415 - only when a lesson is opened
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415
    from mdit_py_plugins.tasklists import tasklists_plugin  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    parser.core.ruler.after("inline", "image_tags", read_tags)
    return parser.use(footnote_plugin).use(tasklists_plugin).use(deflist_plugin)
