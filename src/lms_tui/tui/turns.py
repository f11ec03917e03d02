"""One turn of a conversation as a screen has it: a learner's question or an answer, and what became of it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(slots=True, eq=False)
class Turn:
    """What was said once; every text is foreign. Another one with the same words is another turn."""

    id: UUID
    mine: bool
    """Whether the learner said it."""
    text: str = ""
    who: str = ""
    """Who the learner is, where somebody else reads it; '' is "You"."""
    about: str = ""
    """What is said of it at its right: when it was, what it cost."""
    note: str = ""
    """What becomes or became of it, under its text."""
    tone: str = "muted"
    """The colour of the note, by its name in the palette."""
