"""When a lesson is complete that has a mentor, and when a check is passed (domain.md, The mentor; Progress)."""

import enum
from typing import Final

PASSES_FROM: Final = 70
"""Per cent of understanding that pass where the lesson says nothing of its own."""


class Completion(enum.StrEnum):
    """By what a lesson is completed."""

    HAND = "hand"
    QUIZ = "quiz"
    """An attempt passed."""
    PACKAGE = "package"
    """What a SCORM package reports."""
    CHECK = "check"
    """The mentor's check passed, or by hand while a check cannot be had."""


def completion(kind: str, *, has_mentor: bool, objectives: str | None) -> Completion:
    """Return by what a lesson of type `kind` is completed. A mentor without objectives has nothing to judge by."""
    if kind == "quiz":
        return Completion.QUIZ
    if has_mentor and (objectives or "").strip():
        return Completion.CHECK
    return Completion.PACKAGE if kind == "scorm" else Completion.HAND


def is_passed(understanding: int, threshold: int | None) -> bool:
    """Whether `understanding`, 1 to 10, is enough for `threshold` per cent; None is PASSES_FROM."""
    return understanding * 10 >= (PASSES_FROM if threshold is None else threshold)


def needed(threshold: int | None) -> int:
    """Return the least understanding, 1 to 10, that passes; 11 where none does."""
    return next((level for level in range(1, 11) if is_passed(level, threshold)), 11)


def by_hand(by: Completion, *, can_check: bool, failed_since: bool) -> bool:
    """Whether the learner may mark the lesson as done.

    Where the check completes it: only while no check can be had (`can_check`: there is a provider, and something left
    of the day's budget), or when one came to nothing by a fault and none has succeeded since.
    """
    return by is Completion.HAND or (by is Completion.CHECK and (failed_since or not can_check))
