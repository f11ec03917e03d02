"""What others wrote, made into material that a model can tell from instructions: blocks, and what is taken out of them.

The form is what the literature calls spotlighting (Hines et al. 2024, arXiv 2403.14720), by delimiters and marks at
once: a block stands between two lines with a mark that nobody who writes material can know, and every line of it begins
with `^ `. So no line of a block can end it, whatever it holds. Marks between words or base64, which that paper finds
stronger still, would spoil code and tables, and small models read neither.

Taken out is what steers a model without being read by people: characters that nobody sees (`wire.text.clean`),
comments, and the tokens by which a chat template begins a message, which local servers may take for real ones.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from functools import cache
from typing import Final

from lms_tui.mentor.tokens import estimate
from lms_tui.wire.text import clean

LINE: Final = "^ "
"""How each line of a block begins."""

_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT: Final = re.compile("(<!--|-->)")
_DATA_ADDRESS: Final = re.compile(r"data:[\w.+-]+/[\w.+-]+[\w;=,.+/%-]{80,}")
_CONTROL: Final = re.compile(
    r"<(?=[|\uff5c][^<>|\uff5c\n]{1,64}[|\uff5c]>)"  # <|im_start|>, and DeepSeek's with wide bars
    r"|<(?=\|[a-z_]{1,32}>|[a-z_]{1,32}\|>)"  # <|channel>, <channel|>
    r"|<(?=/?(?:start_of_turn|end_of_turn|s|bos|eos|pad|unk|think|tool_call|tool_response|function_calls?)>)"
    r"|<(?=</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK)\])",
    re.IGNORECASE,
)


@cache
def _key() -> bytes:
    return secrets.token_bytes(32)


def mark_of(*texts: str) -> str:
    """Return the mark for a conversation about `texts`: 16 letters.

    A hash by a key that each process draws: nobody who writes a text can know its mark, and it changes with the text.
    It is the same again for the same texts, so that a server keeps what it has read of a conversation (its prefix
    cache) from one question to the next; a mark drawn for each would have a local model read the lesson each time.
    """
    made = hashlib.blake2b(digest_size=8, key=_key())
    for text in texts:
        made.update(len(text).to_bytes(8, "big") + text.encode("utf-8", "replace"))
    return made.hexdigest().translate(_LETTERS)


def harmless(text: str, mark: str) -> str:
    """Return what somebody wrote as it may be told: nothing unseen in it, no token of a template, not the mark."""
    text = _CONTROL.sub(lambda found: f"{found[0]} ", clean(text))
    while mark in text.lower():
        text = re.sub(mark, "", text, flags=re.IGNORECASE)
    return text


def block(mark: str, title: str, text: str) -> str:
    """Return `text` as a block of material, its lines marked; '' where there is none. `title` is ours."""
    lines = harmless(text, mark).strip("\n").split("\n")
    if not any(line.strip() for line in lines):
        return ""
    body = "\n".join(f"{LINE}{line}".rstrip() for line in lines)
    return f"{mark} BEGIN {title}\n{body}\n{mark} END {title}"


def readable(text: str) -> str:
    """Return Markdown without what its readers do not see: comments outside of code, pictures as data."""
    kept: list[str] = []
    fence, in_comment = "", False
    for line in text.split("\n"):
        found = None if in_comment else _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            fence = found[1]
        else:
            line, in_comment = _without_comments(line, in_comment)  # noqa: PLW2901
        kept.append(line)
    return _DATA_ADDRESS.sub("data:", "\n".join(kept))


def _without_comments(line: str, in_comment: bool) -> tuple[str, bool]:
    """Return a line without what of it is a comment, and whether one goes on behind it."""
    kept = []
    for part in _COMMENT.split(line):
        if part == ("-->" if in_comment else "<!--"):
            in_comment = not in_comment
        elif not in_comment:
            kept.append(part)
    return "".join(kept), in_comment


def cut(text: str, tokens: int) -> tuple[str, bool]:
    """Return what of `text` fits in about `tokens`, cut between paragraphs, and whether something is left out.

    A paragraph that is too long alone is cut between lines, and a line as it comes.
    """
    if estimate(text) <= tokens:
        return text, False
    for separator in ("\n\n", "\n"):
        parts = text.split(separator)
        kept = _most(len(parts), lambda many: estimate(separator.join(parts[:many])) <= tokens)  # noqa: B023
        if beginning := separator.join(parts[:kept]).rstrip():
            return beginning, True
    return text[: _most(min(len(text), 4 * tokens), lambda many: estimate(text[:many]) <= tokens)], True


def _most(high: int, fits: Callable[[int], bool]) -> int:
    """Return the greatest number up to `high` that fits, where all below one that fits do; 0 fits."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
