"""Says each style once: takes repeated SGR sequences out of what is written to the terminal.

Textual ends every piece of text with a reset and begins the next with all its colours, 40 bytes a piece. A terminal
keeps its colours until told otherwise, so only what changes has to be said. Measured on a catalog page at 80x24:
about half of the bytes, which is what a slow line over SSH feels.
"""

import re

from textual.drivers.linux_driver import LinuxDriver

_TOKEN = re.compile(
    r"\x1b\[([0-9;]*)m|(\x1b\[[0-9;?]*[A-HJKfhl]|\n)|(\x1b\]8;[^\x07\x1b]*(?:\x1b\\|\x07)|[^\x1b\n]+|\x1b)"
)
_NOTHING = ("", "", frozenset[str]())


class ThriftyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, writing fewer bytes; pass it as `App(driver_class=…)`."""

    def write(self, data: str) -> None:
        """Write `data`, each style said once."""
        super().write(thrifty(data))


def thrifty(data: str) -> str:
    """Return `data` with the same effect on a terminal whose style is reset, in fewer bytes; it ends reset too."""
    if "\x1b[0m" not in data:
        return data
    written: list[str] = []
    now = wanted = _NOTHING
    for match in _TOKEN.finditer(data):
        codes, move, text = match.groups()
        if codes is not None:
            wanted = _told(wanted, codes)
            continue
        if text is not None and wanted != now:
            written.append(_change(now, wanted))
            now = wanted
        written.append(move or text)
    if now != wanted or now != _NOTHING:
        written.append(_change(now, wanted))
    return "".join(written)


_State = tuple[str, str, frozenset[str]]


def _told(state: _State, codes: str) -> _State:
    """Return the state, front colour, back colour and attributes, after an SGR sequence with these `codes`."""
    front, back, attributes = state
    parts = (codes or "0").split(";")
    at = 0
    while at < len(parts):
        code = parts[at]
        size = 1
        if code in {"38", "48"}:
            size = 5 if parts[at + 1 : at + 2] == ["2"] else 3
        colour = ";".join(parts[at : at + size])
        at += size
        if code in {"0", ""}:
            front, back, attributes = _NOTHING
        elif code == "39":
            front = ""
        elif code == "49":
            back = ""
        elif code == "38" or 30 <= int(code) <= 37 or 90 <= int(code) <= 97:
            front = colour
        elif code == "48" or 40 <= int(code) <= 47 or 100 <= int(code) <= 107:
            back = colour
        else:
            attributes |= {code}
    return front, back, attributes


def _change(now: _State, wanted: _State) -> str:
    if wanted == _NOTHING:
        return "\x1b[0m"
    front, back, attributes = wanted
    codes = sorted(attributes - now[2])
    if now[2] - attributes:
        codes = ["0", *sorted(attributes)]
        now = _NOTHING
    if front != now[0]:
        codes.append(front or "39")
    if back != now[1]:
        codes.append(back or "49")
    return f"\x1b[{';'.join(codes)}m"
