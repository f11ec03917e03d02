"""What a model writes, made into the answer and what it thought: piece by piece, wherever the pieces are cut."""

import re
from typing import Final

from lms_tui.mentor.turns import Piece

_OPENS: Final = "<think>"
_CLOSES: Final = "</think>"
_HIGH: Final = re.compile(r"[\ud800-\udbff]\Z")
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE: Final = re.compile("[\ud800-\udfff]")


class Sieve:
    """Lets through what an answer is made of.

    - What stands in `<think>…</think>` at the very beginning is thinking: so write models whose server does not take
      it apart (llama.cpp, Ollama). The same later on is text, perhaps about such models.
    - Blank lines before the first word are left out, so that an answer of nothing but blanks has no piece.
    - A letter that was cut into two surrogates is put together, one that stays half becomes U+FFFD; NUL, which no
      database keeps as text, is left out. All else is data, and cleaned where it is shown.
    """

    def __init__(self) -> None:
        self._state = "start"
        self._held = ""
        """What came and may yet turn out to be something else."""
        self._half = ""

    def let(self, written: str) -> Piece:
        """Return what is sure of, behind what came before and `written`."""
        written = self._half + written
        self._half = found.group() if (found := _HIGH.search(written)) else ""
        return self._sort(_whole(written.removesuffix(self._half)))

    def end(self) -> Piece:
        """Return the rest; nothing comes behind it."""
        piece = self._sort(_whole(self._half))
        rest, self._half, self._held = self._held, "", ""
        if self._state == "thinking":
            return Piece(thinking=piece.thinking + rest)
        return Piece(piece.text + (rest if rest.strip() else ""), piece.thinking)

    def _sort(self, written: str) -> Piece:
        if self._state == "text":
            return Piece(written)
        self._held += written
        thinking = ""
        if self._state == "start":
            begun = self._held.lstrip()
            if not begun or (_OPENS.startswith(begun) and begun != _OPENS):
                return Piece()
            if not begun.startswith(_OPENS):
                return self._first_word()
            self._state, self._held = "thinking", begun.removeprefix(_OPENS)
        if self._state == "thinking":
            thinking, closed, rest = self._held.partition(_CLOSES)
            if not closed:
                keep = _overlap(self._held, _CLOSES)
                thinking = self._held[: len(self._held) - keep]
                self._held = self._held[len(thinking) :]
                return Piece(thinking=thinking)
            self._state, self._held = "after", rest
        return Piece(self._first_word().text, thinking)

    def _first_word(self) -> Piece:
        """Return what is held from the line of its first word on, nothing where there is none yet."""
        word = self._held.lstrip()
        if not word:
            return Piece()
        blanks = self._held[: len(self._held) - len(word)]
        self._state, self._held = "text", ""
        return Piece(blanks[blanks.rfind("\n") + 1 :] + word)


def _whole(text: str) -> str:
    """Return `text` with pairs of surrogates as letters, and without what cannot be kept."""
    if text.isascii():
        return text.replace("\0", "")
    text = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _LONE.sub("\ufffd", text).replace("\0", "")


def _overlap(text: str, mark: str) -> int:
    """Return how many letters at the end of `text` may be the beginning of `mark`."""
    return next((size for size in range(min(len(text), len(mark) - 1), 0, -1) if text.endswith(mark[:size])), 0)
