"""Markdown that comes piece by piece, as lines: what is finished is made once, and only its last block again.

What stands in the middle of an answer is as good as can be told yet: a note or a named address that only comes further
on is not one before. Whoever has the whole text renders it once more as a document, unless that `is_whole`.
"""

import re
from dataclasses import dataclass
from typing import Final

from markdown_it.tree import SyntaxTreeNode

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.half_open import closed
from lms_tui.tui.text.lines import Line, render
from lms_tui.tui.text.parse import parse
from lms_tui.wire.text import clean

LONGEST: Final = 4_000
"""Characters of a last block that is made again: a longer one is finished up to its last line or item, so that what a
piece costs does not grow with the answer."""
_CERTAIN: Final = 100
"""Characters of a line after which it is a block: a rule of three stars goes on with the block before it, when a word
comes behind them."""
_GO_ON: Final = {"dl"}
"""Blocks that the next block may turn out to be a part of."""
_DEFINED: Final = re.compile(r"^[ \t>*+\-\d.)]*\[[^\]\n]+\]:", re.MULTILINE)
"""What a note or an address is named by, for all of a document."""


@dataclass(frozen=True, slots=True)
class Grown:
    """How the lines have grown: the first `kept` stand, and `lines` come behind those in place of all others."""

    kept: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Up to where the text is finished; `opening` is put before the rest."""

    end: int
    within: bool = False
    """Whether that is in the middle of a block, which goes on behind it."""
    opening: str = ""


class Streamed:
    """One text as it comes, for one width and palette."""

    def __init__(self, width: int, palette: Palette) -> None:
        """Begin with nothing."""
        self._width, self._palette = width, palette
        self._tail = ""
        """The text whose lines are not finished."""
        self._finished = 0
        """How many lines are."""
        self._links: dict[str, int] = {}
        self._within = False
        """Whether the tail is the rest of the block that was finished last: no blank line parts them."""
        self._blocks = 0
        """How many blocks are finished."""
        self._pieces: list[str] = []
        self._is_parted = False
        """Whether a block is, since it was too long, or may be."""
        self._is_document = True
        """Whether the lines are those of a document: no block is parted, no link to be listed, nothing guessed."""

    def grow(self, text: str) -> Grown:
        """Take what came, and return the lines that are others now."""
        self._pieces.append(text)
        self._tail = clean(self._tail + text)
        kept, lines = self._finished, list[Line]()
        tree = parse(self._tail)
        while (cut := _cut(self._tail, tree)) is not None:
            done = parse(self._tail[: cut.end])
            lines += self._made(done, self._links, within=cut.within)
            self._blocks += len(done.children) - cut.within
            self._is_parted |= cut.within or any(block.type in _GO_ON for block in done.children)
            self._tail, self._within = cut.opening + self._tail[cut.end :], cut.within
            tree = parse(self._tail)
        self._finished = kept + len(lines)
        if is_guessed := (looks := closed(self._tail, tree)) != self._tail:
            tree = parse(looks)
        links = dict(self._links)
        lines += self._made(tree, links)
        self._is_document = not (is_guessed or links or self._is_parted)
        return Grown(kept, lines)

    def is_whole(self, text: str) -> bool:
        """Tell whether the lines are, one by one, those of the document `text`; it may be that they are and it is not
        known."""
        return self._is_document and text == "".join(self._pieces) and _DEFINED.search(text) is None

    def _made(self, tree: SyntaxTreeNode, links: dict[str, int], *, within: bool = False) -> list[Line]:
        """Return the lines of a part behind what is finished."""
        made = list(render(tree, self._width, self._palette, links=links, before=self._blocks))
        if within and made and made[-1].hint:
            made.pop()  # how much of a wide block is out of sight is said under its end
        return [Line(block=self._blocks), *made] if tree.children and self._blocks and not self._within else made


def _cut(text: str, tree: SyntaxTreeNode) -> _Cut | None:
    """Return up to where `text` is finished: before its last block, or within one that is long; None: nowhere."""
    blocks = [block for block in tree.children if block.type != "footnote_block"]
    if len(blocks) > 1:
        start = _start_of(blocks[-1], text)
        if "\n" in text[start:] or len(text) - start > _CERTAIN:
            return _Cut(start)
        return _Cut(_start_of(blocks[-2], text)) if len(blocks) > 2 else None
    if len(text) <= LONGEST:
        return None
    if blocks and blocks[0].type == "fence":
        return _cut_code(text, blocks[0])
    if blocks and blocks[0].type in {"bullet_list", "ordered_list"} and len(blocks[0].children) > 1:
        return _Cut(_start_of(blocks[0].children[-1], text), within=True)
    end = max(text.rfind("\n", LONGEST // 2), text.rfind(" ", LONGEST // 2)) + 1
    return _Cut(end or len(text), within=True)


def _cut_code(text: str, fence: SyntaxTreeNode) -> _Cut:
    """Finish code up to its last whole line; what follows is code of the same language."""
    start = _start_of(fence, text)
    begins = text.find("\n", start) + 1 or len(text)
    last = text.rstrip("\n").rpartition("\n")[2].strip()
    if last and last == fence.markup[:1] * len(last) and len(last) >= len(fence.markup):
        return _Cut(len(text))
    end = text.rfind("\n") + 1
    return _Cut(end if end > begins else len(text), within=True, opening=text[start:begins])


def _start_of(block: SyntaxTreeNode, text: str) -> int:
    """Return where in `text` the first line of `block` begins."""
    number = block.map[0] if block.map is not None else 0
    at = 0
    for _ in range(number):
        at = text.index("\n", at) + 1
    return at
