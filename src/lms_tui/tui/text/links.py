"""The addresses that a lesson's text links to, in the order and with the numbers that the shown text gives them."""

from markdown_it.tree import SyntaxTreeNode

from lms_tui.tui.text.parse import TextFormat, parse
from lms_tui.wire.text import clean_line


def links(text: str, text_format: TextFormat) -> list[str]:
    """Return each address once, as `[1]`, `[2]` … of the text count them. May be called in a worker thread."""
    found: dict[str, None] = {}
    _collect(parse(text, text_format), found)
    return list(found)


def _collect(node: SyntaxTreeNode, found: dict[str, None]) -> None:
    for child in node.children:
        _collect(child, found)
        if child.type == "link":
            found.setdefault(clean_line(str(child.attrs.get("href", ""))))
        elif child.type == "html_block":
            _collect(parse(child.content, "html"), found)
