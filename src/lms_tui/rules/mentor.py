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


def completion(kind: str, objectives: str | None) -> Completion:
    """Return by what a lesson of type `kind` is completed; `objectives` are its mentor's, None without a mentor.

    A mentor without objectives has nothing to judge by.
    """
    if kind == "quiz":
        return Completion.QUIZ
    if (objectives or "").strip():
        return Completion.CHECK
    return Completion.PACKAGE if kind == "scorm" else Completion.HAND


def is_passed(understanding: int | None, threshold: int | None) -> bool:
    """Whether `understanding`, 1 to 10, is enough for `threshold` per cent; None is PASSES_FROM.

    A result of another program's that tells no understanding passes nothing.
    """
    return understanding is not None and understanding * 10 >= needs(threshold)


def needs(threshold: int | None) -> int:
    """Return the per cent of understanding that passes."""
    return PASSES_FROM if threshold is None else threshold


def used_up(tokens: int, allowed: int) -> bool:
    """Whether nothing is left of a day's tokens; 0 allows any number."""
    return allowed > 0 and tokens >= allowed


def by_hand(by: Completion, *, can_check: bool, failed_since: bool) -> bool:
    """Whether the learner may mark the lesson as done.

    Where the check completes it: only while no check can be had (`can_check`: there is a provider, and something left
    of the day's budget), or when one came to nothing by a fault and none has succeeded since.
    """
    return by is Completion.HAND or (by is Completion.CHECK and (failed_since or not can_check))
