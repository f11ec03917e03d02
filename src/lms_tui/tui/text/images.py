"""Pictures of a text: tags of HTML in Markdown read as Markdown's own, and which of them can be opened.

A picture whose tag stands alone between its lines becomes a paragraph of its own, as `![…](…)` there is one.
"""

import re
from html.parser import HTMLParser
from typing import Final

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from lms_tui.wire.text import clean_line

_TAG: Final = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ALONE: Final = re.compile(rf"\s*(?:{_TAG.pattern}\s*)+", re.IGNORECASE)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\.\w+")
_OPENED: Final = re.compile(r"courses/[0-9a-f-]{36}/[0-9a-f]{64}\.[a-z0-9]{1,16}|https?://\S+", re.IGNORECASE)


def source_of(image: SyntaxTreeNode) -> str:
    """Return where a picture is, as its text says it."""
    return clean_line(str(image.attrs.get("src", "")))


def alternative(image: SyntaxTreeNode) -> str:
    """Return the words for a picture: its alternative text, else its name where that is one."""
    source = source_of(image)
    name = "" if source.startswith("data:") else source.rpartition("/")[2]
    return clean_line(_plain(image)) or ("" if _DIGEST.fullmatch(name) else name) or "no description"


def _plain(node: SyntaxTreeNode) -> str:
    """Return the words in a node, without emphasis and addresses."""
    if node.children:
        return "".join(map(_plain, node.children))
    return " " if node.type in ("softbreak", "hardbreak") else node.content


def can_be_opened(source: str) -> bool:
    """Tell whether a picture is an object of the store, or has an address; any other is only its words."""
    return _OPENED.fullmatch(source) is not None


def read_tags(state: StateCore) -> None:
    """Make pictures of the tags `<img>` among the tokens: a rule of the parser, to run before `inline`'s end."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "html_block" and _ALONE.fullmatch(token.content):
            images = [_image(tag) for tag in _TAG.findall(token.content)]
            tokens += _paragraph(images, token)
        else:
            if token.children and "<" in token.content:
                token.children = [
                    _image(child.content)
                    if child.type == "html_inline" and _TAG.fullmatch(child.content.strip())
                    else child
                    for child in token.children
                ]
            tokens.append(token)
    state.tokens = tokens


class _Tag(HTMLParser):
    """Reads the attributes of one tag."""

    found: dict[str, str | None]

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = dict(reversed(attrs))  # of two the first counts, as in browsers


def _image(tag: str) -> Token:
    reader = _Tag()
    reader.found = {}
    reader.feed(tag)
    words = reader.found.get("alt") or ""
    image = Token("image", "img", 0, attrs={"src": reader.found.get("src") or "", "alt": ""}, content=words)
    image.children = [Token("text", "", 0, content=words)]
    return image


def _paragraph(images: list[Token], block: Token) -> list[Token]:
    """Return a paragraph with the pictures, each on its line."""
    children: list[Token] = []
    for image in images:
        children += [Token("softbreak", "br", 0), image] if children else [image]
    inline = Token("inline", "", 0, content=block.content, children=children, map=block.map, level=block.level + 1)
    around = {"map": block.map, "level": block.level, "block": True}
    return [Token("paragraph_open", "p", 1, **around), inline, Token("paragraph_close", "p", -1, **around)]  # type: ignore[arg-type]
