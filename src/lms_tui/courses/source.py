"""The text of one source file, as every reader wants it: UTF-8 without a mark, lines that end in one newline."""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lms_tui.courses.model import Report

MOST_BYTES = 8 * 1024 * 1024
"""Of one text file. A lesson of this size is a mistake, and every reader may count on the bound."""


def read_text(path: Path, name: str, report: Report) -> str | None:
    """Return the text of `path`, which notes call `name`; None, and a fault in `report`, where there is none.

    A byte order mark goes, CRLF and CR become newlines. What is not UTF-8, holds NUL (PostgreSQL keeps none) or is
    larger than MOST_BYTES is refused.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            report.refuse(name, None, f"larger than {MOST_BYTES // 2**20} MB, too large for a text; split it")
            return None
        data = path.read_bytes()
    except OSError as error:
        report.refuse(name, None, f"cannot be read ({error.strerror}); check that it is there and readable")
        return None
    return decode(data, name, report)


def decode(data: bytes, name: str, report: Report) -> str | None:
    """The text of a file's bytes, by the rules of `read_text`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.refuse(name, line, f"is not UTF-8 (byte {data[error.start]:#04x}); save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        report.refuse(name, text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character; remove it")
        return None
    return text


def read_toml(text: str, name: str, report: Report, first_line: int = 1) -> dict[str, Any] | None:
    """Parse TOML that begins on `first_line` of the file `name`; None, and a fault, where it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = str(error).rpartition("at line ")[2].split(",")[0]
        line = first_line + int(found) - 1 if found.isdecimal() else first_line
        report.refuse(name, line, f"is no valid TOML: {error}; see https://toml.io")
        return None


def line_of_key(text: str, key: str, first_line: int = 1, start: int = 0) -> int:
    """The line on which `key` is set, looked for from line `start` (0 is the first) of `text`; else that line itself.

    tomllib keeps no places, so the line is found by its look: `key =` at the beginning.
    """
    for number, line in enumerate(text.split("\n")[start:], start):
        bare = line.lstrip()
        if bare.startswith((key, f'"{key}"')) and "=" in bare:
            name = bare.partition("=")[0].strip().strip('"')
            if name == key:
                return first_line + number
    return first_line + start


def suggestion(name: str, known: list[str]) -> str:
    """Advice on an unknown word: the close one if there is, else all of them."""
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known))}"
