"""What lies in the outbox: a write, the order in which writes go, and when two answers are the same."""

import enum
from typing import Any, Final

import msgspec

from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Operation, Request
from lms_tui.wire.text import clean

MENDABLE: Final = (Code.ANSWER_CONFLICT, Code.BAD_REQUEST, Code.TOO_LARGE)
"""Refusals of an answer that the learner can do something about: the attempt is not submitted before they did."""


class Counts(msgspec.Struct, frozen=True):
    """What lies in the outbox for this person and service."""

    waiting: int
    refused: int
    others: int
    """Waiting writes of other people or for other services: a number, nothing of what is in them."""
    held: int = 0
    """Submissions among `waiting` that do not go before the learner has mended a refused answer of the attempt."""


class State(enum.Enum):
    """Why a write is still here."""

    SENDING = "sending"
    """On its way at this moment, from this process or another."""
    NEXT = "next"
    """Goes as soon as its pause is over (`due`), or somebody hurries."""
    BEHIND = "behind"
    """Behind an earlier write of the same attempt or lesson, since order counts."""
    HELD = "held"
    """A submission that waits for the learner: an answer of its attempt was refused."""
    REFUSED = "refused"
    """The service would not take it; it stays until it is mended, and holds nobody up."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A write as it lies in the outbox."""

    id: int
    operation: Operation[Any, Any]
    request: Request
    label: str
    """What it is, in the words of the screen that gave it; '' where none were given."""
    created: float
    """When it was given, in seconds of the epoch by this machine's clock."""
    tries: int
    """How often it was sent without an answer."""
    due: float
    state: State
    problem: Problem | None
    """Why it was refused."""


class Item(msgspec.Struct, frozen=True):
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
    own = fields.get("question_id") or fields.get("message_id")
    return lane, f"{lane}:{own}" if own else lane


def content(answer: quizzes.Answer) -> str:
    """Return an answer in one canonical form, as it looks after the cleaning that every reply goes through."""
    fields = {
        "chosen": sorted(str(option) for option in answer.chosen),
        "marked": {str(option): answer.marked[option] for option in sorted(answer.marked)},
        "blanks": [clean(blank) for blank in answer.blanks],
        "text": clean(answer.text),
    }
    return msgspec.json.encode(fields).decode()
