"""What editors of rich text write that no converter knows, said in plain HTML: lists of Quill and Word, check lists
of TinyMCE, CKEditor and Quill, tables that only place things, embedded players, wrappers around everything."""

import re
from collections.abc import Iterable
from typing import Final, Literal, cast

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from lms_tui.tui.text.soup import BLOCKS

_DROPPED: Final = [
    "script",
    "style",
    "head",
    "template",
    "object",
    "noscript",
    "svg",
    "math",
    "form",
    "xml",
    "colgroup",
]
_EMBEDDED: Final = ["iframe", "embed", "oembed"]
_AROUND: Final = ["b", "strong", "i", "em", "u", "s", "del", "span", "font"]
_CHECKED: Final = {"checked": True, "unchecked": False}
_WORD_LEVEL: Final = re.compile(r"mso-list:\s*\S+\s+level(\d+)", re.IGNORECASE)
_QUILL_LEVEL: Final = re.compile(r"ql-indent-(\d+)")
_MOST_COLUMNS, _MOST_ROWS = 50, 300
"""How far cells may reach, and down to which row: few bytes could make millions of cells otherwise."""


def plain(soup: BeautifulSoup) -> None:
    """Change `soup` into HTML that means the same without its editor."""
    _drop(soup)
    for tag in soup(_AROUND):
        if tag.find(list(BLOCKS)) is not None:  # a wrapper that a paste left around whole paragraphs
            tag.unwrap()
    _word_lists(soup)
    _lists(soup)
    for table in soup("table"):
        _table(soup, table)


def _drop(soup: BeautifulSoup) -> None:
    """Take out what nobody reads: comments, conditions of Word, scripts; what is embedded leaves its address."""
    for text in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        text.extract()
    for tag in soup(_DROPPED):
        tag.decompose()
    for tag in soup(_EMBEDDED):
        address = str(tag.get("src") or tag.get("url") or "")
        link = soup.new_tag("a", href=f"https:{address}" if address.startswith("//") else address)
        link.string = "embedded page"
        tag.replace_with(link)
    for tag in soup("p"):
        if not tag.get_text().strip() and tag.find(["img", "input", "a", "br"]) is None:  # `<p>&nbsp;</p>`
            tag.decompose()


def _word_lists(soup: BeautifulSoup) -> None:
    """Make lists of Word's paragraphs, which say of themselves that they are items, and bring their own bullet."""
    holder: Tag | None = None
    last: Tag | None = None
    for item in soup("p", style=_WORD_LEVEL):
        found = _WORD_LEVEL.search(str(item["style"]))
        mark = item.find("span", style=re.compile("mso-list:\\s*Ignore", re.IGNORECASE))
        numbered = False
        if mark is not None:
            numbered = mark.get_text().strip()[:1].isalnum() and mark.get_text().strip() != "o"
            mark.decompose()
        if holder is None or last is None or _beside(last, "next_sibling") is not item:
            holder = soup.new_tag("ul")
            item.insert_before(holder)
        item.name, level = "li", int(found[1]) - 1 if found else 0
        item.attrs = {"data-list": "ordered" if numbered else "bullet", "class": f"ql-indent-{level}"}
        holder.append(item.extract())
        last = holder


def _beside(tag: Tag, way: Literal["next_sibling", "previous_sibling"]) -> Tag | None:
    """Return the tag beside `tag`, None where text stands between."""
    beside = getattr(tag, way)
    while isinstance(beside, NavigableString) and not beside.strip():
        beside = getattr(beside, way)
    return beside if isinstance(beside, Tag) else None


def _lists(soup: BeautifulSoup) -> None:
    """Nest the items that are only marked as deeper, number all, and put a box before each that can be checked."""
    for holder in soup(["ul", "ol"]):
        _nest(soup, holder)
    for holder in soup(["ul", "ol"]):
        before = _beside(holder, "previous_sibling")
        if before is not None and before.name in {"ul", "ol"} and not before.has_attr("data-other"):
            holder["data-other"] = ""  # with the same bullet Markdown would make one list of the two
        start = str(holder.get("start", "1"))
        number = int(start) if start.isdecimal() and len(start) < 9 else 1
        for item in _items(holder):
            kind = str(item.get("data-list", ""))
            checked = _CHECKED.get(kind)
            if "tox-checklist" in holder.get_attribute_list("class"):
                checked = "tox-checklist--checked" in item.get_attribute_list("class")
            if checked is not None:
                item.insert(
                    0, soup.new_tag("input", attrs={"type": "checkbox", **({"checked": ""} if checked else {})})
                )
            if kind == "ordered" or (not kind and holder.name == "ol"):
                item["data-number"] = str(number)
                number += 1


def _nest(soup: BeautifulSoup, holder: Tag) -> None:
    """Move items that carry a level into lists of the items before them."""
    open_lists: list[tuple[Tag, Tag | None]] = [(holder, None)]
    for item in _items(holder):
        found = _QUILL_LEVEL.search(" ".join(map(str, item.get_attribute_list("class"))))
        level = int(found[1]) if found else 0
        del open_lists[level + 1 :]
        within, before = open_lists[-1]
        if level >= len(open_lists) and before is not None:
            within, before = soup.new_tag("ul"), None
            cast("Tag", open_lists[-1][1]).append(within)
            open_lists.append((within, None))
        if within is not holder:
            within.append(item.extract())
        open_lists[-1] = (within, item)


def _items(holder: Tag) -> Iterable[Tag]:
    return holder.find_all("li", recursive=False)


def _table(soup: BeautifulSoup, table: Tag) -> None:
    """Make a table that holds others a row of blocks, since it only places them; even out the rows of any other."""
    if table.find("table") is not None:
        for part in table.find_all(["tr", "td", "th", "thead", "tbody", "tfoot"]):
            if part.find_parent("table") is table:
                part.name = "div"
        table.name = "div"
        return
    for caption in table("caption"):
        caption.name = "p"
        table.insert_before(caption.extract())
    for head in table("thead"):
        if len(head.find_all("tr", limit=2)) > 1:
            head.name = "tbody"
    below: dict[int, int] = {}
    for number, row in enumerate(table("tr")):
        column = 0
        for cell in row.find_all(["td", "th"]):
            column = _fill(soup, cell, column, below)
            reaches = number < _MOST_ROWS and column < _MOST_COLUMNS
            width, height = (_span(cell, "colspan"), _span(cell, "rowspan")) if reaches else (1, 1)
            cell.attrs = {"colspan": str(width)} if width > 1 else {}
            if height > 1:
                below |= dict.fromkeys(range(column, column + width), height - 1)
            column += width


def _fill(soup: BeautifulSoup, cell: Tag, column: int, below: dict[int, int]) -> int:
    """Put empty cells before `cell` where one from a row above reaches down; return the column after them."""
    while below.get(column, 0) > 0:
        below[column] -= 1
        cell.insert_before(soup.new_tag("td"))
        column += 1
    return column


def _span(cell: Tag, name: str) -> int:
    said = str(cell.get(name, "1"))
    return max(1, min(int(said), _MOST_COLUMNS)) if said.isdecimal() and len(said) < 5 else 1
