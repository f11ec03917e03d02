"""How many tokens a text is, about: for budgets, and where a provider reports nothing.

No tokenizer of one model is right for another, and each is megabytes. The rule: four characters of ASCII are a token,
and three bytes of UTF-8 of anything else; each message has four more for what stands around it. Of what OpenAI's
tokenizers (cl100k, o200k) count this is 0.93 to 1.0 for lessons, code and pages in English, 1.0 to 1.1 for German, 1.0
to 1.25 for Chinese, 0.8 to 1.8 for Arabic, 1.4 to 2.1 for Russian.
"""

from collections.abc import Iterable
from typing import Final

from lms_tui.mentor.turns import Turn

PER_TURN: Final = 4
"""What a server's template puts around a message: role, begin and end."""


def estimate(text: str) -> int:
    """Return how many tokens `text` is, about; 0 for nothing. Takes time in proportion to the length."""
    plain = len(text.encode("ascii", "ignore"))
    others = len(text.encode("utf-8", "replace")) - plain
    return -(-(3 * plain + 4 * others) // 12)


def estimate_turns(turns: Iterable[Turn]) -> int:
    """Return how many tokens a conversation is, about, as it is told to a model."""
    return sum(estimate(turn.text) + PER_TURN for turn in turns)
