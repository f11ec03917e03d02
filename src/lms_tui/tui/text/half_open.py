"""Markdown that is cut anywhere, as it will look: emphasis, code and addresses that are open at its end are closed.

Without it the marks of what is still being written stand there for a moment, and go with its last word. Only what
models write all the time is looked at, and only in the last line: a guess that is wrong is one until the line goes on.
"""

import re
from typing import Final

from markdown_it.tree import SyntaxTreeNode

_MARK: Final = re.compile(
    r"\\."
    r"|(?P<code>`+)"
    r"|\[[^\[\]]*\]\([^()\s]*(?:\)|(?P<open>$))"
    r"|(?P<half>(?<!(?<!\\)\*)\*+$)"
    r"|(?<!\*)(?P<stars>\*\*?)(?!\*)"
)
_TICKS: Final = re.compile("`+")
_BEFORE: Final = " \t\"'\u201c\u2018["


def closed(text: str, tree: SyntaxTreeNode) -> str:
    """Return `text`, whose tree this is, with what is open at its end closed; itself where nothing is."""
    if _is_code(tree):
        return text
    begins = text.rfind("\n") + 1
    return text[:begins] + _closed(text[begins:])


def _closed(line: str) -> str:
    opened: list[tuple[str, int]] = []
    at = 0
    while (mark := _MARK.search(line, at)) is not None:
        at, before, rest = mark.end(), line[: mark.start()], line[mark.end() :]
        if (ticks := mark["code"]) is not None:
            if (end := _end_of_code(line, at, ticks)) is None:
                code = rest.rstrip("`")  # half of what ends it, perhaps
                return _ended(line[:at] + code + ticks if code.strip() else before, opened)
            at = end
        elif mark["open"] is not None:
            return _ended(f"{line})", opened)
        elif mark["half"] is not None:
            return _ended(before, opened) if opened or _may_begin(before) else line
        elif (stars := mark["stars"]) is not None:
            within = [each for each, _ in opened]
            if stars in within and not before.endswith(" "):
                del opened[within.index(stars) :]
            elif stars not in within and not rest.startswith(" ") and (stars == "**" or _may_begin(before)):
                opened.append((stars, at))
    return _ended(line, opened)


def _may_begin(before: str) -> bool:
    """Tell whether one star behind `before` emphasizes: elsewhere it multiplies, or stands before a name in code."""
    return not before or before[-1] in _BEFORE


def _ended(line: str, opened: list[tuple[str, int]]) -> str:
    """Return `line` with what was opened closed, the innermost first, and without what nothing stands in yet."""
    for stars, begins in reversed(opened):
        line = line.rstrip()
        line = line + stars if len(line) > begins else line.removesuffix(stars)
    return line


def _end_of_code(line: str, begins: int, ticks: str) -> int | None:
    """Return where code ends that begins behind `ticks`: as many stand there, and no more."""
    return next((run.end() for run in _TICKS.finditer(line, begins) if run[0] == ticks), None)


def _is_code(tree: SyntaxTreeNode) -> bool:
    """Tell whether what the text ends with stands there as it is."""
    while tree.children:
        tree = tree.children[-1]
    return tree.type in {"fence", "code_block", "html_block"}
