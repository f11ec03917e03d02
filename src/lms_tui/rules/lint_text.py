"""What a lesson's text links to, shows and can be jumped to, found without a parser: for lint, not for display.

Markdown and HTML at once, as lessons have both; what stands in code is no link and no heading.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?:(?!\1)[^\n]|(?<=`)`)*?\1(?!`)")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\(\s{0,9}(<[^<>\n]{0,500}>|[^\s)]{0,500})")
_TARGET = r"\(\s{0,9}(<[^<>\n]{0,500}>|[^\s()]{0,500}(?:\([^\s()]{0,100}\)[^\s()]{0,500})?)"
_LINK = re.compile(rf"(?<!!)\[(?:[^\[\]\n]|!?\[[^\[\]\n]{{0,200}}\](?:\([^()\n]{{0,500}}\))?){{0,300}}\]{_TARGET}")
_DEFINED = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(<[^<>\n]*>|\S+)", re.MULTILINE)
_MARK = r"(?:[>*+-]|\d{1,9}[.)])"  # of a quote or a list: headings stand in them too
_HEADING = re.compile(rf"^[ \t]{{0,9}}(?:{_MARK}[ \t]{{0,9}}){{0,9}}#{{1,6}}[ \t]", re.MULTILINE)
_UNDERLINED = re.compile(r"^ {0,3}(\S[^\n]*)\n {0,3}(?:=+|-+)[ \t]*$", re.MULTILINE)
_OWN_ANCHOR = re.compile(r"\{[ \t]*#([\w-]+)[^}]*\}[ \t]*$")
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>")
_GIVEN = re.compile(r"""([\w:-]+)\s{0,9}=\s{0,9}(?:("[^"]*"|'[^']*')|([^\s"'>]+))""")
_MARKS = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|[*`]|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link or an image leads, as written, and on which line of the text, 1 the first."""

    target: str
    line: int
    in_html: bool = False
    """Whether an attribute of HTML says so."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in one text."""

    links: tuple[Link, ...]
    """Targets of links and images, in order."""
    mute_images: tuple[Link, ...]
    """Images without an alternative text."""
    anchors: frozenset[str]
    """What `#…` can lead to: headings as GitHub and mdBook name them, and ids given in HTML."""


class _Lines:
    """On which line, 1 the first, a place of a text is."""

    def __init__(self, text: str) -> None:
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def __call__(self, at: int) -> int:
        return bisect_left(self._ends, at) + 1


def scan(text: str) -> Found:
    """Return what stands in `text`. Takes time in proportion to the length."""
    bare = _without_code(text)
    line_of = _Lines(bare)
    links = [
        *_targets(_LINK, 1, bare, line_of),
        *_targets(_IMAGE, 2, bare, line_of),
        *_targets(_DEFINED, 1, bare, line_of),
    ]
    mute = [Link(_plain(found[2]), line_of(found.start())) for found in _IMAGE.finditer(bare) if not found[1].strip()]
    anchors = set(_headings(text, bare, line_of))
    for tag, given, line in _tags(bare, line_of):
        anchors |= {given.get("id", ""), given.get("name", "") if tag == "a" else ""} - {""}
        if tag == "a":
            links.append(Link(given.get("href", "").strip(), line, in_html=True))
        elif tag == "img":
            links.append(Link(given.get("src", "").strip(), line, in_html=True))
            if not given.get("alt", "").strip():
                mute.append(links[-1])
    return Found(
        links=tuple(sorted((link for link in links if link.target), key=lambda link: link.line)),
        mute_images=tuple(sorted(mute, key=lambda link: link.line)),
        anchors=frozenset(anchors),
    )


def slug(heading: str) -> str:
    """Return the anchor of a heading: its words in lower case, spaces as `-`, what is neither word nor `-` gone."""
    plain = _MARKS.sub(lambda found: found[1] or "", heading)
    kept = (letter for letter in unicodedata.normalize("NFC", plain).lower() if letter.isalnum() or letter in " -_")
    return "".join("-" if letter == " " else letter for letter in "".join(kept).strip())


def _headings(text: str, bare: str, line_of: _Lines) -> Iterator[str]:
    """Yield the anchors of all headings; one that stands twice has `-1`, `-2` … at the later ones."""
    lines, blank = text.split("\n"), bare.split("\n")
    seen: dict[str, int] = {}
    found = [*_HEADING.finditer(bare), *_UNDERLINED.finditer(bare)]
    for one in sorted(found, key=lambda found: found.start()):
        at = line_of(one.start()) - 1
        if not blank[at].strip():
            at += 1
        title = re.sub(
            r"[ \t]+#+[ \t]*$", "", _HEADING.sub("", lines[at], 1).lstrip()
        )  # as written: code in it has a name too
        if own := _OWN_ANCHOR.search(title):
            yield own[1]
            continue
        name = slug(title.strip())
        yield f"{name}-{seen[name]}" if name in seen else name
        seen[name] = seen.get(name, 0) + 1


def _targets(pattern: re.Pattern[str], group: int, text: str, line_of: _Lines) -> Iterator[Link]:
    for found in pattern.finditer(text):
        yield Link(_plain(found[group]), line_of(found.start()))


def _plain(target: str) -> str:
    return target.removeprefix("<").removesuffix(">").strip()


def _without_code(text: str) -> str:
    """Return `text` with its code blank, line by line and letter by letter as long as before."""
    kept, fence = [], ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            closes = found is not None and found[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
            kept.append(" " * len(line))
        elif found is not None and "`" not in line[found.end() :]:
            fence = found[1]
            kept.append(" " * len(line))
        elif line.startswith(("    ", "\t")) and (not kept or not kept[-1].strip()):
            kept.append(" " * len(line))
        else:
            kept.append(_CODE.sub(lambda code: " " * len(code[0]), line))
    return "\n".join(kept)


def _tags(text: str, line_of: _Lines) -> Iterator[tuple[str, dict[str, str], int]]:
    """Yield the name, the attributes and the line of each tag that begins an element."""
    for found in _TAG.finditer(text):
        given = {name.lower(): quoted[1:-1] if quoted else bare for name, quoted, bare in _GIVEN.findall(found[2])}
        yield found[1].lower(), given, line_of(found.start())
