"""What a terminal answers to questions, taken out of what is typed before anybody takes it for keys.

Textual knows of no such answers: it would wait for the rest of each, and then hand all of it out as keys. Nothing is
looked for before something was asked. An answer may come in pieces, and keys before, between and behind them: what may
be the beginning of one waits for the next piece, a moment at most.
"""

import re
import time
from collections.abc import Callable
from typing import Final

import msgspec

_ANSWER: Final = re.compile(
    r"\x1b_G(?P<graphics>[^\x1b\x07]*)(?:\x1b\\|\x07)"
    r"|\x1bP>\|(?P<name>[^\x1b\x07]*)(?:\x1b\\|\x07)"
    r"|\x1b\[6;(?P<height>\d{1,5});(?P<width>\d{1,5})t"
    r"|\x1b\[\?(?P<features>[\d;]*)c"
)
_BEGUN: Final = re.compile(
    r"\x1b(?:_(?:G[^\x1b\x07]{0,200}\x1b?)?"
    r"|P(?:>(?:\|[^\x1b\x07]{0,200}\x1b?)?)?"
    r"|\[(?:6(?:;[\d;]{0,11})?|\?[\d;]{0,99})?)?\Z"
)
_MOMENT: Final = 1.0
"""Seconds that the beginning of an answer waits for its end."""
_SHORT_MOMENT: Final = 0.1
"""Of one or two characters, which a key may be: Escape, or a letter with alt."""
_SOON: Final = 3.0
"""Seconds after the question in which an answer may be cut behind its first character, which the key Escape sends."""
QUESTION: Final = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[16t\x1b[c"
"""Whether kitty's graphics are understood, the terminal's name, the size of a cell; the last one all terminals know."""


class Heard(msgspec.Struct, frozen=True):
    """What a terminal has said of itself; `whole` when no more comes."""

    graphics: str = ""
    name: str = ""
    width: int = 0
    """Of a cell, in pixels; 0 where it was not said."""
    height: int = 0
    whole: bool = False


class Answers:
    """Listens in the thread that reads keys."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._tell: Callable[[Heard], None] | None = None
        self._heard = Heard()
        self._held, self._held_at = "", 0.0
        self._asked_at = 0.0

    def expect(self, tell: Callable[[Heard], None]) -> None:
        """Listen until all is heard; `tell` is called with it, in the thread that reads."""
        self._heard, self._tell, self._asked_at = Heard(), tell, time.monotonic()

    def without(self, data: str) -> str:
        """Return what was typed of `data`, without the answers in it."""
        if self._tell is None and not self._held:
            return data
        data, self._held = self._held + data, ""
        typed = _ANSWER.sub(self._take, data)
        if self._tell is not None and (begun := _BEGUN.search(typed)) is not None:
            now = time.monotonic()
            if len(begun[0]) > 1 or now - self._asked_at < _SOON:
                typed, self._held, self._held_at = typed[: begun.start()], begun[0], now
        return typed

    def overdue(self) -> str:
        """Return what waited for its end in vain, once: those were keys."""
        moment = _MOMENT if len(self._held) > 2 else _SHORT_MOMENT
        if not self._held or time.monotonic() - self._held_at < moment:
            return ""
        keys, self._held = self._held, ""
        return keys

    def _take(self, answer: re.Match[str]) -> str:
        heard = self._heard
        match answer.lastgroup:
            case "graphics":
                heard = msgspec.structs.replace(heard, graphics=answer["graphics"])
            case "name":
                heard = msgspec.structs.replace(heard, name=answer["name"])
            case "width":
                heard = msgspec.structs.replace(heard, width=int(answer["width"]), height=int(answer["height"]))
            case _:
                heard = msgspec.structs.replace(heard, whole=True)
        self._heard = heard
        if heard.whole and self._tell is not None:
            self._tell(heard)
            self._tell = None
        return ""
