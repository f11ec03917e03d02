"""`lms-tui course enrol COURSE PERSON… | --csv FILE` and `course unenrol COURSE PERSON`: staff let people into a course
and take them out.

Of many some may be at fault: they are named and left out, the others come in; the same again changes nothing.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli import tables
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.invite_csv import COLUMNS, REFUSED
from lms_tui.cli.printing import agreed, print_list, say, warn
from lms_tui.cli.taught import TAUGHT, taught
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.client.errors import ClientError
from lms_tui.rules.guests import SAID
from lms_tui.tui.course_words import taking_out
from lms_tui.wire import enrolments
from lms_tui.wire.enrolments import Given, GivenLine, GiveRequest, Outcome, Wanted
from lms_tui.wire.inviting_many import MOST_AT_ONCE, LineFault
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from uuid import UUID

    from lms_tui.client.api import Api

_WHO: Final = "e-mail address or id"


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two actions of `course`."""
    give = _action(actions, "enrol", "let people into a course, also a priced one or a draft")
    give.add_argument("who", metavar="PERSON", nargs="*", help=_WHO)
    give.add_argument("--csv", metavar="FILE", help="a table with the column address; that of user invite will do")
    give.add_argument("--check", action="store_true", help="tell what would be done, and write nothing")
    remove = _action(actions, "unenrol", "take somebody out of a course; what they did stays")
    remove.add_argument("learner", metavar="PERSON", help=_WHO)
    remove.add_argument("--yes", action="store_true", help="do not ask")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
    parser.add_argument("name", metavar="COURSE", help=TAUGHT)
    parser.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")
    parser.set_defaults(act=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_unenrol(args) if args.action == "unenrol" else _enrol(args))


async def _unenrol(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        look = enrolments.LookRequest(course_id=await taught(api, args.name), learner=args.learner)
        facts = await api.call(enrolments.LOOK, look)
        warn(*taking_out(facts))
        if not agreed("Take them out?", yes=args.yes):
            return 1
        request = enrolments.RemoveRequest(id=uuid4(), course_id=facts.course_id, learner_id=facts.learner_id)
        done = await api.call(enrolments.REMOVE, request)
    said = f"{done.learner_email} is not in “{done.title}” any more."
    print_json(done) if args.json else say(clean_line(said))
    return 0


async def _enrol(args: argparse.Namespace) -> int:
    if bool(args.who) == (args.csv is not None):
        raise WronglyAskedError("Say who is to come in: addresses or ids, or a table of many with --csv FILE.")
    people, lines = (_typed(args.who), []) if args.csv is None else read(tables.text_of(args.csv))
    done: Given | None = None
    async with signed_in(args.config) as (api, _):
        course = await taught(api, args.name)
        try:
            for begin in range(0, len(people), MOST_AT_ONCE):
                done = await _given(api, course, people[begin : begin + MOST_AT_ONCE], args)
                lines += done.lines
        except ClientError:
            _tell(done, lines, args)
            raise
    _tell(done, lines, args)
    return REFUSED if any(line.outcome is Outcome.REFUSED for line in lines) else 0


async def _given(api: "Api", course: "UUID", people: list[Wanted], args: argparse.Namespace) -> Given:
    return await api.call(enrolments.GIVE, GiveRequest(id=uuid4(), course_id=course, people=people, check=args.check))


def _typed(whos: list[str]) -> list[Wanted]:
    return [Wanted(line=number, who=who) for number, who in enumerate(whos, 1)]


def read(text: str) -> tuple[list[Wanted], list[GivenLine]]:
    """Return the people of a table, and reports on the lines that are at fault by themselves.

    An address that stands in an earlier line is seen here, since the lines may go in several requests. Raises
    WronglyAskedError for what is no such table.
    """
    people: list[Wanted] = []
    reports: list[GivenLine] = []
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
            report = GivenLine(line=line.number, who=who, outcome=Outcome.REFUSED, fault=fault, reason=SAID[fault])
            reports.append(report)
    return people, reports


def _tell(done: Given | None, lines: list[GivenLine], args: argparse.Namespace) -> None:
    lines.sort(key=lambda line: line.line)
    sums = {outcome.value: sum(line.outcome is outcome for line in lines) for outcome in Outcome}
    if args.json:
        course = None if done is None else {"id": done.course_id, "title": done.title, "available": done.available}
        print_json({"check": args.check, "course": course, "lines": lines, **sums})
        return
    rows = [(line.line, line.who or "-", line.outcome, line.fault or "-") for line in lines]
    print_list(("LINE", "WHO", "OUTCOME", "FAULT"), rows)
    where = f"{args.csv}:" if args.csv is not None else ""
    warn(*(f"{where}{line.line}: {line.reason}" for line in lines if line.fault is not None))
    would = "would be " if args.check else ""
    warn(f"{sums['enrolled']} {would}enrolled, {sums['unchanged']} unchanged, {sums['refused']} refused.")
    if done is not None and not done.available:
        warn("The course is a draft or archived: they cannot open it yet.")
