"""What goes to a model and what comes back, in this house's words, whichever library speaks to the provider."""

import enum
import re
from dataclasses import dataclass
from typing import Final, Literal

from lms_tui.wire.text import clean_line


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation as the model is told it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What has come since the last piece; one of the two is empty."""

    text: str = ""
    thinking: str = ""
    """Reasoning that a model shows beside its answer: never stored, never sent on."""


MODEL_LENGTH: Final = 46
"""Characters of a model's name: `model_version VARCHAR(50)`, with room for `!cut`."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of an answer that is whole."""

    model: str
    """As learners see it (`known_as`)."""
    tokens: int
    """Of question and answer together: what the provider reports, otherwise an estimate."""
    full: bool = True
    """False where the provider ended it at its limit of length."""


_PATH: Final = re.compile(r"(?:~|\.{0,2})[/\\]|[a-z]:\\|.*\.gguf\Z", re.IGNORECASE)
"""A path of a file or folder, unlike `organisation/model`."""


def known_as(model: str) -> str:
    """Return a model's name as learners see it, at most MODEL_LENGTH characters: of a path its end.

    llama.cpp and vLLM call a model by the path that they were started with, and how a server's folders are called is
    no learner's business.
    """
    name = clean_line(model).strip()
    if _PATH.match(name):
        name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    return name[:MODEL_LENGTH].strip()


class Trouble(enum.StrEnum):
    """What went wrong with a provider, for programs; the sentence is in the fault."""

    AWAY = "away"
    """No connection, or one that was refused."""
    KEY = "key"
    """The key is wrong, missing or may not do this."""
    MODEL = "model"
    """There is no such model."""
    BUSY = "busy"
    """Too many at once, a model that is being loaded, or an account used up; `retry_after` where it was told."""
    TOO_LONG = "too_long"
    """More was told than the model can take."""
    REFUSED = "refused"
    """Any other 4xx."""
    BROKEN = "broken"
    """5xx, an error in the stream, or one that ends in the middle."""
    SLOW = "slow"
    """Nothing came for too long, before the first word or after it."""
    EMPTY = "empty"
    """An answer without a word."""
    UNREADABLE = "unreadable"
    """What came is not what the protocol says, or at a check not what was asked for."""


class ProviderFault(Exception):  # noqa: N818 - the word of this house, as `service.faults.Fault`
    """A provider that does not answer as it should. Its text is a sentence for the learner: what it is, and what
    to do; without the key, the address or the provider's own words, which go to the log."""

    def __init__(self, trouble: Trouble, sentence: str, *, retry_after: float | None = None, seen: str = "") -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.sentence = sentence
        self.retry_after = retry_after
        """Seconds after which the provider wants to be asked again, where it said so."""
        self.seen = seen
        """For the log and those who run the service alone: status and the provider's words, without the key."""
