"""`lms-tui category list | create | edit | up | down | archive | restore | delete`: categories, for administrators.

What takes something away says first on standard error what it would touch, and asks.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.people_list import say_line
from lms_tui.cli.printing import agreed, is_terminal, print_list, say, warn
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui import category_words as words
from lms_tui.wire import categories
from lms_tui.wire.categories import Category, CategoryChanged
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

_COLUMNS: Final = ("ID", "NAME", "STATE", "COURSES", "SHOWN", "DESCRIPTION")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Make the parser of `category`."""
    parser = subparsers.add_parser("category", help="categories of courses", description="Categories of courses.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    parsers.add(actions, "list", "list the categories in their order, archived ones too")
    create = parsers.add(actions, "create", "make a category")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--description", default="", metavar="TEXT")
    edit = _named(parsers.add(actions, "edit", "give a category another name or description"))
    edit.add_argument("--name", metavar="NAME")
    edit.add_argument("--description", metavar="TEXT", help="'' takes it away")
    _named(parsers.add(actions, "up", "put a category before the one above it"))
    _named(parsers.add(actions, "down", "put a category behind the one below it"))
    archive = _named(parsers.add(actions, "archive", "archive a category; its courses stay in it"))
    _named(parsers.add(actions, "restore", "take a category out of the archive"))
    delete = _named(parsers.add(actions, "delete", "delete a category; one with courses is archived instead"))
    for parser in (archive, delete):
        parser.add_argument("--yes", action="store_true", help="do not ask")


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("category", metavar="CATEGORY", help="its name, in whatever case, or its id")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        if args.action == "create":
            made = categories.CreateRequest(id=uuid4(), name=args.name, description=args.description)
            return _told(await api.call(categories.CREATE, made), "is made", as_json=args.json)
        found = (await api.call(categories.LIST, categories.ListRequest())).categories
        if args.action == "list":
            return _list(found, as_json=args.json)
        one = _meant(found, args.category)
        match args.action:
            case "edit":
                return await _edit(api, one, args)
            case "up" | "down":
                done = await api.call(categories.PLACE, words.moved(found, one.id, up=args.action == "up"))
                where = "first" if args.action == "up" else "last"
                return _told(done, "is moved" if done.changed else f"is the {where} one", as_json=args.json)
            case "restore":
                request = categories.RestoreRequest(id=uuid4(), category_id=one.id)
                return _told(await api.call(categories.RESTORE, request), "is in use", as_json=args.json)
            case "archive":
                return await _archive(api, one, args)
            case _:
                return await _delete(api, one, args)


def _list(found: list[Category], *, as_json: bool) -> int:
    if as_json:
        print_json(found)
    elif found:
        print_list(_COLUMNS, map(_row, found))
    elif is_terminal():
        say("There is no category yet.")
    return 0


def _row(one: Category) -> tuple[object, ...]:
    state = "archived" if one.archived else "-"
    return one.id, one.name, state, one.courses, one.shown, one.description or "-"


def _meant(found: list[Category], name: str) -> Category:
    """Return the category that `name` is, or whose id it is; of one that an archived one is called too, the other.

    Raises WronglyAskedError for none, and for several, which are told.
    """
    wanted = name.strip().casefold()
    fits = [one for one in found if wanted in (str(one.id), one.name.strip().casefold())]
    fits = [one for one in fits if not one.archived] or fits
    if len(fits) == 1:
        return fits[0]
    said = clean_line(name)
    if not fits:
        raise WronglyAskedError(f"No category is called “{said}”. See: lms-tui category list")
    raise WronglyAskedError(f"Several are called “{said}”. Give an id:", *(f"{one.id}  {one.name}" for one in fits))


async def _edit(api: "Api", one: Category, args: argparse.Namespace) -> int:
    if args.name is None and args.description is None:
        raise WronglyAskedError("Say what is to be another one: --name or --description.")
    request = categories.EditRequest(id=uuid4(), category_id=one.id, name=args.name, description=args.description)
    return _told(await api.call(categories.EDIT, request), "is so", as_json=args.json)


async def _archive(api: "Api", one: Category, args: argparse.Namespace) -> int:
    if not one.archived:
        warn(one.name, *words.archiving(one))
        if not agreed("Archive it?", yes=args.yes):
            return 1
    done = await api.call(categories.ARCHIVE, categories.ArchiveRequest(id=uuid4(), category_id=one.id))
    return _told(done, "is archived", as_json=args.json)


async def _delete(api: "Api", one: Category, args: argparse.Namespace) -> int:
    warn(one.name, *words.deleting(one))
    if not agreed("Archive it instead?" if one.courses else "Delete it?", yes=args.yes):
        return 1
    done = await api.call(categories.DELETE, categories.DeleteRequest(id=uuid4(), category_id=one.id))
    return _told(done, words.deleted(done), as_json=args.json)


def _told(done: CategoryChanged, said: str, *, as_json: bool) -> int:
    if as_json:
        print_json(done)
    else:
        say_line(f"The category {done.name} {said} {'now' if done.changed else 'already'}.")
    return 0
