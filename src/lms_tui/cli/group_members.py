"""`lms-tui group add | remove GROUP PERSON… | --csv FILE` and `group enrol GROUP COURSE…`."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from lms_tui.cli import whos
from lms_tui.cli.as_json import print_json
from lms_tui.cli.people_list import say_line
from lms_tui.cli.printing import agreed, warn
from lms_tui.cli.taught import taught
from lms_tui.client.errors import ClientError
from lms_tui.tui import group_words as words
from lms_tui.wire import group_members as wire
from lms_tui.wire.enrolments import Wanted
from lms_tui.wire.group_members import MemberLine, Outcome
from lms_tui.wire.groups import Group
from lms_tui.wire.inviting_many import MOST_AT_ONCE

if TYPE_CHECKING:
    from lms_tui.client.api import Api


def add_actions(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add three actions by `action`, which makes the parser of one that names a group."""
    whos.add_many(action("add", "put people into a group"))
    remove = action("remove", "take people out of a group; the courses that they take stay")
    whos.add_many(remove)
    enrol = action("enrol", "let the members of this moment into courses, also priced ones and drafts")
    enrol.add_argument("course", metavar="COURSE", nargs="+", help="its id, its title, or words of the title")
    enrol.add_argument("--check", action="store_true", help="tell what would be done, and write nothing")
    for parser in (remove, enrol):
        parser.add_argument("--yes", action="store_true", help="do not ask")


async def change(api: "Api", group: Group, args: argparse.Namespace) -> int:
    """Put people into a group or take them out; return the exit code.

    Taking out is looked at first and asked about. Where the service goes away in the middle, what was done is told.
    """
    people, bad = whos.asked(args)
    remove = args.action == "remove"
    if remove and not args.check:
        look = await _changed(api, group, people, remove=True, check=True)
        leaving = sum(line.outcome is Outcome.REMOVED for line in look)
        if leaving:
            warn(group.name, *words.leaving(leaving))
            if not agreed("Take them out?", yes=args.yes):
                return 1
    lines = [MemberLine(**one.fields, outcome=Outcome.REFUSED) for one in bad]
    about = {"group": {"id": group.id, "name": group.name}}
    outcome = Outcome.REMOVED if remove else Outcome.ADDED
    try:
        await _changed(api, group, people, remove=remove, check=args.check, into=lines)
    except ClientError:
        whos.tell(lines, [outcome], about, args)
        raise
    return whos.tell(lines, [outcome], about, args)


async def _changed(
    api: "Api",
    group: Group,
    people: list[Wanted],
    *,
    remove: bool,
    check: bool,
    into: list[MemberLine] | None = None,
) -> list[MemberLine]:
    """Ask for as many at a time as one request may hold; return the lines, put behind those that are in `into`."""
    lines = [] if into is None else into
    for begin in range(0, len(people), MOST_AT_ONCE):
        some = people[begin : begin + MOST_AT_ONCE]
        request = wire.MembersRequest(id=uuid4(), group_id=group.id, people=some, remove=remove, check=check)
        lines += (await api.call(wire.MEMBERS, request)).lines
    return lines


async def enrol(api: "Api", group: Group, args: argparse.Namespace) -> int:
    """Let a group into courses; what that touches is said first, and asked. Return the exit code."""
    courses = [await taught(api, name) for name in args.course]
    check = wire.EnrolRequest(id=uuid4(), group_id=group.id, courses=courses, check=True)
    look = await api.call(wire.ENROL, check)
    if args.check or any(course.enrolled for course in look.courses):
        warn(look.name, *words.enrolling(look))
    if args.check:
        if args.json:
            print_json(look)
        return 0
    if any(course.enrolled for course in look.courses) and not agreed("Enrol them?", yes=args.yes):
        return 1
    done = await api.call(wire.ENROL, wire.EnrolRequest(id=uuid4(), group_id=group.id, courses=courses))
    print_json(done) if args.json else say_line(words.enrolled(done))
    return 0
