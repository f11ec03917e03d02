"""Pasted text never acts as keys: an ESC in it is taken out before Textual looks for sequences.

Textual 8.2.8 reads on for a sequence behind each ESC, in a paste too, and hands out as keys what was none: of a text
with an ESC in it up to 32 characters would be commands. What is pasted comes from anywhere.
"""

from collections.abc import Iterable
from typing import Final

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

from lms_tui.tui.answers import Answers

_ESCAPE: Final = "\x1b"


class PastingParser(XTermParser):
    """Textual's parser of what a terminal sends, for which a paste is text up to its end, and answers are no keys."""

    def __init__(self, debug: bool = False, *, answers: Answers | None = None) -> None:
        super().__init__(debug)
        self._answers = answers or Answers()
        self._pasting = False
        self._before = ""
        """The end of what came before, in which a paste may have begun."""
        self._held = ""
        """The end of what was pasted up to now, where it may be the beginning of the paste's end."""

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what `data` means; an empty one is the end of all input."""
        harmless = self._answers.without(self._without_escapes(data))
        return super().feed(harmless) if harmless or not data else ()

    def tick(self) -> Iterable[Message]:
        """Yield what has waited long enough for more that would have changed its meaning."""
        if keys := self._answers.overdue():
            yield from super().feed(keys)
        yield from super().tick()

    def _without_escapes(self, data: str) -> str:
        """Return `data` without each ESC that was pasted; a piece that may be the end of a paste waits for the next."""
        done = ""
        data, self._held = self._held + data, ""
        while data:
            mark = BRACKETED_PASTE_END if self._pasting else BRACKETED_PASTE_START
            text, found, rest = (self._before + data).partition(mark)
            text = text[len(self._before) :] if not found else (text + found)[len(self._before) :]
            if self._pasting:
                if not found:
                    size = next(size for size in range(len(mark) - 1, -1, -1) if text.endswith(mark[:size]))
                    text, self._held = text[: len(text) - size], text[len(text) - size :]
                text = text.removesuffix(found).replace(_ESCAPE, "") + found
            self._before = "" if found or self._pasting else (self._before + data)[1 - len(mark) :]
            self._pasting = self._pasting != bool(found)
            done, data = done + text, rest
        return done
