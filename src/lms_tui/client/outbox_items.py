"""What lies in the outbox: a write, the order in which writes go, and when two answers are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Operation, Request
from lms_tui.wire.text import clean

MENDABLE: Final = (Code.ANSWER_CONFLICT, Code.BAD_REQUEST, Code.TOO_LARGE)
"""Refusals of an answer that the learner can do something about: the attempt is not submitted before they did."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies in the outbox for this person and service."""

    waiting: int
    refused: int
    others: int
    """Waiting writes of other people or for other services: a number, nothing of what is in them."""
    held: int = 0
    """Submissions among `waiting` that do not go before the learner has mended a refused answer of the attempt."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The writes of this person and service, the oldest first."""

    counts: Counts = Counts(0, 0, 0)
    waiting: Sequence[tuple[Operation[Any, Any], Request]] = ()
    refused: Sequence[tuple[Operation[Any, Any], Request, Problem]] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One write that was taken for sending."""

    id: int
    operation: Operation[Any, Any]
    body: bytes
    sent: list[str]
    """Every content of this answer that was ever sent, to know our own when the service holds it."""
    tries: int

    @property
    def request(self) -> Request:
        """The write itself."""
        decoded: Request = msgspec.json.decode(self.body, type=self.operation.request)
        return decoded


def place(request: Request) -> tuple[str, str]:
    """Return a write's lane, in which order counts, and its slot, of which the newest counts."""
    fields = msgspec.to_builtins(request)
    lane = str(fields.get("attempt_id") or fields.get("lesson_id"))
    return lane, f"{lane}:{fields['question_id']}" if "question_id" in fields else lane


def content(answer: quizzes.Answer) -> str:
    """Return an answer in one canonical form, as it looks after the cleaning that every reply goes through."""
    fields = {
        "chosen": sorted(str(option) for option in answer.chosen),
        "marked": {str(option): answer.marked[option] for option in sorted(answer.marked)},
        "blanks": [clean(blank) for blank in answer.blanks],
        "text": clean(answer.text),
    }
    return msgspec.json.encode(fields).decode()
