"""The lines of a GIFT file cut into questions: by empty lines and braces, with the comments over each.

What stands inside of a question is `gift_syntax`'.
"""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lms_tui.courses.model import Report
from lms_tui.wire.courses import Level

ESCAPE = r"\\[\\~=#{}:n]"
"""A letter that a backslash takes its meaning from."""
BRACES = re.compile(rf"{ESCAPE}|[{{}}]")
_COMMENT_MARK = re.compile(r"\[(id|tag):([^\]]{0,200})\]")


@dataclass(slots=True)
class Block:
    """The lines of one question, without its comments."""

    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    broken: bool = False
    starts: list[int] = field(default_factory=list)

    def line_at(self, offset: int) -> int:
        """The line of the file that holds the letter at `offset` of the joined lines."""
        if not self.starts:
            place = 0
            for line in self.lines:
                self.starts.append(place)
                place += len(line) + 1
        return self.numbers[bisect.bisect_right(self.starts, max(offset, 0)) - 1]


def blocks(lines: list[str], file: str, report: Report) -> Iterator[Block]:
    """Cut the file into questions. Each line is looked at twice at most: a brace never closed is given up at the
    first empty line after it, and what follows is read again as if it had been closed there."""
    block = Block()
    opened: int | None = None
    resume: int | None = None
    at = 0
    while at <= len(lines):
        ended = at == len(lines)
        line = "" if ended else lines[at]
        bare = line.strip()
        if opened is not None and (ended or (resume is not None and _opens(line))):
            report.refuse(file, opened + 1, "the { is never closed; add the } or write \\{ where a brace is meant")
            block.broken = True
            yield block
            block, at = Block(), len(lines) if resume is None else resume
            opened = resume = None
            continue
        if bare.startswith("//"):
            block.comments.append((at + 1, bare))
        elif opened is None and (ended or not bare or bare.startswith("$CATEGORY:")):
            yield block
            block = Block()
            if bare:
                yield Block([bare], [at + 1])
        else:
            block.lines.append(line)
            block.numbers.append(at + 1)
            if opened is not None and not bare and resume is None:
                resume = at
            was = opened
            opened, fault = _follow_braces(line, at, opened)
            if opened != was:
                resume = None
            if fault:
                report.refuse(file, at + 1, fault)
                block.broken = True
        at += 1


def _opens(line: str) -> bool:
    """Whether the first brace of a line that counts opens."""
    first = next((found[0] for found in BRACES.finditer(line) if found[0] in "{}"), "")
    return first == "{" and not line.lstrip().startswith("//")


def _follow_braces(line: str, at: int, opened: int | None) -> tuple[int | None, str]:
    """Where the open brace stands after this line (None: all closed), and what is wrong with its braces."""
    fault = ""
    for found in BRACES.finditer(line):
        if found[0] == "{":
            if opened is not None:
                fault = fault or "a { inside braces; write \\{ where the letter is meant"
            else:
                opened = at
        elif found[0] == "}":
            if opened is None:
                fault = fault or "a } that closes nothing; write \\} where the letter is meant"
            opened = None
    return opened, fault


def marks(block: Block) -> tuple[str | None, tuple[str, ...]]:
    """The `[id:…]` and the `[tag:…]` of a block's comments."""
    found = [mark for _, comment in block.comments for mark in _COMMENT_MARK.findall(comment)]
    own = [value.strip() for name, value in found if name == "id" and value.strip()]
    return (own[-1] if own else None), tuple(value.strip() for name, value in found if name == "tag")


def lonely_marks(block: Block, file: str, report: Report) -> None:
    """Tell of the marks of comments that stand over no question."""
    for number, comment in block.comments:
        if _COMMENT_MARK.search(comment):
            reason = "an [id:…] or [tag:…] with no question right below it: not used; remove the empty line"
            report.add(Level.SKIPPED, file, number, reason)
