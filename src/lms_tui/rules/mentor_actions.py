"""Recommended actions as the text of one column: other programs show it as it stands, and we read it back.

The rule: one action is one line, `- ` before it; where it leads to a lesson, that stands behind it as
` (lesson: TITLE, ID)`, in which brackets take the place of the title's parentheses. What another program wrote is read
line by line in the same way: a mark of a list before a line is dropped, and what names no lesson leads to none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from lms_tui.wire.text import clean_line

_MOST: Final = 20
"""Lines of another program's that are told."""
_LONGEST: Final = 1_000
_MARK: Final = re.compile(r"^(?:[-*•]|\d{1,2}[.)])[ \t]+")
_LEADS: Final = re.compile(r" \(lesson: [^()]*, ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)$")
_IDS: Final = re.compile(r"( \(lesson: [^()]*), [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$", re.MULTILINE)
_ROUND: Final = str.maketrans("()", "[]")


def as_text(actions: Iterable[tuple[str, tuple[UUID, str] | None]]) -> str:
    """Return the column's text: each action with the id and the title of the lesson that it leads to, or None."""
    return "\n".join(_line(clean_line(action), lesson) for action, lesson in actions)


def _line(action: str, lesson: tuple[UUID, str] | None) -> str:
    if lesson is not None:
        own, title = lesson
        return f"- {action} (lesson: {clean_line(title).translate(_ROUND)}, {own})"
    return f"- {action}." if _LEADS.search(action) else f"- {action}"  # words that look so lead nowhere


def from_text(text: str | None) -> Iterator[tuple[str, UUID | None]]:
    """Yield each action with the id of the lesson that it leads to, if it does."""
    lines = [line for line in map(clean_line, (text or "").splitlines()) if line]
    for line in lines[:_MOST]:
        action = _MARK.sub("", line, count=1)
        leads = _LEADS.search(action)
        yield action[: leads.start() if leads else None][:_LONGEST], UUID(leads[1]) if leads else None


def without_ids(text: str) -> str:
    """Return the column's text for people: each lesson by its title alone."""
    return _IDS.sub(r"\1)", text)
