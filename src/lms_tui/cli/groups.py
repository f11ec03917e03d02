"""`lms-tui group list | show | create | edit | archive | restore`, and `group_members`: groups of people, for
administrators.

What takes something away says first on standard error what it would touch, and asks.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli import group_members, parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.people_list import list_people, say_line
from lms_tui.cli.printing import agreed, is_terminal, print_list, say, warn
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui.group_words import archiving, who_is_in
from lms_tui.wire import groups, people

if TYPE_CHECKING:
    from lms_tui.client.api import Api

_COLUMNS: Final = ("ID", "NAME", "STATE", "PEOPLE", "CHARACTERISTIC")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Make the parser of `group`."""
    parser = subparsers.add_parser("group", help="groups of people", description="Groups of people.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = parsers.add(actions, "list", "list groups, by name")
    listing.add_argument("--search", default="", metavar="TEXT", help="a piece of a name or of a characteristic")
    listing.add_argument(
        "--show",
        choices=[show.value for show in groups.Show],
        default=groups.Show.PRESENT.value,
        help="the archived alone, or all; those not archived unless given",
    )
    show = _named(parsers.add(actions, "show", "show all about one group"))
    show.add_argument("--members", action="store_true", help="list who is in it, as `user list` does")
    show.add_argument("--limit", type=int, metavar="N", help="with --members: no more than N people")
    create = parsers.add(actions, "create", "make a group")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--characteristic", default="", metavar="TEXT", help="what its members have in common")
    edit = _named(parsers.add(actions, "edit", "give a group another name or characteristic"))
    edit.add_argument("--name", metavar="NAME")
    edit.add_argument("--characteristic", metavar="TEXT", help="'' takes it away")
    archive = _named(parsers.add(actions, "archive", "archive a group; its members stay"))
    archive.add_argument("--yes", action="store_true", help="do not ask")
    _named(parsers.add(actions, "restore", "take a group out of the archive"))
    group_members.add_actions(lambda name, what: _named(parsers.add(actions, name, what)))


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("group", metavar="GROUP", help="its name, in whatever case, or its id")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        match args.action:
            case "list":
                return await _list(api, args)
            case "create":
                made = groups.CreateRequest(id=uuid4(), name=args.name, characteristic=args.characteristic)
                return _told(await api.call(groups.CREATE, made), "is made", as_json=args.json)
        group = await api.call(groups.GROUP, groups.GroupRequest(group=args.group))
        match args.action:
            case "show":
                return await _show(api, group, args)
            case "edit":
                return await _edit(api, group, args)
            case "archive":
                return await _archive(api, group, args)
            case "add" | "remove":
                return await group_members.change(api, group, args)
            case "enrol":
                return await group_members.enrol(api, group, args)
            case _:
                request = groups.RestoreRequest(id=uuid4(), group_id=group.id)
                return _told(await api.call(groups.RESTORE, request), "is in use", as_json=args.json)


async def _list(api: "Api", args: argparse.Namespace) -> int:
    found: list[groups.GroupLine] = []
    while True:
        ask = groups.ListRequest(search=args.search, show=groups.Show(args.show), offset=len(found))
        page = await api.call(groups.LIST, ask)
        found += page.groups
        if not page.groups or len(found) >= page.total:
            break
    if args.json:
        print_json(found)
    elif found:
        print_list(_COLUMNS, map(_row, found))
    elif is_terminal():
        say("There is no such group.")
    return 0


def _row(group: groups.GroupLine) -> tuple[object, ...]:
    state = "archived" if group.archived else "-"
    return group.id, group.name, state, group.members, group.characteristic or "-"


async def _show(api: "Api", group: groups.Group, args: argparse.Namespace) -> int:
    if args.members:
        everybody = {"search": "", "role": None, "show": people.Show.ALL.value, "group": str(group.id)}
        return await list_people(api, argparse.Namespace(**everybody, limit=args.limit, json=args.json))
    if args.json:
        print_json(group)
        return 0
    say_line(f"{group.name}{', archived' * group.archived}")
    say_line(f"id: {group.id}")
    say_line(who_is_in(group))
    if group.characteristic:
        say(group.characteristic)
    for course in group.courses:
        say_line(f"{course.members:,} of {group.members:,} take: {course.title}")
    return 0


async def _edit(api: "Api", group: groups.Group, args: argparse.Namespace) -> int:
    if args.name is None and args.characteristic is None:
        raise WronglyAskedError("Say what is to be another one: --name or --characteristic.")
    request = groups.EditRequest(id=uuid4(), group_id=group.id, name=args.name, characteristic=args.characteristic)
    return _told(await api.call(groups.EDIT, request), "is so", as_json=args.json)


async def _archive(api: "Api", group: groups.Group, args: argparse.Namespace) -> int:
    if not group.archived:
        warn(group.name, *archiving(group))
        if not agreed("Archive it?", yes=args.yes):
            return 1
    done = await api.call(groups.ARCHIVE, groups.ArchiveRequest(id=uuid4(), group_id=group.id))
    return _told(done, "is archived", as_json=args.json)


def _told(done: groups.GroupChanged, said: str, *, as_json: bool) -> int:
    if as_json:
        print_json(done)
    else:
        say_line(f"The group {done.name} {said} {'now' if done.changed else 'already'}.")
    return 0
