"""`lms-tui user create` and `user reset`: made on the database itself, by whoever may write it.

The other actions of `user`, and `reset` where a service is configured, ask a service as an administrator: `cli.people`.
So the first administrator comes in, and whoever has lost every other way. Both print a code, by which the person
chooses a password; mail is not needed.
"""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

from lms_tui.cli.as_json import print_json
from lms_tui.cli.db import add_database_argument, complain, on_database
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.service.inviting import Written
    from lms_tui.service.people import MadePerson

_LONGEST_LINE = 4096


class NoPasswordError(Exception):
    """No password could be read; the message is a sentence for the user."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `user` and its sub-commands."""
    from lms_tui.cli import people

    group = subparsers.add_parser("user", help="people: list and invite them, roles, archiving, groups, new passwords")
    actions = group.add_subparsers(dest="user_action", metavar="ACTION", required=True)
    people.add_actions(actions)
    what = "make a person, and print the code by which they choose a password"
    create = actions.add_parser("create", help=what, description=what[:1].upper() + what[1:] + ".")
    create.add_argument("email", metavar="EMAIL")
    create.add_argument("--first", default="", metavar="NAME", help="first name")
    create.add_argument("--last", default="", metavar="NAME", help="last name")
    create.add_argument(
        "--admin", action="store_true", help="an administrator; switches passwords on again where SSO was enforced"
    )
    create.add_argument(
        "--password-stdin", action="store_true",
        help="no code: the password is one line of standard input",
    )  # fmt: skip
    what = "print a code by which a person chooses a new password"
    reset = actions.add_parser("reset", help=what, description=what[:1].upper() + what[1:] + ".")
    reset.add_argument("email", metavar="EMAIL")
    for parser in (create, reset):
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        add_database_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Do it on the configured database, or at the service; return the exit code."""
    from lms_tui.cli import people

    if args.user_action in people.ACTIONS:
        return people.run(args)
    if args.user_action == "reset" and args.config.service is not None:
        return people.run(args)
    from lms_tui.service.passwords import WeakPasswordError
    from lms_tui.service.people import RefusedPersonError, address

    action = _reset if args.user_action == "reset" else _create
    try:
        address(args.email)
        return on_database(args, lambda url: asyncio.run(action(url, args)))
    except (RefusedPersonError, WeakPasswordError, NoPasswordError) as error:
        complain(str(error))
        return 1


async def _create(url: str, args: argparse.Namespace) -> None:
    from lms_tui.db.queries import people as queries
    from lms_tui.service import inviting, people
    from lms_tui.service.database import open_pools
    from lms_tui.service.passwords import Passwords, check_new

    password = _password() if args.password_stdin else None
    if password is not None:
        check_new(password, (args.email, args.first, args.last))
    pools, passwords = open_pools(url, 1), Passwords()
    try:
        if password is not None:
            new = people.NewPerson(args.email, password, args.first, args.last, args.admin)
            made = await people.create(pools.writer, passwords, new)
            _tell_made(made, args)
            return
        role = "ADMIN" if args.admin else "STUDENT"
        guest = inviting.Guest(email=args.email, first_name=args.first, last_name=args.last, role=role)
        async with pools.writer.connection() as tx:
            invited = await inviting.invite(tx, guest)
            written = await inviting.write_invitation(tx, invited.code_id)
            allowed = args.admin and await queries.allow_passwords(tx)
    finally:
        passwords.close()
        await pools.close()
    said = f"Invited {invited.email} ({invited.role})" + (
        " again; the code from before is void." if invited.again else "."
    )
    _tell_code(written, args, said, {"id": invited.id, "email": invited.email, "role": invited.role})
    _tell_allowed(allowed=allowed)


async def _reset(url: str, args: argparse.Namespace) -> None:
    from lms_tui.service import inviting
    from lms_tui.service.database import open_pools

    pools = open_pools(url, 1)
    try:
        async with pools.writer.connection() as tx:
            written = await inviting.write_reset(tx, await inviting.open_reset(tx, args.email))
    finally:
        await pools.close()
    _tell_code(written, args, f"A new password for {args.email}.", {"email": args.email})


def _password() -> str:
    """Return the password: a line of standard input. Raises NoPasswordError."""
    line = sys.stdin.buffer.readline(_LONGEST_LINE)
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise NoPasswordError("The password on standard input is not UTF-8.") from error


def _tell_code(written: "Written | None", args: argparse.Namespace, said: str, facts: dict[str, Any]) -> None:
    assert written is not None  # noqa: S101 - its row was made in the same transaction
    if args.json:
        print_json(facts | {"code": written.code, "expires_at": written.expires_at})
        return
    command = "accept" if args.user_action == "create" else "reset"
    print(clean_line(said))
    print(f"Code: {written.code}")
    print(f"It works once, until {written.expires_at.astimezone():%Y-%m-%d %H:%M}: lms-tui {command}")


def _tell_made(made: "MadePerson", args: argparse.Namespace) -> None:
    if args.json:
        print_json({"id": made.id, "email": made.email, "role": made.role})
    else:
        print(clean_line(f"Made {made.email} ({made.role})."))
    _tell_allowed(allowed=made.passwords_allowed)


def _tell_allowed(*, allowed: bool) -> None:
    if allowed:
        print("Sign-in by SSO alone was enforced; passwords are allowed again.", file=sys.stderr)
