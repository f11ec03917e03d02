"""Threads with a mentor: which answers belong to a question, and what a thread may be called (domain.md, mentor)."""

from collections.abc import Collection
from uuid import UUID, uuid5

from lms_tui.wire.mentor_threads import LONGEST_TITLE


def answer_id(question: UUID, number: int) -> UUID:
    """Return the id of the answer of that number, from 1 on, to a question."""
    return uuid5(question, str(number))


def tries(question: UUID, answers: Collection[UUID]) -> int:
    """Return how many answers a question has, `answers` being those said since it was asked."""
    number = 0
    while answer_id(question, number + 1) in answers:
        number += 1
    return number


def fault_of_title(title: str) -> str | None:
    """Return a sentence on what is wrong with a thread's title, trimmed; None where nothing is. '' is none at all."""
    if not title.isprintable():
        return "A title has no control characters."
    if len(title) > LONGEST_TITLE:
        return f"A title has {LONGEST_TITLE} characters at most; this one has {len(title)}."
    return None
