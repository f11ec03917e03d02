"""HTML as a tree, with items of a list that end where the next begins, as every browser reads them."""

from typing import Any

from bs4 import BeautifulSoup, Tag

_LISTS = frozenset({"ul", "ol", "menu"})


class Soup(BeautifulSoup):
    """The tree that Python's own parser makes, which knows of no end tag that may be left out."""

    def handle_starttag(self, name: str, *given: Any, **named: Any) -> Tag | None:
        """Begin a tag; an `<li>` ends the item that is open in the same list."""
        if name == "li":
            outer = next((tag.name for tag in reversed(self.tagStack) if tag.name == "li" or tag.name in _LISTS), "")
            if outer == "li":
                self.handle_endtag("li")
        return super().handle_starttag(name, *given, **named)
