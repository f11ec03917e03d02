"""`lms-tui accept`, `reset`, `password` and `profile`: one's own account, at a service or a database of one's own.

Codes and passwords are typed at a prompt that does not show them, or come as lines of standard input with `--stdin`:
arguments can be seen by others.
"""

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from lms_tui.cli.session import full_name
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.config import Config, ConfigError

if TYPE_CHECKING:
    from lms_tui.client.session import SignIn
    from lms_tui.wire.accounts import User


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four."""
    accept = subparsers.add_parser("accept", help="accept an invitation with its code, and be signed in")
    accept.add_argument("--stdin", action="store_true", help="code and password are two lines of standard input")
    accept.add_argument("--first", default="", metavar="NAME", help="your first name, if it is not known yet")
    accept.add_argument("--last", default="", metavar="NAME", help="your last name, if it is not known yet")
    reset = subparsers.add_parser("reset", help="choose a new password with a code, and be signed in")
    reset.add_argument("--stdin", action="store_true", help="code and password are two lines of standard input")
    reset.add_argument("--ask", metavar="EMAIL", help="you have no code yet: have one sent to your address")
    password = subparsers.add_parser("password", help="choose a new password; ends your sessions elsewhere")
    password.add_argument(
        "--stdin", action="store_true", help="the present and the new password are two lines of standard input"
    )
    profile = subparsers.add_parser("profile", help="show your own names and address, or change the names")
    profile.add_argument("--first", metavar="NAME", help="change your first name")
    profile.add_argument("--last", metavar="NAME", help="change your last name")
    for parser in (accept, reset, password, profile):
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do one of the four; return the exit code."""
    config: Config = args.config
    if args.command == "profile":
        return asyncio.run(_profile(config, args))
    if config.service is None and config.database is None:
        raise ConfigError("On the embedded database nobody has a password: you are signed in already.")
    if config.kiosk and not (args.command == "reset" and args.ask is not None):
        raise ConfigError("A kiosk keeps no session: do this inside the app.")
    if args.command == "password":
        return asyncio.run(_password(config, args))
    if args.command == "reset" and args.ask is not None:
        return asyncio.run(_ask(config, args))
    return asyncio.run(_enter(config, args))


async def _ask(config: Config, args: argparse.Namespace) -> int:
    """Have a code sent."""
    from lms_tui.cli.as_json import print_json
    from lms_tui.cli.connect import connected
    from lms_tui.wire.joining import ASK_RESET, AskResetRequest
    from lms_tui.wire.text import clean_line

    async with connected(config) as (api, _):
        asked = await api.call(ASK_RESET, AskResetRequest(email=args.ask))
    if args.json:
        print_json(asked)
    else:
        print(clean_line(f"If somebody here has the address {args.ask.strip()}, a code is on its way to it."))
        print(f"It works for {asked.minutes} minutes: lms-tui reset")
    return 0


async def _enter(config: Config, args: argparse.Namespace) -> int:
    """Use a code: accept an invitation, or choose a new password."""
    from lms_tui.cli.connect import connected
    from lms_tui.wire import joining

    code = await asyncio.to_thread(_line, "Code: ", args.stdin)
    async with connected(config) as (api, sign_in):
        if args.command == "reset":
            chosen = await asyncio.to_thread(_chosen, args.stdin)
            user = await sign_in.begin(joining.RESET, joining.ResetRequest(code=code, password=chosen))
        else:
            invitation = await api.call(joining.LOOK, joining.InvitationLook(code=code))
            if not args.stdin:
                print(f"The invitation of {invitation.email}.", file=sys.stderr)
            first = invitation.first_name or args.first or await asyncio.to_thread(_name, "First name: ", args.stdin)
            last = invitation.last_name or args.last or await asyncio.to_thread(_name, "Last name: ", args.stdin)
            chosen = await asyncio.to_thread(_chosen, args.stdin)
            request = joining.AcceptRequest(code=code, password=chosen, first_name=first, last_name=last)
            user = await sign_in.begin(joining.ACCEPT, request)
    return _tell(sign_in, user, args, f"Signed in as {full_name(user)}.")


async def _password(config: Config, args: argparse.Namespace) -> int:
    from lms_tui.cli.connect import connected
    from lms_tui.client.errors import SignInNeeded
    from lms_tui.wire.joining import PASSWORD, PasswordRequest

    async with connected(config) as (_, sign_in):
        if await sign_in.restore() is None:
            raise SignInNeeded("Nobody is signed in. Sign in with: lms-tui sign-in")
        current = await asyncio.to_thread(_line, "Present password: ", args.stdin)
        chosen = await asyncio.to_thread(_chosen, args.stdin)
        user = await sign_in.begin(PASSWORD, PasswordRequest(current=current, password=chosen))
        await sign_in.settled()
    return _tell(sign_in, user, args, "The new password stands. Your sessions elsewhere have ended.")


async def _profile(config: Config, args: argparse.Namespace) -> int:
    from lms_tui.cli.as_json import print_json
    from lms_tui.cli.connect import signed_in
    from lms_tui.wire.accounts import ME, MeRequest
    from lms_tui.wire.joining import PROFILE, ProfileRequest

    async with signed_in(config) as (api, _):
        user = await api.call(ME, MeRequest())
        if args.first is not None or args.last is not None:
            names = ProfileRequest(
                first_name=user.first_name if args.first is None else args.first,
                last_name=user.last_name if args.last is None else args.last,
            )
            user = await api.call(PROFILE, names)
    if args.json:
        print_json(user)
    else:
        print(full_name(user))
    return 0


def _tell(sign_in: "SignIn", user: "User", args: argparse.Namespace, said: str) -> int:
    from lms_tui.cli.as_json import print_json
    from lms_tui.client.tokens import KEPT

    if args.json:
        print_json(user)
    else:
        print(said)
        print(KEPT[sign_in.kept])
    return 0


def _line(prompt: str, from_stdin: bool) -> str:
    """Return a line of standard input, or one typed unseen."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass.getpass(prompt)


def _name(prompt: str, from_stdin: bool) -> str:
    """Return a name that is missing, typed. Raises WronglyAskedError where nobody can be asked."""
    if from_stdin:
        raise WronglyAskedError("Your name is not known yet. Give it: --first NAME --last NAME")
    return input(prompt)


def _chosen(from_stdin: bool) -> str:
    """Return a new password, a line of standard input or typed twice unseen. Raises WronglyAskedError."""
    first = _line("New password: ", from_stdin)
    if not from_stdin and getpass.getpass("Once more: ") != first:
        raise WronglyAskedError("The two passwords differ, so nothing was changed.")
    return first
