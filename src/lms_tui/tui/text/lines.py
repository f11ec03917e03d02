"""The tree of a lesson into lines of one width, lazily, so that the first screenful is there at once.

Prose wraps at the width. Code and tables keep their natural width: a line whose `wide` is not 0 belongs to a block
that is wider than the width, and the widget scrolls it sideways. Footnotes stand at the end, then the links.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import ClassVar

from markdown_it.tree import SyntaxTreeNode
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from lms_tui.tui.palette import Palette
from lms_tui.tui.text import parse
from lms_tui.tui.text.code import coloured
from lms_tui.tui.text.figures import figures
from lms_tui.tui.text.inline import Inline, box

_NARROWEST = 8
_HTML_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `block` counts the blocks of the document from 0; `heading` is (level, title) on a heading's line.
    The notes and the links at the end count as headings, too.

    `wide` is the width in cells of the whole block that the line belongs to when that does not fit, else 0;
    `hint` marks the line under such a block where the widget says how much is out of sight. `image` is the source of
    the picture that belongs above the line, which is its alternative text;
    `picture` marks the lines of one that is shown, `number` is that by which the terminal knows it, else 0.
    """

    segments: tuple[Segment, ...] = ()
    block: int = 0
    heading: tuple[int, str] | None = None
    wide: int = 0
    hint: bool = False
    image: str = ""
    picture: bool = False
    number: int = 0

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(segment.text for segment in self.segments)


def render(
    tree: SyntaxTreeNode,
    width: int,
    palette: Palette,
    pictures: dict[str, str] | None = None,
    links: dict[str, int] | None = None,
    before: int = 0,
) -> Iterator[Line]:
    """Yield the lines of a document that `parse.parse` made, none wider than `width` but those that are `wide`.

    Pictures have numbers where `pictures` is given, which holds those that can be opened, as far as lines are made.
    With `links`, the numbers of the links in what stands before, the document is a part, behind `before` blocks: their
    numbers go on, and the links are not listed at its end.
    """
    return _Renderer(palette, pictures, links).document(tree, max(_NARROWEST, width), before)


