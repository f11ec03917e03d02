"""`lms-tui user invite --csv FILE`: many people from a table, with a report that names each line and its fault.

Lines that are wrong by themselves never leave this machine; the service judges the others, some hundred at a time. It
leaves whoever is invited already as they are: the same file again changes nothing, and goes on where one broke off.
"""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec

from lms_tui.cli.as_json import print_json
from lms_tui.cli.printing import print_list
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.client.errors import ClientError, Unreachable
from lms_tui.rules import guests as rules
from lms_tui.wire.inviting_many import (
    INVITE_MANY,
    MOST_AT_ONCE,
    GuestLine,
    InvitedMany,
    InviteManyRequest,
    LineFault,
    LineReport,
    Outcome,
)
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    import argparse
    from _csv import Reader
    from datetime import datetime

    from lms_tui.client.api import Api

COLUMNS: Final = ("address", "first", "last", "role", "groups")
REFUSED: Final = 3
"""Exit code where some lines were refused; the others were done."""
_MOST_BYTES: Final = 200_000
"""Of the lines in one request; the service takes some more."""


async def run(api: "Api", args: "argparse.Namespace") -> int:
    """Invite those in the file `args.csv`, or with `args.check` tell what would be done; return the exit code.

    Raises WronglyAskedError for a file that is no such table. Where the service goes away in the middle, what was done
    is reported before.
    """
    guests, reports = read(_text(args.csv))
    ends, mailed = None, False
    try:
        for batch in batches(guests):
            done = await _sent(api, InviteManyRequest(id=uuid4(), guests=batch, check=args.check))
            reports += done.lines
            ends, mailed = done.expires_at or ends, mailed or done.mailed
    except ClientError:
        _tell(reports, ends, args, mailed=mailed)
        raise
    _tell(reports, ends, args, mailed=mailed)
    return REFUSED if any(report.outcome is Outcome.REFUSED for report in reports) else 0


async def _sent(api: "Api", request: InviteManyRequest) -> InvitedMany:
    """Send once more what was not answered: codes go with the answer."""
    try:
        return await api.call(INVITE_MANY, request)
    except Unreachable:
        return await api.call(INVITE_MANY, request)


def _text(name: str) -> str:
    """Return the file's text, `-` is standard input. Raises WronglyAskedError."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise WronglyAskedError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise WronglyAskedError(f"Line {line} of {name} is not UTF-8. Save the table as “CSV UTF-8”.") from error


def read(text: str) -> tuple[list[GuestLine], list[LineReport]]:
    """Return the people of a table that are worth asking for, and reports on the lines that are not.

    The first line has the headings, in any order; it also tells whether commas or semicolons part the cells. A line
    is named by the number at which it begins. Raises WronglyAskedError for what is no such table.
    """
    head = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    headings = [heading.strip().lower() for heading in _next(rows) or []]
    if "address" not in headings or len(set(headings)) < len(headings) or not set(headings) <= set(COLUMNS):
        raise WronglyAskedError(
            f"The first line has the headings {', '.join(COLUMNS)}; all but address may be left out."
        )
    guests: list[GuestLine] = []
    reports: list[LineReport] = []
    seen: set[str] = set()
    line = rows.line_num + 1
    while (row := _next(rows)) is not None:
        if any(cell.strip() for cell in row):
            cells = dict(zip(headings, row, strict=False))
            guest = _guest(line, cells)
            fault = LineFault.COLUMNS if len(row) != len(headings) else rules.fault_of(guest)
            if fault is None and guest.email.lower() in seen:
                fault = LineFault.DUPLICATE
            seen.add(guest.email.lower())
            if fault is None:
                guests.append(guest)
            else:
                reports.append(_refused(guest, fault))
        line = rows.line_num + 1
    return guests, reports


def _next(rows: "Reader") -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise WronglyAskedError(f"Line {rows.line_num} cannot be read as CSV: {error}.") from error


def _guest(line: int, cells: dict[str, str]) -> GuestLine:
    guest = GuestLine(
        line=line,
        email=cells.get("address", ""),
        first_name=cells.get("first", ""),
        last_name=cells.get("last", ""),
        role=cells.get("role", "").strip(),
        groups=cells.get("groups", "").split("|"),
    )
    return rules.trimmed(guest)


def _refused(guest: GuestLine, fault: LineFault) -> LineReport:
    reason = rules.SAID[fault]
    return LineReport(line=guest.line, email=guest.email, outcome=Outcome.REFUSED, fault=fault, reason=reason)


def batches(guests: list[GuestLine]) -> Iterator[list[GuestLine]]:
    """Yield `guests` in as many at a time as one request may hold."""
    batch: list[GuestLine] = []
    size = 0
    for guest in guests:
        own = len(msgspec.json.encode(guest))
        if batch and (len(batch) == MOST_AT_ONCE or size + own > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(guest)
        size += own
    if batch:
        yield batch


def _tell(reports: list[LineReport], ends: "datetime | None", args: "argparse.Namespace", *, mailed: bool) -> None:
    reports.sort(key=lambda report: report.line)
    sums = {outcome.value: sum(report.outcome is outcome for report in reports) for outcome in Outcome}
    if args.json:
        print_json({"check": args.check, "lines": reports, "expires_at": ends, "mailed": mailed, **sums})
        return
    rows = [(one.line, one.email or "-", one.outcome, one.fault or "-", one.code or "-") for one in reports]
    print_list(("LINE", "ADDRESS", "OUTCOME", "FAULT", "CODE"), rows)
    for one in reports:
        if one.fault is not None:
            print(clean_line(f"{args.csv}:{one.line}: {one.reason}"), file=sys.stderr)
    would = "would be " if args.check else ""
    said = f"{sums['invited']} {would}invited, {sums['unchanged']} unchanged, {sums['refused']} refused."
    print(said, file=sys.stderr)
    if mailed:
        print("The codes go out by mail.", file=sys.stderr)
