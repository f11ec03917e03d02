"""`lms-tui user create`: a person with a password, made on the database itself, and so the first administrator."""

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from lms_tui.cli.as_json import print_json
from lms_tui.cli.db import (
    add_database_argument,
    complain,
    configured_database,
    database_of,
    require_version,
    show_progress,
)
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.service.people import MadePerson, NewPerson

_LONGEST_LINE = 4096


class NoPasswordError(Exception):
    """No password could be read; the message is a sentence for the user."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `user` and its sub-commands."""
    group = subparsers.add_parser("user", help="people: create one")
    actions = group.add_subparsers(dest="user_action", metavar="ACTION", required=True)
    what = "make a person who signs in with a password"
    create = actions.add_parser("create", help=what, description=what[:1].upper() + what[1:] + ".")
    create.add_argument("email", metavar="EMAIL")
    create.add_argument("--first", default="", metavar="NAME", help="first name")
    create.add_argument("--last", default="", metavar="NAME", help="last name")
    create.add_argument(
        "--admin", action="store_true", help="an administrator; switches passwords on again where SSO was enforced"
    )
    create.add_argument("--password-stdin", action="store_true", help="read the password as one line of standard input")
    create.add_argument("--json", action="store_true", help="print one JSON object")
    add_database_argument(create)


def run(args: argparse.Namespace) -> int:
    """Run `user create` on the configured database; return the exit code."""
    import psycopg

    from lms_tui.db.version import MigrationError
    from lms_tui.local.errors import LocalError
    from lms_tui.service.passwords import WeakPasswordError, check_new
    from lms_tui.service.people import NewPerson, RefusedPersonError, address

    database = configured_database(args)
    try:
        address(args.email)  # before anybody types a password for nothing
        if database is None:
            from lms_tui.local.service import ensure_service

            ensure_service(progress=show_progress)  # which makes and upgrades the embedded database
        with database_of(database) as url:
            require_version(url)
            password = _password(from_stdin=args.password_stdin)
            check_new(password)
            new = NewPerson(args.email, password, args.first, args.last, args.admin)
            made = asyncio.run(_create(url, new))
    except (RefusedPersonError, WeakPasswordError, NoPasswordError, MigrationError, LocalError) as error:
        complain(str(error))
        return 1
    except psycopg.Error as error:
        complain(f"The database said: {str(error).strip().splitlines()[0]}")
        return 1
    _tell(made, as_json=args.json)
    return 0


async def _create(url: str, new: "NewPerson") -> "MadePerson":
    from lms_tui.service import people
    from lms_tui.service.database import open_pools
    from lms_tui.service.passwords import Passwords

    pools, passwords = open_pools(url, 1), Passwords()
    try:
        return await people.create(pools.writer, passwords, new)
    finally:
        passwords.close()
        await pools.close()


def _password(*, from_stdin: bool) -> str:
    """Return the password: a line of standard input, or typed twice on the terminal. Raises NoPasswordError."""
    if from_stdin:
        line = sys.stdin.buffer.readline(_LONGEST_LINE)
        try:
            return line.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise NoPasswordError("The password on standard input is not UTF-8.") from error
    if not sys.stdin.isatty():
        raise NoPasswordError("There is no terminal to ask for the password on. Use --password-stdin.")
    try:
        first = getpass.getpass("Password: ")
        second = getpass.getpass("Once more: ")
    except (EOFError, KeyboardInterrupt) as error:
        raise NoPasswordError("No password was given, so nothing was changed.") from error
    if first != second:
        raise NoPasswordError("The two passwords differ, so nothing was changed.")
    return first


def _tell(made: "MadePerson", *, as_json: bool) -> None:
    if as_json:
        print_json({"id": made.id, "email": made.email, "role": made.role})
    else:
        print(clean_line(f"Made {made.email} ({made.role})."))
    if made.passwords_allowed:
        print("Sign-in by SSO alone was enforced; passwords are allowed again.", file=sys.stderr)
