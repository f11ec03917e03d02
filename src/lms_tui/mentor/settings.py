"""By which AI provider the mentor speaks, as configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms_tui.mentor.turns import known_as


@dataclass(frozen=True)
class ProviderSettings:
    """Any server that speaks OpenAI's chat.completions."""

    base: str
    """Its address up to what all of its paths begin with, as in `https://api.openai.com/v1`."""
    model: str
    key: str | None = field(default=None, repr=False)
    """None: a server that asks for none."""
    connect_seconds: float = 5.0
    read_seconds: float = 60.0
    """The longest wait for the first byte, and between two."""
    answer_tokens: int = 8_000
    """The most of one answer, what a model thinks included; 0: as the server has it."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields that are added to each request, as in `reasoning_effort`."""
    ca: Path | None = None
    """A file with the certificates that are trusted in place of the machine's."""
    private: bool = False
    """Whether it is on this machine or in a network of one's own: no proxy is gone through."""

    @property
    def shown_model(self) -> str:
        """What people see of the model's name; what a provider calls it in an answer goes the same way."""
        return known_as(self.model)
