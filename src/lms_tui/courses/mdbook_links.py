"""What mdBook does with the text of a page before it is shown: includes, playgrounds, hidden lines of Rust."""

import posixpath
import re
from pathlib import Path

from lms_tui.courses.assets import inside
from lms_tui.courses.model import Report
from lms_tui.courses.source import read_text
from lms_tui.wire.courses import Level

_LINK = re.compile(r"(\\?)\{\{\s*#([a-z_]+)\s+([^{}\n]{1,500}?)\s*\}\}")
_ANCHOR = re.compile(r"ANCHOR(?:_END)?:\s*[\w-]+")
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*([^\n`]*)$")
_DEEPEST = 10
_MOST = 4 * 1024 * 1024
"""Most characters of a page with all that it includes: files that include each other twice grow without end."""


def resolve(text: str, root: Path, page: str, report: Report, depth: int = 0) -> str:
    """Return a page's text with mdBook's links put in. `page` is its path below `root`, the book's folder.

    `{{#include}}` and `{{#rustdoc_include}}` take a file's lines or the part that an anchor names, `{{#playground}}`
    shows a file as Rust, `{{#title}}` goes. What leads out of the book or to nothing stays as written and is told.
    """
    left = _MOST

    def put(found: re.Match[str]) -> str:
        nonlocal left
        if found[1]:
            return found[0][1:]
        line = text.count("\n", 0, found.start()) + 1
        made = _put(found[2], found[3], (root, page, line), report, depth)
        if made is not None and len(made) > left:
            report.add(Level.SKIPPED, page, line, f"{found[0]}: the page grows past {_MOST} characters; not included")
            made = None
        left -= len(made or "")
        return found[0] if made is None else made

    text = _LINK.sub(put, text)
    return text if depth else _without_hidden_lines(text, page, report)


def _put(name: str, argument: str, at: tuple[Path, str, int], report: Report, depth: int) -> str | None:
    """What one link becomes; None: it stays as it is."""
    root, page, line = at
    if name == "title":
        report.add(Level.ADAPTED, page, line, f"the page's own title {argument!r}: the lesson has that of SUMMARY.md")
        return ""
    if name not in {"include", "rustdoc_include", "playground", "playpen"}:
        return None
    file, _, part = argument.split(maxsplit=1)[0].partition(":")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), file))
    real = inside(root, target)
    if real is None or depth >= _DEEPEST:
        why = "is no file of the book" if real is None else f"is included more than {_DEEPEST} deep"
        report.add(Level.SKIPPED, page, line, f"{{{{#{name} {argument}}}}}: {target!r} {why}; left as it is written")
        return None
    text = read_text(real, target, report)
    if text is None:
        return None
    if name in {"playground", "playpen"}:
        return f"```rust\n{text.rstrip()}\n```"
    taken = _part(text, part)
    if taken is None:
        report.add(Level.SKIPPED, page, line, f"{{{{#{name} {argument}}}}}: {target!r} has no such part; left as it is")
        return None
    return resolve(taken, root, target, report, depth + 1) if name == "include" else taken


def _part(text: str, part: str) -> str | None:
    """The lines `2`, `:10`, `2:`, `2:10` (counted from 1, both ends in) or those of an anchor; empty is everything."""
    lines = text.rstrip("\n").split("\n")
    numbers = part.split(":")
    if not part:
        taken = lines
    elif all(number.isdecimal() or not number for number in numbers):
        first = int(numbers[0] or 1)
        last = first if len(numbers) == 1 else int(numbers[1] or len(lines))
        taken = lines[max(first - 1, 0) : last]
    else:
        inside_it = [re.search(rf"ANCHOR:\s*{re.escape(numbers[0])}(?![\w-])", line) is not None for line in lines]
        if not any(inside_it):
            return None
        start = inside_it.index(True) + 1
        ends = (
            at for at, line in enumerate(lines) if re.search(rf"ANCHOR_END:\s*{re.escape(numbers[0])}(?![\w-])", line)
        )
        taken = lines[start : next((at for at in ends if at >= start), len(lines))]
    return "\n".join(line for line in taken if not _ANCHOR.search(line))


def _without_hidden_lines(text: str, page: str, report: Report) -> str:
    """Leave out the lines of Rust that mdBook hides: `# ` at the beginning; `##` stands for `#`."""
    kept = []
    fence = ""
    is_rust = False
    hidden = 0
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and not fence:
            fence, is_rust = found[1], re.match(r"rust\b", found[2]) is not None
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
        elif fence and is_rust:
            bare = line.lstrip()
            if bare == "#" or bare.startswith("# "):
                hidden += 1
                continue
            kept.append(line.replace("##", "#", 1) if bare.startswith("##") else line)
            continue
        kept.append(line)
    if hidden:
        report.add(Level.ADAPTED, page, None, f"{hidden} hidden line{'s' if hidden > 1 else ''} of Rust left out")
    return "\n".join(kept)
