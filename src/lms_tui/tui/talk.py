"""A talk with a mentor as its screen has it: what was said, what was asked last, and what becomes of that.

Nothing here draws or asks the service.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from lms_tui.tui.turns import Turn
from lms_tui.tui.words import count, dotted
from lms_tui.wire.mentor import Message, Role


class State(enum.Enum):
    """What goes on."""

    READY = "ready"
    """Nothing: something can be asked."""
    ASKING = "asking"
    """The question is on its way, or the first word of an answer."""
    WAITING = "waiting"
    """The question is kept on this machine until the service is there."""
    ANSWERING = "answering"


@dataclass(slots=True)
class Question:
    """The question that was asked last."""

    id: UUID
    turn: Turn
    tries: int = 0
    """How many answers it has, those that were cut included."""
    answered: bool = False
    """Whether one of them is whole."""
    refused: bool = False
    """Whether the service did not take it: it stands on this screen alone."""


CUT = "It broke off here, or was stopped."
AGAIN = "ctrl+r asks again."


def turn_of(message: Message) -> Turn:
    """Return a message as a turn."""
    if message.role is Role.USER:
        return Turn(message.id, mine=True, text=message.text, about=when(message))
    return Turn(message.id, mine=False, text=message.text, about=cost(message), note=CUT if message.cut else "")


def when(message: Message) -> str:
    """Return when something was said, where the learner is: "29 Nov 14:02"."""
    local = message.created_at.astimezone()
    return f"{local.day} {local:%b %H:%M}"


def cost(message: Message) -> str:
    """Return what an answer cost, and whose it is."""
    return dotted(message.model or "", count(message.tokens, "token") if message.tokens else "")


def last_question(messages: Sequence[Message], turns: Sequence[Turn]) -> Question | None:
    """Return the last question of `messages`, whose turns are `turns`; None where nothing was asked."""
    at = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].role is Role.USER), None)
    if at is None:
        return None
    answers = [message for message in messages[at + 1 :] if message.role is Role.ASSISTANT]
    tries = max(messages[at].tries, len(answers))
    return Question(messages[at].id, turns[at], tries, answered=any(not answer.cut for answer in answers))


def questions_of(messages: Iterable[Message]) -> list[str]:
    """Return what the learner has asked, the newest last."""
    return [message.text for message in messages if message.role is Role.USER]
