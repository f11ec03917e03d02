"""HTML into Markdown by markdownify, with what its own rules leave broken made right."""

import re
from textwrap import indent
from typing import Any, Final

from bs4 import Tag
from markdownify import MarkdownConverter

from lms_tui.tui.text.editors import plain
from lms_tui.tui.text.soup import Soup
from lms_tui.wire.text import clean_line

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_OPENED: Final = frozenset({"http", "https", "mailto", "ftp"})
_BARE_PIPE: Final = re.compile(r"(?<!\\)\|")
_MARKS: Final = re.compile(r"[\\`*_\[\]<>&!]")
_SPACES_WITHIN: Final = re.compile("(?<=\\S)[ \u00a0]++(?=\\S)")
_UP: Final = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_DOWN: Final = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def markdown(html: str) -> str:
    """Return HTML as Markdown. Raises ParserRejectedMarkup or ValueError for what is none."""
    soup = Soup(html, "html.parser")
    plain(soup)
    return _SPACES_WITHIN.sub(lambda found: " " * len(found[0]), str(_Converter().convert_soup(soup)))


class _Converter(MarkdownConverter):
    """One conversion; each method makes the Markdown of one kind of tag out of that of its children."""

    class Options:
        """As markdownify reads them."""

        heading_style = "atx"
        escape_misc = True

    def __init__(self) -> None:
        super().__init__(code_language_callback=_language)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Give the address of what can be opened; any other link, such as a script, is only its text."""
        address = clean_line(str(el.get("href") or ""))
        scheme = _SCHEME.match("".join(address.split()))  # browsers pass over what stands between its letters
        lame = not address or address.startswith("#") or (scheme is not None and scheme[1].lower() not in _OPENED)
        words = " ".join(text.split())
        if lame or not words or "_noformat" in parent_tags:
            return text
        return f"{' ' * text[0].isspace()}[{words}](<{_address(address)}>){' ' * text[-1].isspace()}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Keep a picture one also in a heading and a cell, whatever stands in its words and its address."""
        words = clean_line(str(el.get("alt") or el.get("title") or ""))
        if "_noformat" in parent_tags:
            return words
        words = _MARKS.sub(r"\\\g<0>", words)
        source = clean_line(str(el.get("src") or ""))
        scheme = _SCHEME.match("".join(source.split()))
        lame = scheme is not None and scheme[1].lower() not in _OPENED
        return f"![{words}](<{'' if lame else _address(source)}>)"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Give an item its number, which `editors` counted: counting here takes the square of their number."""
        other = el.parent is not None and el.parent.has_attr("data-other")
        bullet = "* " if other else "- "
        if el.has_attr("data-number"):
            bullet = f"{el['data-number']}{')' if other else '.'} "
        return bullet + indent(text.strip(), " " * len(bullet))[len(bullet) :] + "\n" if text.strip() else "\n"

    def convert_input(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Draw what can be checked as Markdown does."""
        return ("[x] " if el.has_attr("checked") else "[ ] ") if el.get("type") == "checkbox" else ""

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Make a cell of one line, which nothing that stands in it can end."""
        span = str(el.get("colspan", "1"))
        flat = _BARE_PIPE.sub(r"\|", text.strip().replace("\n", " "))
        return f" {flat} " + "|" * (int(span) if span.isdecimal() and len(span) < 3 else 1)

    convert_th = convert_td

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Keep a power from being read as a digit: 10⁶, or x^(a)."""
        return _raised(text, _UP, "^")

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        """Keep an index from being read as a digit: H₂O."""
        return _raised(text, _DOWN, "_")


def _address(address: str) -> str:
    """Return an address as it stands between `<` and `>`."""
    for character, written in (("&", "&amp;"), ("\\", "%5C"), ("<", "%3C"), (">", "%3E")):
        address = address.replace(character, written)
    return address


def _raised(text: str, characters: dict[int, int], mark: str) -> str:
    small = text.strip().replace("\\", "")
    if all(ord(character) in characters for character in small):
        return small.translate(characters)
    return f"\\{mark}({text.strip()})"


def _language(element: Tag) -> str:
    """Return the language that `<pre><code class="language-sql">` names, or nothing."""
    code: Any = element.find("code") or element
    names = code.get_attribute_list("class")
    return next((name.removeprefix("language-") for name in names if name and name.startswith("language-")), "")
