"""`lms-tui user invite --csv FILE`: many people from a table, with a report that names each line and its fault.

Lines that are wrong by themselves never leave this machine; the service judges the others, some hundred at a time. It
leaves whoever is invited already as they are: the same file again changes nothing, and goes on where one broke off.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec

from lms_tui.cli import tables
from lms_tui.cli.as_json import print_json
from lms_tui.cli.printing import print_list
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
    guests, reports = read(tables.text_of(args.csv))
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


def read(text: str) -> tuple[list[GuestLine], list[LineReport]]:
    """Return the people of a table that are worth asking for, and reports on the lines that are not.

    Raises WronglyAskedError for what is no such table.
    """
    guests: list[GuestLine] = []
    reports: list[LineReport] = []
    seen: set[str] = set()
    for line in tables.lines(text, COLUMNS, "address"):
        guest = _guest(line.number, line.cells)
        fault = rules.fault_of(guest) if line.whole else LineFault.COLUMNS
        if fault is None and guest.email.lower() in seen:
            fault = LineFault.DUPLICATE
        seen.add(guest.email.lower())
        if fault is None:
            guests.append(guest)
        else:
            reports.append(_refused(guest, fault))
    return guests, reports


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
