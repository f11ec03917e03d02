"""`lms-tui sign-in`, `sign-out` and `whoami`."""

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from lms_tui.config import Config, ConfigError
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api
    from lms_tui.wire.accounts import User


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three."""
    sign_in = subparsers.add_parser("sign-in", help="sign in to a service")
    sign_in.add_argument("email", nargs="?", help="your address; asked for when it is left out")
    sign_in.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    sign_in.add_argument(
        "--sso",
        nargs="?",
        const="",
        metavar="NAME",
        help="by your organisation, in a browser; NAME where there are several",
    )
    sign_in.add_argument("--json", action="store_true", help="print one JSON object; with --sso one a line as it goes")
    sign_out = subparsers.add_parser("sign-out", help="forget the session on this machine")
    sign_out.add_argument("--yes", action="store_true", help="do not ask, also when something still waits to be sent")
    sign_out.add_argument("--everywhere", action="store_true", help="end your sessions on all machines too")
    whoami = subparsers.add_parser("whoami", help="tell who is signed in")
    whoami.add_argument("--how", action="store_true", help="tell by what you sign in instead: password, organisations")
    whoami.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Do one of the three; return the exit code."""
    config: Config = args.config
    if args.command == "whoami":
        return asyncio.run(_how(config, as_json=args.json) if args.how else _whoami(config, as_json=args.json))
    if config.service is None and config.database is None:
        raise ConfigError(
            "On the embedded database you are signed in already. To act as somebody else: lms-tui --as ADDRESS"
        )
    if args.command == "sign-in":
        return asyncio.run(_sign_in(config, args))
    return asyncio.run(_sign_out(config, yes=args.yes, everywhere=args.everywhere))


async def _sign_in(config: Config, args: argparse.Namespace) -> int:
    from lms_tui.cli.connect import connected
    from lms_tui.client.tokens import KEPT

    if config.kiosk:
        raise ConfigError("A kiosk keeps no session: sign in inside the app.")
    if args.sso is not None:
        from lms_tui.cli.sso import sign_in_by_issuer

        return await sign_in_by_issuer(config, args)
    email = args.email or await asyncio.to_thread(input, "Address: ")
    password = await asyncio.to_thread(_password, args.password_stdin)
    async with connected(config) as (_, sign_in):
        user = await sign_in.sign_in(email, password)
    if args.json:
        from lms_tui.cli.as_json import print_json

        print_json(user)
    else:
        print(f"Signed in as {full_name(user)}.")
        print(KEPT[sign_in.kept])
    return 0


async def _sign_out(config: Config, *, yes: bool, everywhere: bool) -> int:
    from lms_tui.cli.connect import connected

    async with connected(config) as (api, sign_in):
        user = await sign_in.restore()
        if user is None:
            print("Nobody is signed in.")
            return 0
        waiting = await _waiting(config, api, user)
        if waiting and not yes:
            print(f"{waiting} things you did have not reached the service yet. They stay on this machine")
            print("and are sent when you sign in here again.")
            answer = await asyncio.to_thread(input, "Sign out? [y/N] ")
            if answer.strip().lower() not in ("y", "yes"):
                return 1
        if everywhere:
            from lms_tui.wire.joining import EVERYWHERE, EverywhereRequest

            await api.call(EVERYWHERE, EverywhereRequest())
        await asyncio.to_thread(_forget_threads, config, user)
        await sign_in.sign_out()
        print("Signed out everywhere." if everywhere else "Signed out.")
    return 0


def _forget_threads(config: Config, user: "User") -> None:
    """Take away what this machine keeps of the person's threads with mentors. Raises NotKept."""
    from lms_tui.client.kept_here import MENTOR
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.local.paths import places

    MentorFile(places().state / MENTOR, (config.place, str(user.id))).forget()


async def _waiting(config: Config, api: "Api", user: "User") -> int:
    """Send what this person's outbox on this machine holds, and return how many writes still wait."""
    from lms_tui.cli.connect import outbox_file, outbox_of

    if not outbox_file().exists():
        return 0
    async with outbox_of(config, api, user) as outbox:
        outbox.hurry()
        await outbox.settled()
        return outbox.counts().waiting


async def _whoami(config: Config, *, as_json: bool) -> int:
    from lms_tui.cli.connect import is_owner, signed_in
    from lms_tui.wire.accounts import ME, MeRequest

    async with signed_in(config) as (api, who):
        # what was kept may be as old as the session
        user = who if is_owner(config) else await api.call(ME, MeRequest())
    if as_json:
        from lms_tui.cli.as_json import print_json

        print_json(user)
    else:
        print(clean_line(f"{full_name(user)}, {user.role.lower()}"))
    return 0


async def _how(config: Config, *, as_json: bool) -> int:
    from lms_tui.cli.connect import signed_in
    from lms_tui.wire.sso import WAYS, WaysRequest

    async with signed_in(config) as (api, _):
        ways = await api.call(WAYS, WaysRequest())
    if as_json:
        from lms_tui.cli.as_json import print_json

        print_json(ways)
        return 0
    if ways.password:
        print("password")
    for came in ways.came:
        print(f"{clean_line(came.issuer)}\t{came.last_at:%Y-%m-%dT%H:%M:%SZ}")
    return 0


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass.getpass("Password: ")


def full_name(user: "User") -> str:
    """Return whom a session belongs to, in one line."""
    return clean_line(f"{user.first_name} {user.last_name} <{user.email}>")
