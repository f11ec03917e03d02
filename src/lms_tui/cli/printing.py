"""The one way in which commands print for people and for pipes. No colour, and no control character of others' text.

A list is aligned under headings where standard output is a terminal, and cut to its width. Elsewhere it is one line
for each entry without headings, parted by tabs, whole: made for cut, awk and fzf. `--json` is `as_json`.
"""

import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.wire.text import clean, clean_line

PIPED_WIDTH: Final = 80
"""Columns for running text where there is no terminal to ask."""
_GAP: Final = "  "
_NARROWEST: Final = 4


def say(text: str = "", end: str = "\n") -> None:
    """Print running text, cleaned, and `end`; its line feeds stay. What the terminal's encoding lacks comes out as `?`.

    What does not end its line is seen at once.
    """
    encoding = sys.stdout.encoding or "utf-8"
    print(clean(text).encode(encoding, "replace").decode(encoding), end=end, flush=not end)


def moment(at: datetime) -> str:
    """Return a time as commands print it: on this machine's clock, to the minute."""
    return at.astimezone().isoformat(sep=" ", timespec="minutes")


def is_terminal() -> bool:
    """Tell whether somebody reads what is printed, and no program."""
    return sys.stdout.isatty()


def width() -> int:
    """Return for how many columns running text is to be broken."""
    return shutil.get_terminal_size().columns if is_terminal() else PIPED_WIDTH


def print_list(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print `rows`, one for each line, of as many cells as there are `headings`.

    A terminal shows of each id the beginning alone, which is a name as good as the whole (`naming`); where it is too
    narrow, the widest columns give way, but never the first.
    """
    if not is_terminal():
        for row in rows:
            say("\t".join(clean_line(str(cell)) for cell in row))
        return
    from rich.cells import cell_len, set_cell_size

    cells = [[str(cell)[:8] if isinstance(cell, UUID) else clean_line(str(cell)) for cell in row] for row in rows]
    lines = [list(headings), *cells]
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(headings))]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width() and max(widths[1:]) > _NARROWEST:
        widths[widths.index(max(widths[1:]), 1)] -= 1
    for line in lines:
        fitted = [
            set_cell_size(cell, size) if cell_len(cell) <= size else f"{set_cell_size(cell, size - 1)}…"
            for cell, size in zip(line, widths, strict=True)
        ]
        say(_GAP.join(fitted).rstrip())


def complain(sentence: str) -> None:
    """Print on standard error why something was not done."""
    print(f"lms-tui: {clean_line(sentence)}", file=sys.stderr)


def warn(*lines: str) -> None:
    """Print on standard error, cleaned, what something will touch."""
    for line in lines:
        print(clean_line(line), file=sys.stderr)


def agreed(question: str, *, yes: bool) -> bool:
    """Ask `question` on standard error and return whether the answer is yes; `yes` is the answer given beforehand.

    Raises WronglyAskedError where nobody can be asked.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise WronglyAskedError(f"{question} Nobody can be asked here: add --yes to do it.")
    print(f"{clean_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
