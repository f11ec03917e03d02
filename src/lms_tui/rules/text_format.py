"""Whether a lesson's text is Markdown or HTML: the schema has one column for both and does not say."""

import re
from collections import Counter

from lms_tui.wire.learning import TextFormat

_OUTER = re.compile(
    "address|article|aside|blockquote|body|center|details|div|dl|figure|footer|form|h[1-6]|header|hr|html|main|nav|ol"
    "|p|pre|section|table|ul"
)
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_HEAD = re.compile("head|title|meta|link|style|script|base")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_DOCTYPE = re.compile(r"\s*<!doctype\s+html[^<>]*>", re.IGNORECASE)


def text_format(text: str) -> TextFormat:
    """Return how `text` is written.

    It is HTML where everything that can be seen stands inside of block elements, as editors of rich text write it,
    or where it says so (`<!doctype html>`, `<html>`). All else is Markdown, in which HTML may stand as well: one word
    beside the elements is enough. Comments count for nothing. Takes time in proportion to the length.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return TextFormat.MARKDOWN
    text = _without_comments(text.lstrip("\ufeff"))
    if _DOCTYPE.match(text):
        return TextFormat.HTML
    return TextFormat.HTML if _all_inside(text) else TextFormat.MARKDOWN


def _without_comments(text: str) -> str:
    """Return `text` without `<!-- … -->`; one that never ends takes the rest with it."""
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _all_inside(text: str) -> bool:
    """Whether there is a block element, and nothing but white space outside of block elements."""
    open_tags: list[str] = []
    how_often: Counter[str] = Counter()
    found = False
    at = 0
    for tag in _TAG.finditer(text):
        closing, name = tag[1], tag[2].lower()
        if not open_tags:
            outer = _OUTER.fullmatch(name) is not None
            if text[at : tag.start()].strip() or not (closing or outer or _HEAD.fullmatch(name)):
                return False
            if name == "html":
                return True
            found = found or outer
        at = tag.end()
        if _VOID.fullmatch(name):
            continue
        if not closing:
            open_tags.append(name)
            how_often[name] += 1
        elif how_often[name]:
            while (last := open_tags.pop()) != name:  # what was left open ends with what it stands in
                how_often[last] -= 1
            how_often[name] -= 1
    return found and (bool(open_tags) or not text[at:].strip())
