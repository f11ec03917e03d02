"""Markdown or HTML into one tree, whatever is in it; nothing here knows a width or a colour.

Markdown is CommonMark with tables, strikethrough, task lists and footnotes. HTML, which rich-text editors write,
becomes Markdown first; scripts, styles and embedded things are dropped. A text that no parser can take is shown as
it stands. Both may be called in a worker thread.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from lms_tui.wire.text import clean

if TYPE_CHECKING:
    from bs4 import Tag

TextFormat = Literal["markdown", "html"]

_DROPPED = ["script", "style", "head", "template", "iframe", "object", "embed", "noscript", "svg", "math", "form"]
_SCRIPT = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def parse(text: str, text_format: TextFormat = "markdown") -> SyntaxTreeNode:
    """Return the tree of a lesson text; it never fails, and holds no control character of `text`."""
    text = clean(text)
    return SyntaxTreeNode(_parser().parse(clean(html_to_markdown(text)) if text_format == "html" else text))


def html_to_markdown(html: str) -> str:
    """Return HTML as Markdown, without scripts, styles, forms and embedded objects."""
    from bs4.exceptions import ParserRejectedMarkup  # noqa: PLC0415 - most lessons are Markdown, and it takes 60 ms
    from markdownify import MarkdownConverter  # noqa: PLC0415

    from lms_tui.tui.text.soup import Soup  # noqa: PLC0415

    try:
        soup = Soup(html, "html.parser")
        for element in soup(_DROPPED):
            element.decompose()
        converter = MarkdownConverter(
            heading_style="atx", bullets="-", escape_misc=True, code_language_callback=_language
        )
        return str(converter.convert_soup(soup))
    except (RecursionError, ParserRejectedMarkup, ValueError):  # nested a thousand deep, or no HTML at all
        return _TAG.sub(" ", _SCRIPT.sub(" ", html))


def _language(element: "Tag") -> str:
    """Return the language that `<pre><code class="language-sql">` names, or nothing."""
    code = element.find("code") or element
    names = code.get_attribute_list("class")
    return next((name.removeprefix("language-") for name in names if name and name.startswith("language-")), "")


@cache
def _parser() -> MarkdownIt:
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415 - only when a lesson is opened
    from mdit_py_plugins.tasklists import tasklists_plugin  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin).use(tasklists_plugin)
