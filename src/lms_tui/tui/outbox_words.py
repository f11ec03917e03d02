"""A write of the outbox in words: what it is, why it is still here, and how all of them stand."""

from datetime import timedelta
from typing import Final

from lms_tui.client.outbox_items import Counts, Kept, State
from lms_tui.tui import glyphs
from lms_tui.tui.moments import span
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.tui.words import count
from lms_tui.wire import learning, mentor, quizzes
from lms_tui.wire.text import clean_line

_NAMES: Final = {
    quizzes.ANSWER.name: "An answer",
    quizzes.SUBMIT.name: "A submission",
    learning.START.name: "A lesson opened",
    learning.COMPLETE.name: "A lesson done",
    mentor.ASK.name: "A question to the mentor",
}
_MARKS: Final = {
    State.SENDING: (glyphs.SORT, "accent"),
    State.NEXT: (glyphs.WAITING, "warning"),
    State.BEHIND: (glyphs.WAITING, "muted"),
    State.HELD: ("!", "warning"),
    State.REFUSED: (glyphs.WRONG, "error"),
}
_TEXT_SHOWN: Final = 200
"""Characters of a refused question that stand over the list, so that one knows which it is."""


def name_of(kept: Kept) -> str:
    """Return what a write is, in the words of the screen that gave it or in ours."""
    return kept.label or _NAMES.get(kept.operation.name, kept.operation.name)


def refused_question(kept: Kept, asked: mentor.AskRequest) -> list[tuple[str, str]]:
    """Return what is said of a question that was refused: what it is, why, and where it can go."""
    why = kept.problem.detail if kept.problem is not None else ""
    return [
        (f"“{beginning(asked.text)}”", "text"),
        (why, "warning"),
        ("Enter takes it back to where you type; it stays here until you ask it.", "muted"),
    ]


def beginning(text: str) -> str:
    """Return what a question begins with, on a line."""
    line = clean_line(text)
    return line if len(line) <= _TEXT_SHOWN else f"{line[:_TEXT_SHOWN]}{glyphs.ELLIPSIS}"


def sum_of(counts: Counts) -> str:
    """Return how much waits and how much was refused."""
    if not counts.waiting and not counts.refused:
        return "All saved"
    waiting = f"{count(counts.waiting, 'thing')} on the way to the service" if counts.waiting else ""
    refused = f"{count(counts.refused, 'thing')} refused" if counts.refused else ""
    return ", ".join(filter(None, (waiting, refused)))


def hints_of(counts: Counts) -> list[tuple[str, str]]:
    """Return what becomes of it, and what can be done."""
    hints = []
    if counts.waiting:
        hints.append("It goes by itself as soon as the service can be reached, in the order in which you gave it.")
    if counts.refused:
        hints.append("What was refused stays here and holds nothing up. Mend it where it belongs, or try it again.")
    if counts.others:
        hints.append(f"{count(counts.others, 'thing')} of other people or services wait on this machine too.")
    return [(hint, "muted") for hint in hints]


def row_of(kept: Kept, now: float) -> Row:
    """Return its row: what it is, why it is still here, and its age."""
    mark, tone = _MARKS[kept.state]
    return Row(
        name_of(kept),
        detail=_why(kept, now),
        right=_age(max(0.0, now - kept.created)),
        mark=mark,
        tone=tone,
    )


def _age(seconds: float) -> str:
    return "just now" if seconds < 60 else f"{span(timedelta(seconds=seconds))} ago"


def _why(kept: Kept, now: float) -> str:
    """Return in words why it is still here."""
    match kept.state:
        case State.REFUSED:
            return f"refused: {kept.problem.detail if kept.problem is not None else ''}"
        case State.HELD:
            return "waits for you: an answer of this attempt was refused, answer it again"
        case State.BEHIND:
            return "goes after what you gave before it"
        case State.SENDING:
            return "on its way"
        case State.NEXT:
            tried = f"tried {count(kept.tries, 'time')} without an answer, " if kept.tries else ""
            wait = max(0.0, kept.due - now)
            return f"{tried}{f'next try in {wait:.0f} s' if wait >= 1 else 'goes now'}"
