"""`lms-tui course enrol COURSE PERSON… | --csv FILE` and `course unenrol COURSE PERSON`: staff let people into a course
and take them out.

Of many some may be at fault: they are named and left out, the others come in; the same again changes nothing.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

from lms_tui.cli import parsers, whos
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.printing import agreed, say, warn
from lms_tui.cli.taught import TAUGHT, taught
from lms_tui.client.errors import ClientError
from lms_tui.tui.course_words import taking_out
from lms_tui.wire import enrolments
from lms_tui.wire.enrolments import Given, GivenLine, GiveRequest, Outcome, Wanted
from lms_tui.wire.inviting_many import MOST_AT_ONCE
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from uuid import UUID

    from lms_tui.client.api import Api


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two actions of `course`."""
    give = _action(actions, "enrol", "let people into a course, also a priced one or a draft")
    whos.add_many(give)
    remove = _action(actions, "unenrol", "take somebody out of a course; what they did stays")
    remove.add_argument("learner", metavar="PERSON", help=whos.WHO)
    remove.add_argument("--yes", action="store_true", help="do not ask")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = parsers.add(actions, name, what)
    parser.add_argument("name", metavar="COURSE", help=TAUGHT)
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
    people, bad = whos.asked(args)
    lines = [GivenLine(**one.fields, outcome=Outcome.REFUSED) for one in bad]
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
    return _tell(done, lines, args)


async def _given(api: "Api", course: "UUID", people: list[Wanted], args: argparse.Namespace) -> Given:
    return await api.call(enrolments.GIVE, GiveRequest(id=uuid4(), course_id=course, people=people, check=args.check))


def _tell(done: Given | None, lines: list[GivenLine], args: argparse.Namespace) -> int:
    course = None if done is None else {"id": done.course_id, "title": done.title, "available": done.available}
    code = whos.tell(lines, ["enrolled"], {"course": course}, args)
    if done is not None and not done.available and not args.json:
        warn("The course is a draft or archived: they cannot open it yet.")
    return code
