"""Tables of people in files: comma- or semicolon-separated values in UTF-8, read line by line.

The first line has the headings, in any order; it also tells which of both parts the cells. A line is named by the
number at which it begins.
"""

import csv
import io
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lms_tui.cli.wrongly import WronglyAskedError

if TYPE_CHECKING:
    from _csv import Reader


class Line(NamedTuple):
    """A line of a table that says anything."""

    number: int
    cells: dict[str, str]
    whole: bool
    """Whether it has as many cells as there are headings."""


def text_of(name: str) -> str:
    """Return the text of the file `name`, `-` is standard input. Raises WronglyAskedError."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise WronglyAskedError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise WronglyAskedError(f"Line {line} of {name} is not UTF-8. Save the table as “CSV UTF-8”.") from error


def lines(text: str, columns: Collection[str], needed: str) -> Iterator[Line]:
    """Yield the lines of a table whose headings are among `columns`, with the column `needed`.

    Raises WronglyAskedError for what is no such table.
    """
    head = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    headings = [heading.strip().lower() for heading in _next(rows) or []]
    if needed not in headings or len(set(headings)) < len(headings) or not set(headings) <= set(columns):
        raise WronglyAskedError(
            f"The first line has the headings {', '.join(columns)}; all but {needed} may be left out."
        )
    number = rows.line_num + 1
    while (row := _next(rows)) is not None:
        if any(cell.strip() for cell in row):
            yield Line(number, dict(zip(headings, row, strict=False)), len(row) == len(headings))
        number = rows.line_num + 1


def _next(rows: "Reader") -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise WronglyAskedError(f"Line {rows.line_num} cannot be read as CSV: {error}.") from error
