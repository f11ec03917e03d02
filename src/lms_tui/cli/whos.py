"""Many people whom something is done to: typed one by one or in a table, and the report on each of them.

Whoever is at fault is named and left out, the others are done.
"""

import argparse
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from lms_tui.cli import tables
from lms_tui.cli.as_json import print_json
from lms_tui.cli.invite_csv import COLUMNS, REFUSED
from lms_tui.cli.printing import print_list, warn
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.rules.guests import SAID
from lms_tui.wire.enrolments import GivenLine, Wanted
from lms_tui.wire.group_members import MemberLine
from lms_tui.wire.inviting_many import LineFault

WHO: Final = "e-mail address or id"

Line = GivenLine | MemberLine


class Bad(NamedTuple):
    """A line of a table that is at fault by itself."""

    line: int
    who: str
    fault: LineFault

    @property
    def fields(self) -> dict[str, Any]:
        """What the service would say of it, but for the outcome."""
        return {"line": self.line, "who": self.who, "fault": self.fault, "reason": SAID[self.fault]}


def add_many(parser: argparse.ArgumentParser) -> None:
    """Let `parser` take people, or a table of them."""
    parser.add_argument("who", metavar="PERSON", nargs="*", help=WHO)
    parser.add_argument("--csv", metavar="FILE", help="a table with the column address; that of user invite will do")
    parser.add_argument("--check", action="store_true", help="tell what would be done, and write nothing")


def asked(args: argparse.Namespace) -> tuple[list[Wanted], list[Bad]]:
    """Return the people that `args` name, and the lines of their table that are at fault by themselves.

    Raises WronglyAskedError where nobody is named, or in two ways, and for what is no such table.
    """
    if bool(args.who) == (args.csv is not None):
        raise WronglyAskedError("Say who: addresses or ids, or a table of many with --csv FILE.")
    if args.csv is not None:
        return read(tables.text_of(args.csv))
    return [Wanted(line=number, who=who) for number, who in enumerate(args.who, 1)], []


def read(text: str) -> tuple[list[Wanted], list[Bad]]:
    """Return the people of a table, and the lines that are at fault by themselves.

    An address that stands in an earlier line is seen here, since the lines may go in several requests. Raises
    WronglyAskedError for what is no such table.
    """
    people: list[Wanted] = []
    bad: list[Bad] = []
    seen: set[str] = set()
    for line in tables.lines(text, COLUMNS, "address"):
        who = line.cells.get("address", "").strip()
        fault = None if line.whole else LineFault.COLUMNS
        if fault is None and who and who.lower() in seen:
            fault = LineFault.DUPLICATE
        seen.add(who.lower())
        if fault is None:
            people.append(Wanted(line=line.number, who=who))
        else:
            bad.append(Bad(line.number, who, fault))
    return people, bad


def tell(lines: Sequence[Line], done: Sequence[str], about: dict[str, Any], args: argparse.Namespace) -> int:
    """Print what became of each, and how many of them were `done` (the names of those outcomes); return the exit code.

    `about` stands in the JSON besides.
    """
    lines = sorted(lines, key=lambda line: line.line)
    sums = {word: sum(line.outcome == word for line in lines) for word in (*done, "unchanged", "refused")}
    if args.json:
        print_json({"check": args.check, **about, "lines": lines, **sums})
    else:
        rows = [(line.line, line.who or "-", line.outcome, line.fault or "-") for line in lines]
        print_list(("LINE", "WHO", "OUTCOME", "FAULT"), rows)
        where = f"{args.csv}:" if args.csv is not None else ""
        warn(*(f"{where}{line.line}: {line.reason}" for line in lines if line.fault is not None))
        would = "would be " if args.check else ""
        said = [f"{sums[word]} {would}{word}" for word in done]
        warn(f"{', '.join(said)}, {sums['unchanged']} unchanged, {sums['refused']} refused.")
    return REFUSED if sums["refused"] else 0
