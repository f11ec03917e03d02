"""Text of a foreign markup as the Markdown that our lessons and questions are written in."""

import html
import re

from bs4.exceptions import ParserRejectedMarkup
from markdownify import markdownify

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|ol|p|pre|q|s|samp|small|"
    r"span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)"
    r"(?:\s+[\w:-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]*))?)*\s*/?>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
"""With what is in it, which to take away the tag alone would leave."""


def has_html(text: str) -> bool:
    """Whether a text without a declared format is HTML all the same: `a < b && c > d` is not."""
    return "<" in text and _TAG.search(text) is not None


def html_to_markdown(text: str) -> str:
    """HTML as Markdown; comments, scripts and styles go.

    Nothing is escaped, since questions show light Markdown and accepted texts are compared letter by letter. What no
    parser takes (nested beyond all sense, broken declarations) stays as it is written.
    """
    if "<" not in text:
        return html.unescape(text)
    try:
        made: str = markdownify(
            _SCRIPT.sub("", text),
            heading_style="ATX",
            bullets="-",
            escape_asterisks=False,
            escape_underscores=False,
            escape_misc=False,
        )
    except (RecursionError, ParserRejectedMarkup):
        return text
    return re.sub(r"\n{3,}", "\n\n", made).strip()
