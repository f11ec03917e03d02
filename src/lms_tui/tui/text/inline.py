"""The inside of a paragraph: emphasis, code, links, images, notes, as Rich text ready to wrap."""

from dataclasses import dataclass, field

from markdown_it.tree import SyntaxTreeNode
from rich.style import Style
from rich.text import Text

from lms_tui.tui.palette import Palette
from lms_tui.tui.text.images import alternative, can_be_opened, source_of
from lms_tui.wire.text import clean_line

_LEAVES = {"text", "text_special", "code_inline", "softbreak", "hardbreak", "image", "footnote_ref", "html_inline"}
_EMPHASIS = {"em": Style(italic=True), "strong": Style(bold=True), "s": Style(strike=True)}


@dataclass
class Inline:
    """Makes text of inline nodes, and numbers the links it meets on the way.

    Links are shown and never followed: the text is underlined and bears a number, the addresses stand in `links`
    with their numbers, in their order; one address has one number. Pictures are told by their words.
    """

    palette: Palette
    links: dict[str, int] = field(default_factory=dict)
    pictures: dict[str, str] | None = None
    """Where pictures are that can be opened, each with its words, numbered in their order; None: none is numbered."""

    _numbers: dict[str, int] = field(default_factory=dict)

    def text(self, node: SyntaxTreeNode, style: Style) -> Text:
        """Return the text of all children of `node`, in `style`; hard breaks are line feeds in it."""
        result = Text(end="")
        self._append(result, node, style)
        return result

    def _append(self, out: Text, node: SyntaxTreeNode, style: Style) -> None:
        boxed = False
        for child in node.children:
            if child.type in _EMPHASIS:
                self._append(out, child, style + _EMPHASIS[child.type])
            elif child.type == "link":
                self._append(out, child, style + Style(underline=True))
                out.append(f"[{self._number(str(child.attrs.get('href', '')))}]", style + self.palette.muted)
            elif child.type in _LEAVES:
                text, tone = self._leaf(child)
                out.append(text.removeprefix(" ") if boxed else text, style + tone)
                boxed = box(child) is not None
            else:
                self._append(out, child, style)

    def _leaf(self, node: SyntaxTreeNode) -> tuple[str, Style]:
        """Return what a node without children shows, and its style."""
        match node.type:
            case "code_inline":
                return _flat(node.content), self.palette.secondary
            case "softbreak" | "hardbreak":
                return (" " if node.type == "softbreak" else "\n"), Style.null()
            case "image":
                return self._picture(node), self.palette.muted
            case "footnote_ref":
                return f"^{node.meta['id'] + 1}", self.palette.accent
            case "html_inline":
                return ("" if box(node) is not None else _tag(node.content)), Style.null()
            case _:
                return _flat(node.content), Style.null()

    def _picture(self, image: SyntaxTreeNode) -> str:
        words, source = alternative(image), source_of(image)
        if self.pictures is None or not can_be_opened(source):
            return f"[image: {words}]"
        self.pictures.setdefault(source, words)
        return f"[image {self._numbers.setdefault(source, len(self.pictures))}: {words}]"

    def _number(self, address: str) -> int:
        return self.links.setdefault(clean_line(address), len(self.links) + 1)


def _flat(text: str) -> str:
    """Clean once more: an entity such as `&#27;` is a control character only now. Blanks at the ends stay."""
    flat = clean_line(text)
    return " " * text[:1].isspace() + flat + " " * (text[-1:].isspace() and bool(flat))


def box(node: SyntaxTreeNode) -> str | None:
    """Return the box of a task, "[x]" or "[ ]", if `node` is one; its list draws it in place of a bullet."""
    if node.type != "html_inline" or not node.content.startswith('<input class="task-list-item-checkbox"'):
        return None
    return "[x]" if 'checked="checked"' in node.content else "[ ]"


def _tag(tag: str) -> str:
    """Return what an HTML tag inside a paragraph shows: a break, or nothing."""
    return "\n" if tag.lower().startswith("<br") else ""
