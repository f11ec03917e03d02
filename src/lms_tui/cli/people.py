"""`lms-tui user list | show | invite | role | archive | restore | groups | erase`, and `reset` at a service.

They are for administrators. What takes something away says first on standard error what it would touch, and asks.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.people_list import ROLES, count_people, day, list_people, say_line, show
from lms_tui.cli.printing import agreed, say, warn
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.tui.erasing_words import touched
from lms_tui.tui.people_words import archiving, authorship, who
from lms_tui.wire import erasing, people, people_acts

if TYPE_CHECKING:
    from lms_tui.client.api import Api

ACTIONS: Final = ("list", "show", "invite", "role", "archive", "restore", "groups", "erase")
_WHO: Final = "the e-mail address or the id"


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions of `user` that ask a service."""
    listing = parsers.add(actions, "list", "list people, by address")
    listing.add_argument("--search", default="", metavar="WORDS", help="words of a name, or a piece of an address")
    listing.add_argument("--role", type=str.lower, choices=list(ROLES), help="only those with this role")
    listing.add_argument(
        "--show",
        choices=[show.value for show in people.Show],
        default=people.Show.PRESENT.value,
        help="the invited alone, the archived alone, or all; those not archived unless given",
    )
    listing.add_argument("--group", default="", metavar="GROUP", help="only members of this group")
    listing.add_argument("--limit", type=int, metavar="N", help="no more than N people")
    listing.add_argument("--count", action="store_true", help="print how many there are, and no list")
    _named(parsers.add(actions, "show", "show all about one person"))
    invite = parsers.add(actions, "invite", "invite a person, or once more one who has not come")
    invite.add_argument("email", metavar="EMAIL", nargs="?")
    invite.add_argument("--first", default="", metavar="NAME", help="first name")
    invite.add_argument("--last", default="", metavar="NAME", help="last name")
    invite.add_argument("--role", type=str.lower, choices=list(ROLES), default="student", help="student unless given")
    invite.add_argument("--group", action="append", default=[], metavar="GROUP", help="put them into this group")
    invite.add_argument(
        "--csv", metavar="FILE", help="invite many: a table with the columns address, first, last, role, groups"
    )
    invite.add_argument("--check", action="store_true", help="with --csv: tell what would be done, and write nothing")
    role = _named(parsers.add(actions, "role", "give a person another role"))
    role.add_argument("role", type=str.lower, choices=list(ROLES))
    archive = _named(parsers.add(actions, "archive", "archive a person: they cannot sign in; what they did stays"))
    erase = _named(parsers.add(actions, "erase", "erase a person, for ever; what they did counts still"))
    for parser in (role, archive, erase):
        parser.add_argument("--yes", action="store_true", help="do not ask")
    _named(parsers.add(actions, "restore", "let an archived person in again"))
    groups = _named(parsers.add(actions, "groups", "put a person into groups, or take them out"))
    groups.add_argument("--add", action="append", default=[], metavar="GROUP", help="name or id")
    groups.add_argument("--remove", action="append", default=[], metavar="GROUP", help="name or id")


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("who", metavar="PERSON", help=_WHO)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it at the service; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        match args.user_action:
            case "list":
                return await (count_people(api, args) if args.count else list_people(api, args))
            case "invite":
                return await (_invite(api, args) if args.csv is None else _invite_many(api, args))
            case "reset":
                return await _reset(api, args)
        person = await api.call(people.PERSON, people.PersonRequest(who=args.who))
        match args.user_action:
            case "show":
                return show(person, as_json=args.json)
            case action:
                return await _ACTS[action](api, person, args)


async def _invite_many(api: "Api", args: argparse.Namespace) -> int:
    from lms_tui.cli import invite_csv

    if args.email is not None or args.first or args.last or args.group or args.role != "student":
        raise WronglyAskedError("With --csv everything about the people stands in the file.")
    return await invite_csv.run(api, args)


