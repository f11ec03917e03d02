"""What of a lesson and of its learner the mentor may be told (domain.md, The mentor: prompt).

A model tells whoever asks it what it has seen. So of a question there is its text and what the learner answered, and
nothing from which a right answer can be told; of people only the learner.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lms_tui.rules.questions import BLANK

LONGEST_TEXT: Final = 200_000
"""Characters of a lesson's text that are read; what of it is told is decided by tokens."""
LONGEST_WISH: Final = 16_000
"""Of the author's prompt, and of the objectives."""
MOST_GROUPS: Final = 10
LONGEST_GROUP: Final = 1_000
MOST_WRONG: Final = 30
LONGEST_QUESTION: Final = 600
LONGEST_ANSWER: Final = 300

_MARKER: Final = re.compile(r"\[[^\[\]]*\]")
_PLAIN: Final = re.compile(r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A question that the learner has answered wrongly, and what they answered."""

    lesson: str
    """Title of the quiz."""
    question: str
    """Without what its blanks accept."""
    answer: str
    """'' where they did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One lesson and one learner; '' where nothing is stored."""

    course: str
    chapter: str
    lesson: str
    text: str
    """The lesson's, Markdown or HTML as `text_format` tells."""
    ai_prompt: str
    objectives: str
    difficulty: str
    first_name: str
    groups: list[str]
    """Characteristics of the learner's groups."""
    wrong: list[Wrong]
    """The newest first."""


def without_accepted(title: str, *, brackets: bool = False) -> str:
    """Return the title of a question with blanks as one may see it who must not know what the blanks accept.

    `[x]` is a marker where x is an accepted text (`rules.questions`), which is not read here to find out: everything
    in brackets becomes a blank. Where brackets stand in brackets, or alone, or an accepted text has `brackets` itself
    (`[a]x[b]` may be one marker), all from the first to the last does.
    """
    if not brackets and _PLAIN.fullmatch(title):
        return _MARKER.sub(BLANK, title)
    ends = [at for at, letter in enumerate(title) if letter in "[]"]
    if not ends:
        return title
    return f"{title[: ends[0]]}{BLANK}{title[ends[-1] + 1 :]}"


def answer_text(rows: Sequence[tuple[str | None, str | None]]) -> str:
    """Return an answer in words, of its rows' option and text; '' where nothing was answered.

    Chosen options and texts stand beside each other, marked statements each with its mark.
    """
    parts = [": ".join(part.strip() for part in row if part and part.strip()) for row in rows]
    return "; ".join(part for part in parts if part)[:LONGEST_ANSWER]
