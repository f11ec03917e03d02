"""Says each style once, and erases blanks instead of writing them: fewer bytes for the same screen.

Textual ends every piece of text with a reset and begins the next with all its colours, 40 bytes a piece, and fills
each line with blanks. A terminal keeps its colours until told otherwise and erases in the colour of its background,
so only what changes has to be said. It is what a slow line over SSH feels; bench/ has the figures.
"""

import os
import re
from collections.abc import Sequence

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from lms_tui.tui.pasting import PastingParser

_TOKEN = re.compile(
    r"\x1b\[(?P<style>[0-9;]*)m"
    r"|(?P<move>\n|\x1b\[[0-9;]*H)"
    r"|(?P<text>[^\x1b\n]+)"
    r"|(?P<other>\x1b(?:\[[0-9;:?<>=$ ]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\[\]]?))"
)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_FRONT, _BACK = re.compile("3[0-9]|9[0-7]"), re.compile("4[0-9]|10[0-7]")
_SEEN_ON_BLANKS = frozenset({"4", "5", "7", "9", "21", "51", "52", "53"})
_SHORTEST_ERASE = 6
_WITHOUT_COLOURED_ERASE = ("screen", "vt", "dumb", "ansi")

_State = tuple[str, str, frozenset[str]]
_RESET: _State = ("", "", frozenset())


class ThriftyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, writing fewer bytes; pass it as `App(driver_class=…)`."""

    _erase = not os.environ.get("TERM", "").startswith(_WITHOUT_COLOURED_ERASE)

    def write(self, data: str) -> None:
        """Write `data`, each style said once."""
        super().write(thrifty(data, erase=self._erase))

    def run_input_thread(self) -> None:
        """Read keys with our own parser, whose name Textual looks up here and offers no other place to say."""
        linux_driver.XTermParser = PastingParser  # type: ignore[attr-defined]
        super().run_input_thread()


def thrifty(data: str, *, erase: bool = True) -> str:
    """Return `data` with the same effect on a terminal whose style is reset, in fewer bytes; it ends reset too.

    `erase` allows ECH for blanks at the end of a line, which a terminal must fill with the background in force
    (terminfo `bce`; GNU screen does not). Sequences unknown here pass through, after a style that was asked for.
    """
    if "\x1b[0m" not in data:
        return data
    written: list[str] = []
    now = wanted = _RESET
    tokens = list(_TOKEN.finditer(data))
    for index, token in enumerate(tokens):
        match token.lastgroup:
            case "style":
                wanted = _told(wanted, token["style"])
            case "text":
                text = token["text"]
                blank = len(text) - len(text.rstrip(" ")) if not wanted[2] & _SEEN_ON_BLANKS else 0
                if blank < len(text):
                    written.append(_change(now, wanted))
                    now = wanted
                elif (under := (now[0], wanted[1], now[2] - _SEEN_ON_BLANKS)) != now:
                    written.append(_change(now, under))
                    now = under
                if erase and blank >= _SHORTEST_ERASE and _line_ends(tokens, index):
                    text = f"{text[: len(text) - blank]}\x1b[{blank}X"
                written.append(text)
            case _:
                if token.lastgroup == "other":
                    written.append(_change(now, wanted))
                    now = wanted
                written.append(token[0])
    written.append(_change(now, _RESET))
    return "".join(written)


def _line_ends(tokens: Sequence[re.Match[str]], index: int) -> bool:
    """Tell whether the cursor is put elsewhere before anything more is written, as ECH does not move it."""
    following = (token for token in tokens[index + 1 : index + 6] if token.lastgroup != "style" and token[0] != "\n")
    return (nearest := next(following, None)) is not None and nearest.lastgroup == "move"


def _told(state: _State, codes: str) -> _State:
    """Return the state, front colour, back colour and attributes, after an SGR sequence with these `codes`."""
    front, back, attributes = state
    parts = (codes or "0").split(";")
    at = 0
    while at < len(parts):
        code = parts[at] or "0"
        size = {"2": 5, "5": 3}.get(parts[at + 1] if at + 1 < len(parts) else "", 1) if code in {"38", "48"} else 1
        colour = ";".join(parts[at : at + size])
        at += size
        if code == "0":
            front, back, attributes = _RESET
        elif _FRONT.fullmatch(code):
            front = "" if code == "39" else colour
        elif _BACK.fullmatch(code):
            back = "" if code == "49" else colour
        else:
            attributes |= {code}
    return front, back, attributes


def _change(now: _State, wanted: _State) -> str:
    """Return the sequence that leads from one state to another, empty when there is nothing to say."""
    if now == wanted:
        return ""
    if wanted == _RESET:
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