async def _invite(api: "Api", args: argparse.Namespace) -> int:
    if args.email is None or args.check:
        raise WronglyAskedError("Give the address of whom to invite, or a table of many with --csv FILE.")
    done = await api.call(
        people_acts.INVITE,
        people_acts.InviteRequest(
            id=uuid4(),
            email=args.email,
            first_name=args.first,
            last_name=args.last,
            role=ROLES[args.role],
            groups=args.group,
        ),
    )
    if args.json:
        print_json(done)
        return 0
    say_line(f"Invited {done.email} ({done.role})" + (" again; the code from before is void." if done.again else "."))
    _tell_code(done, "accept")
    return 0


async def _reset(api: "Api", args: argparse.Namespace) -> int:
    person = await api.call(people.PERSON, people.PersonRequest(who=args.email))
    done = await api.call(people_acts.RESET, people_acts.GiveResetRequest(id=uuid4(), person_id=person.id))
    if args.json:
        print_json(done)
        return 0
    say_line(f"A new password for {done.email}.")
    _tell_code(done, "reset")
    return 0


def _tell_code(done: people_acts.Invited | people_acts.ResetGiven, command: str) -> None:
    if done.mailed:
        say("The code goes out by mail.")
    elif done.code is None or done.expires_at is None:
        say("The code was used already.")
    else:
        say(f"Code: {done.code}")
        say(f"It works once, until {day(done.expires_at)}: lms-tui {command}")


async def _role(api: "Api", person: people.Person, args: argparse.Namespace) -> int:
    role = ROLES[args.role]
    if person.role.upper() != role:
        warn(_who(person), f"From their next request on they are {role} and not {person.role}.", *authorship(person))
        if not agreed("Change the role?", yes=args.yes):
            return 1
    request = people_acts.RoleRequest(id=uuid4(), person_id=person.id, role=role)
    done = await api.call(people_acts.ROLE, request)
    said = f"{done.email} is {done.role} now." if done.changed else f"{done.email} is {done.role} already."
    print_json(done) if args.json else say_line(said)
    return 0


async def _archive(api: "Api", person: people.Person, args: argparse.Namespace) -> int:
    if not person.archived:
        warn(_who(person), *archiving(person))
        if not agreed("Archive them?", yes=args.yes):
            return 1
    done = await api.call(people_acts.ARCHIVE, people_acts.ArchiveRequest(id=uuid4(), person_id=person.id))
    print_json(done) if args.json else say_line(f"{done.email} is archived{'' if done.changed else ' already'}.")
    return 0


def _who(person: people.Person) -> str:
    return f"{who(person)}, {person.role}"


async def _erase(api: "Api", person: people.Person, args: argparse.Namespace) -> int:
    facts = await api.call(erasing.LOOK, erasing.ErasureLook(person_id=person.id))
    if not facts.erased and not facts.courses:
        warn(_who(person), *touched(facts))
        if not agreed("Erase them, for ever?", yes=args.yes):
            return 1
    done = await api.call(erasing.ERASE_PERSON, erasing.ErasePersonRequest(id=uuid4(), person_id=person.id))
    print_json(done) if args.json else say_line("They are erased." if done.changed else "They were erased before.")
    return 0


async def _restore(api: "Api", person: people.Person, args: argparse.Namespace) -> int:
    done = await api.call(people_acts.RESTORE, people_acts.RestoreRequest(id=uuid4(), person_id=person.id))
    if args.json:
        print_json(done)
        return 0
    say_line(f"{done.email} may come in again." if done.changed else f"{done.email} is not archived.")
    if done.changed and not done.has_come:
        say_line(f"They have no password. Invite them again: lms-tui user invite {done.email}")
    return 0


async def _groups(api: "Api", person: people.Person, args: argparse.Namespace) -> int:
    request = people_acts.GroupsRequest(id=uuid4(), person_id=person.id, add=args.add, remove=args.remove)
    done = await api.call(people_acts.GROUPS, request)
    if args.json:
        print_json(done)
        return 0
    for word, names in (("came into", done.added), ("left", done.removed)):
        if names:
            say_line(f"{done.email} {word} {', '.join(names)}.")
    if not done.added and not done.removed:
        say_line("Nothing had to change.")
    return 0


_ACTS: Final = {"role": _role, "archive": _archive, "erase": _erase, "restore": _restore, "groups": _groups}
"""What is done to one person."""
