"""The parts of a lesson's text that can be quoted: its blocks, as their author wrote them."""

from dataclasses import dataclass
from typing import Final

from lms_tui.tui.text.parse import TextFormat, html_to_markdown, parse
from lms_tui.wire.text import clean

LONGEST: Final = 4_000
"""Characters of a passage that are quoted."""
_NO_PASSAGES: Final = frozenset({"hr", "footnote_block"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of the text: `block` counts as the places in a text do (`place.Place`)."""

    block: int
    source: str


def passages(text: str, text_format: TextFormat) -> list[Passage]:
    """Return what of a lesson's text can be quoted, in its order; HTML is quoted as Markdown."""
    source = clean(html_to_markdown(text) if text_format == "html" else text)
    lines = source.split("\n")
    found = []
    for number, block in enumerate(parse(source).children):
        if block.type in _NO_PASSAGES or block.map is None:
            continue
        said = "\n".join(lines[slice(*block.map)]).strip("\n")
        if said.strip():
            found.append(Passage(number, said))
    return found


def nearest(found: list[Passage], block: int) -> int:
    """Return which of the passages stands at a block, or next before it; 0 where none does."""
    return max((at for at, passage in enumerate(found) if passage.block <= block), default=0)


def quoted(source: str) -> str:
    """Return a text as a quote in Markdown, cut where it is very long."""
    kept = source if len(source) <= LONGEST else f"{source[:LONGEST].rstrip()} […]"
    return "\n".join(f"> {line}".rstrip() for line in kept.split("\n"))
