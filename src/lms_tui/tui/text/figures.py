"""Pictures that stand on lines of their own, in a paragraph that holds nothing else: those are shown as pictures.

A picture within a sentence, a list, a quotation or a table is told by its alternative text, with the number by which it
is opened, like all of them where none can be shown.
"""

from markdown_it.tree import SyntaxTreeNode

from lms_tui.tui.text.images import source_of

_BREAKS = ("softbreak", "hardbreak")


def figures(paragraph: SyntaxTreeNode) -> list[tuple[str, SyntaxTreeNode]] | None:
    """Return source and node (the picture, or the link around it) of each line of a paragraph; None where other
    things stand in it too."""
    if paragraph.type != "paragraph" or not paragraph.children:
        return None
    found: list[tuple[str, SyntaxTreeNode]] = []
    between = True
    for node in paragraph.children[0].children:
        if node.type in _BREAKS:
            between = True
        elif node.type == "text" and not node.content.strip():
            continue
        elif (image := _image(node)) is None or not between:
            return None
        else:
            found.append((source_of(image), node))
            between = False
    return found or None


def _image(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    if node.type == "link" and len(node.children) == 1:
        node = node.children[0]
    return node if node.type == "image" else None
