"""HTML as a tree: end tags that may be left out are there, and what is nested without end is flat.

Python's own parser knows of no end tag that may be left out; every browser does, and editors and people rely on it.
"""

from typing import Any, Final

from bs4 import BeautifulSoup, Tag

_DEEPEST: Final = 100
"""Tags that may stand within each other; those that come deeper are passed over, and what they hold stays."""
_DEEPEST_BLOCKS: Final = 24
"""Of the tags that indent, lists and quotes: nobody can read what is nested deeper, and no parser of Markdown does."""
_INDENTING: Final = frozenset({"blockquote", "ul", "ol", "menu", "li", "dl", "dd"})

_CELLS, _PARTS = frozenset({"td", "th"}), frozenset({"thead", "tbody", "tfoot"})
_TABLE, _LISTS, _TERMS = frozenset({"table"}), frozenset({"ul", "ol", "menu"}), frozenset({"dt", "dd"})
_CLOSED_BY: Final = {
    "li": (frozenset({"li"}), _LISTS),
    "dt": (_TERMS, frozenset({"dl"})),
    "dd": (_TERMS, frozenset({"dl"})),
    "td": (_CELLS, _TABLE),
    "th": (_CELLS, _TABLE),
    "tr": (_CELLS | {"tr"}, _TABLE),
    **dict.fromkeys(_PARTS, (_CELLS | _PARTS | {"tr"}, _TABLE)),
}
"""What a tag that begins ends, when it is open, and what it cannot reach out of."""

BLOCKS: Final = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    }
)
"""Tags that end a paragraph."""
_PARAGRAPH: Final = (frozenset({"p"}), _CELLS | {"li", "dd", "blockquote", "div", "section", "article"})


class Soup(BeautifulSoup):
    """The tree; made with "html.parser"."""

    def handle_starttag(self, name: str, *given: Any, **named: Any) -> Tag | None:
        """Begin a tag, and end those before it that it does not stand in."""
        closes, beyond = _PARAGRAPH if name in BLOCKS else _CLOSED_BY.get(name, (frozenset(), frozenset()))
        ended = []
        indents = 0
        reachable = bool(closes)
        for tag in reversed(self.tagStack):
            indents += tag.name in _INDENTING
            reachable = reachable and tag.name not in beyond
            if reachable and tag.name in closes:
                ended.append(tag.name)
        for each in ended:
            self.handle_endtag(each)
        if len(self.tagStack) > _DEEPEST or (name in _INDENTING and indents > _DEEPEST_BLOCKS):
            return None
        return super().handle_starttag(name, *given, **named)
