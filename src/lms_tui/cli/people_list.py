"""`lms-tui user list` and `user show`: people as administrators see them."""

import argparse
from typing import TYPE_CHECKING, Final

from lms_tui.cli.as_json import print_json
from lms_tui.cli.printing import is_terminal, print_list, say
from lms_tui.tui.people_words import full_name
from lms_tui.tui.words import count
from lms_tui.wire import people
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from lms_tui.client.api import Api

ROLES: Final = {role.value.lower(): role for role in people.Role}
"""As they are typed."""

_PEOPLE: Final = ("ID", "ADDRESS", "NAME", "ROLE", "STATE", "GROUPS", "COURSES")


async def list_people(api: "Api", args: argparse.Namespace) -> int:
    """List people; into a pipe page by page."""
    ask = people.ListRequest(
        search=args.search,
        role=ROLES.get(args.role),
        show=people.Show(args.show),
        group=args.group,
    )
    found: list[people.PersonLine] = []
    async for page in _pages(api, ask, args.limit):
        if args.json or is_terminal():
            found += page
        else:
            print_list(_PEOPLE, map(_row, page))
    if args.json:
        print_json(found)
    elif found:
        print_list(_PEOPLE, map(_row, found))
    elif is_terminal():
        say("Nobody is like that.")
    return 0


async def _pages(api: "Api", ask: people.ListRequest, limit: int | None) -> "AsyncIterator[list[people.PersonLine]]":
    left = limit
    while left is None or left > 0:
        page = await api.call(people.LIST, ask)
        yield page.people if left is None else page.people[:left]
        left = None if left is None else left - len(page.people)
        if page.next is None:
            return
        ask.after = page.next


def _row(one: people.PersonLine) -> tuple[object, ...]:
    state = "archived" if one.archived else "invited" if one.invited_until else "-"
    return one.id, one.email, full_name(one) or "-", one.role, state, ", ".join(one.groups) or "-", one.enrolments


async def count_people(api: "Api", args: argparse.Namespace) -> int:
    """Print how many people there are; return the exit code."""
    counts = await api.call(people.COUNTS, people.CountsRequest(search=args.search, group=args.group))
    if args.json:
        print_json(counts)
    else:
        names = counts.__struct_fields__
        print_list(("WHICH", "PEOPLE"), [(name, getattr(counts, name)) for name in names])
    return 0


def show(person: people.Person, *, as_json: bool) -> int:
    """Print all about one person; return the exit code."""
    if as_json:
        print_json(person)
        return 0
    say_line(f"{full_name(person) or '(no name yet)'} <{person.email}>, {person.role}{', archived' * person.archived}")
    say_line(f"id: {person.id}")
    if person.invitation is not None:
        sent = f", reminded {count(person.invitation.reminders, 'time')}" if person.invitation.reminders else ""
        say_line(f"invited, has not come; the code ends {day(person.invitation.expires_at)}{sent}")
    say_line(f"groups: {', '.join(group.name for group in person.groups) or '-'}")
    say_line(f"last seen learning: {day(person.last_activity) if person.last_activity else '-'}")
    if person.teaches:
        say_line(f"author of {count(person.teaches, 'course')}")
    for one in person.enrolments:
        done = f", completed {day(one.completed_at)}" if one.completed_at else ""
        say_line(f"{one.completed_lessons} of {count(one.lessons, 'lesson')}{done}: {one.title}")
    return 0


def say_line(line: str) -> None:
    """Print one line, cleaned."""
    say(clean_line(line))


def day(at: "datetime") -> str:
    """Return a time of the database as it is here."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
