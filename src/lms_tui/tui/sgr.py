"""How a terminal draws a piece of text, and the shortest way from one style to another (ECMA-48, SGR)."""

import re
from functools import lru_cache
from typing import Final

State = tuple[str, str, frozenset[str]]
"""Front colour, back colour and attributes, each by its SGR code; no colour is ''."""
RESET: Final[State] = ("", "", frozenset())

_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_FRONT, _BACK = re.compile("3[0-9]|9[0-7]"), re.compile("4[0-9]|10[0-7]")
_SEEN_ON_BLANKS: Final = frozenset({"4", "5", "7", "9", "21", "51", "52", "53"})


@lru_cache(4096)
def told(state: State, codes: str) -> State:
    """Return the state after an SGR sequence with these `codes`."""
    front, back, attributes = state
    parts = (codes or "0").split(";")
    at = 0
    while at < len(parts):
        code = parts[at] or "0"
        size = {"2": 5, "5": 3}.get(parts[at + 1] if at + 1 < len(parts) else "", 1) if code in {"38", "48"} else 1
        colour = ";".join(parts[at : at + size])
        at += size
        if code == "0":
            front, back, attributes = RESET
        elif _FRONT.fullmatch(code):
            front = "" if code == "39" else colour
        elif _BACK.fullmatch(code):
            back = "" if code == "49" else colour
        else:
            attributes |= {code}
    return front, back, attributes


@lru_cache(4096)
def blank(state: State) -> State:
    """Return what of `state` shows on a blank: the same for all states in which a blank looks the same."""
    return state if state[2] & _SEEN_ON_BLANKS else ("", state[1], frozenset())


@lru_cache(4096)
def for_blanks(now: State, wanted: State) -> State:
    """Return the state nearest to `now` in which blanks look as in `wanted`."""
    return wanted if wanted[2] & _SEEN_ON_BLANKS else (now[0], wanted[1], now[2] - _SEEN_ON_BLANKS)


@lru_cache(4096)
def change(now: State, wanted: State) -> str:
    """Return the sequence that leads from one state to another, empty when there is nothing to say."""
    if now == wanted:
        return ""
    if wanted == RESET:
        return "\x1b[0m"
    anew = ["0", *sorted(wanted[2]), *filter(None, wanted[:2])]
    ended = now[2] - wanted[2]
    if not ended <= _OFF.keys():
        return f"\x1b[{';'.join(anew)}m"
    codes = sorted({_OFF[code] for code in ended})
    still = wanted[2] & {"1", "2"} if "22" in codes else frozenset()
    codes += sorted((wanted[2] - now[2]) | still)
    if wanted[0] != now[0]:
        codes.append(wanted[0] or "39")
    if wanted[1] != now[1]:
        codes.append(wanted[1] or "49")
    return f"\x1b[{min(';'.join(codes), ';'.join(anew), key=len)}m"