@dataclass
class _Renderer:
    palette: Palette
    pictures: dict[str, str] | None
    links: dict[str, int] | None
    inline: Inline = field(init=False)
    console: Console = field(init=False)
    html_depth: int = 0

    def __post_init__(self) -> None:
        self.inline = Inline(self.palette, {} if self.links is None else self.links, self.pictures)
        self.console = Console(file=StringIO(), force_terminal=True, color_system="truecolor", _environ={})

    def document(self, tree: SyntaxTreeNode, width: int, before: int) -> Iterator[Line]:
        for block, node in enumerate(tree.children, before):
            if block > before:
                yield Line(block=block)
            shown = figures(node)
            for line in self.node(node, width) if shown is None else self._figures(shown, width):
                # Lists nested so deep that no room is left for their text are scrolled sideways too.
                long = cell_len(line.text) if not line.wide else 0
                yield replace(line, block=block, wide=long if long > width else line.wide)
        if self.links is None and self.inline.links:
            yield from (replace(line, block=len(tree.children)) for line in self._links(width))

    def node(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        """Yield the lines of one block."""
        width = max(_NARROWEST, width)
        yield from self._MAKERS.get(node.type, _Renderer._blocks)(self, node, width)

    def _blocks(self, parent: SyntaxTreeNode, width: int) -> Iterator[Line]:
        """Yield the blocks inside `parent`, parted by a blank line where the text parts them."""
        for index, node in enumerate(parent.children):
            if index and not (node.type == "paragraph" and node.hidden) and not _tight(parent):
                yield Line()
            yield from self.node(node, width)

    def wrapped(self, text: Text, width: int) -> Iterator[Line]:
        """Yield `text` wrapped at words, and within a word that is too long."""
        for paragraph in text.split("\n", allow_blank=True):
            for line in paragraph.wrap(self.console, width):
                line.rstrip()
                yield Line(tuple(segment for segment in line.render(self.console) if segment.text))

    def _heading(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        level = int(node.tag[1])
        style = (self.palette.accent, self.palette.primary)[level - 1] if level < 3 else self.palette.text
        text = self.inline.text(_inline(node), style + Style(bold=True))
        lines = list(self.wrapped(text, width))
        first = replace(lines[0], heading=(level, text.plain.replace("\n", " "))) if lines else Line()
        yield from [first, *lines[1:]]
        if level == 1:
            longest = max((cell_len(line.text) for line in lines), default=0)
            yield Line((Segment("━" * longest, self.palette.muted),))

    def _paragraph(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        yield from self.wrapped(self.inline.text(_inline(node), self.palette.text), width)

    def _figures(self, shown: list[tuple[str, SyntaxTreeNode]], width: int) -> Iterator[Line]:
        """Yield the alternative text of pictures, each on a line of its own that names it."""
        for source, node in shown:
            alone = SyntaxTreeNode()
            alone.children = [node]
            first, *rest = self.wrapped(self.inline.text(alone, self.palette.text), width)
            yield replace(first, image=source)
            yield from rest

    def _code(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        content = node.content.expandtabs(4)
        natural = max(map(cell_len, content.split("\n"))) + 4
        wide = natural if natural > width else 0
        back = self.palette.code
        for line in coloured(content, node.info, self.palette):
            pieces = [Segment(text, back + style) for text, style, _ in line if text and style is not None]
            room = max(natural, width) - 2 - sum(cell_len(piece.text) for piece in pieces)
            yield Line((Segment("  ", back), *pieces, Segment(" " * max(0, room), back)), wide=wide)
        if wide:
            yield Line(wide=wide, hint=True)

    def _list(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        number = int(node.attrs.get("start", 1))
        last = number + len(node.children) - 1
        indent = len(f"{last}. ") if node.type == "ordered_list" else 2
        for index, item in enumerate(node.children):
            if index and not _tight(item):
                yield Line()
            mark = f"{number + index}. ".rjust(indent) if node.type == "ordered_list" else "• "
            style = self.palette.accent
            if (task := _box(item)) is not None:
                mark = f"{mark.removeprefix('• ')}{task} "
                style = self.palette.success if task == "[x]" else self.palette.muted
            first, rest = Segment(mark, style), Segment(" " * len(mark), self.palette.text)
            lines = self._blocks(item, width - len(mark))
            yield from _prefixed(lines, first, rest, len(mark))

    def _quote(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        bar = Segment("│ ", self.palette.muted)
        yield from _prefixed(self._blocks(node, width - 2), bar, bar, 2)

    def _rule(self, _node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        yield Line((Segment("─" * width, self.palette.muted),))

    def _definitions(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        """A term in bold, what it means indented under it."""
        indent = Segment("  ", self.palette.text)
        for index, part in enumerate(node.children):
            if part.type == "dt":
                if index:
                    yield Line()
                yield from self.wrapped(self.inline.text(_inline(part), self.palette.strong), width)
            else:
                yield from _prefixed(self._blocks(part, width - 2), indent, indent, 2)

    def _table(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        rows = [
            [
                (self.inline.text(_inline(cell), self.palette.text), str(cell.attrs.get("style", "")))
                for cell in row.children
            ]
            for part in node.children
            for row in part.children
        ]
        for row in rows:
            for text, _ in row:
                text.plain = text.plain.replace("\n", " ")
        columns = len(rows[0])
        headed = any(text.plain.strip() for text, _ in rows[0])  # HTML has tables without, Markdown has not
        widths = [max(row[at][0].cell_len if at < len(row) else 0 for row in rows) for at in range(columns)]
        natural = sum(widths) + 3 * columns + 1
        wide = natural if natural > width else 0
        rule = self.palette.muted
        edges = {name: _edge(ends, widths) for name, ends in (("top", "┌┬┐"), ("head", "├┼┤"), ("end", "└┴┘"))}
        yield Line((Segment(edges["top"], rule),), wide=wide)
        for index, row in enumerate(rows):
            if index == 0 and not headed:
                continue
            yield Line(tuple(self._cells(row, widths, head=index == 0)), wide=wide)
            if index == 0:
                yield Line((Segment(edges["head"], rule),), wide=wide)
        yield Line((Segment(edges["end"], rule),), wide=wide)
        if wide:
            yield Line(wide=wide, hint=True)

    def _cells(self, row: list[tuple[Text, str]], widths: list[int], *, head: bool) -> Iterator[Segment]:
        rule = self.palette.muted
        yield Segment("│", rule)
        for at, width in enumerate(widths):
            text, style = row[at] if at < len(row) else (Text(), "")
            space = width - text.cell_len
            left = space if "right" in style else space // 2 if "center" in style else 0
            yield Segment(" " * (left + 1), self.palette.text)
            for segment in text.render(self.console):
                yield Segment(segment.text, (segment.style or Style()) + Style(bold=head or None))
            yield Segment(" " * (space - left + 1), self.palette.text)
            yield Segment("│", rule)

    def _html(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        """HTML inside Markdown is read like HTML; what that leaves as HTML again is dropped at some depth."""
        if self.html_depth >= _HTML_DEPTH:
            return
        self.html_depth += 1
        tree = parse.parse(node.content, "html")
        yield from self._blocks(tree, width)
        self.html_depth -= 1

    def _footnotes(self, node: SyntaxTreeNode, width: int) -> Iterator[Line]:
        yield Line((Segment("─" * min(width, 24), self.palette.muted),), heading=(1, "Notes"))
        for note in node.children:
            mark = f"^{note.meta['id'] + 1} "
            indent = Segment(" " * len(mark), self.palette.text)
            lines = self._blocks(note, width - len(mark))
            yield from _prefixed(lines, Segment(mark, self.palette.accent), indent, len(mark))

    def _links(self, width: int) -> Iterator[Line]:
        yield Line()
        heading = Text.assemble(("Links", self.palette.primary + Style(bold=True)), end="")
        yield from (replace(line, heading=(1, "Links")) for line in self.wrapped(heading, width))
        for address, number in self.inline.links.items():
            mark = f"[{number}] "
            lines = self.wrapped(
                Text.assemble((address, self.palette.text), end=""), max(_NARROWEST, width - len(mark))
            )
            indent = Segment(" " * len(mark), self.palette.text)
            yield from _prefixed(lines, Segment(mark, self.palette.muted), indent, len(mark))

    _MAKERS: ClassVar = {
        "heading": _heading,
        "paragraph": _paragraph,
        "fence": _code,
        "code_block": _code,
        "bullet_list": _list,
        "ordered_list": _list,
        "dl": _definitions,
        "blockquote": _quote,
        "hr": _rule,
        "table": _table,
        "html_block": _html,
        "footnote_block": _footnotes,
    }
    """What makes the lines of which block; any other block is those in it."""


def _inline(node: SyntaxTreeNode) -> SyntaxTreeNode:
    """Return the node that holds the text of a heading, a paragraph or a cell; itself when it is empty."""
    return node.children[0] if node.children else node


def _box(item: SyntaxTreeNode) -> str | None:
    """Return the box of a list's item that is a task."""
    first = item
    while first.type != "html_inline" and first.children:
        first = first.children[0]
    return box(first)


def _tight(parent: SyntaxTreeNode) -> bool:
    """Tell whether the blocks of a list item stand without blank lines, as in the source."""
    return parent.type == "list_item" and all(child.hidden for child in parent.children if child.type == "paragraph")


def _prefixed(lines: Iterator[Line], first: Segment, rest: Segment, width: int) -> Iterator[Line]:
    """Put `first` before the first line and `rest` before the others; both are `width` cells."""
    for index, line in enumerate(lines):
        wide = line.wide + width if line.wide else 0
        yield replace(line, segments=((rest if index else first), *line.segments), wide=wide)


def _edge(ends: str, widths: list[int]) -> str:
    return ends[0] + ends[1].join("─" * (width + 2) for width in widths) + ends[2]
