"""Markdown that is cut anywhere, as it will look: bold and code that are open at its end are closed.

Without it the marks of what is still being written stand there for a moment, and go with its last word. Only what
models write all the time is looked at, and only in the last line: a guess that is wrong is one until the line goes on.
"""

import re
from typing import Final

from markdown_it.tree import SyntaxTreeNode

_MARK: Final = re.compile(r"\\.|(?P<code>`+)|(?<!\*)(?P<bold>\*\*)(?!\*)|(?P<half>\*+$)")
_TICKS: Final = re.compile("`+")
_BOLD: Final = "**"


def closed(text: str, tree: SyntaxTreeNode) -> str:
    """Return `text`, whose tree this is, with what is open at its end closed; itself where nothing is."""
    begins = text.rfind("\n") + 1
    line = text[begins:]
    if ("`" not in line and "*" not in line) or _is_code(tree):
        return text
    return text[:begins] + _closed(line)


def _closed(line: str) -> str:
    bold, at = False, 0
    while (mark := _MARK.search(line, at)) is not None:
        at, rest = mark.end(), line[mark.end() :]
        if (ticks := mark["code"]) is not None:
            if (end := _end_of_code(line, at, ticks)) is None:
                code = rest.rstrip("`")  # half of what ends it, perhaps
                return _ended(line[:at] + code + ticks if code.strip() else line[: mark.start()], bold=bold)
            at = end
        elif mark["half"] is not None:
            is_half = bold or mark.start() == 0 or line[mark.start() - 1] == " "
            return _ended(line[: mark.start()], bold=bold) if is_half else line
        elif mark["bold"] is not None:
            if bold and not line[: mark.start()].endswith(" "):
                bold = False
            elif not rest:  # it opens, or closes what goes on behind a blank
                return _ended(line[: mark.start()], bold=bold)
            elif not rest.startswith(" "):
                bold = True
    return _ended(line, bold=bold)


def _ended(line: str, *, bold: bool) -> str:
    if not bold:
        return line
    line = line.rstrip()
    return line.removesuffix(_BOLD) if line.endswith(_BOLD) else line + _BOLD


def _end_of_code(line: str, begins: int, ticks: str) -> int | None:
    """Return where code ends that begins behind `ticks`: as many stand there, and no more."""
    return next((run.end() for run in _TICKS.finditer(line, begins) if run[0] == ticks), None)


def _is_code(tree: SyntaxTreeNode) -> bool:
    """Tell whether what the text ends with stands there as it is."""
    while tree.children:
        tree = tree.children[-1]
    return tree.type in {"fence", "code_block", "html_block"}
