"""`lms-tui account export | erase`: all that the service holds of oneself, as JSON; and nothing of oneself any more."""

import argparse
import asyncio
import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import connected, is_owner, places_file, signed_in
from lms_tui.cli.printing import agreed, complain, say, warn
from lms_tui.client.errors import SignInNeeded
from lms_tui.config import ConfigError
from lms_tui.local.paths import places
from lms_tui.tui.erasing_words import refusal, touched
from lms_tui.tui.words import count
from lms_tui.wire import erasing
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `account` with its actions."""
    group = subparsers.add_parser("account", help="your own data: save all of it, or have it erased")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    what = "save all that the service holds of you, as JSON that only you can read"
    export = actions.add_parser("export", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    export.add_argument(
        "file", metavar="FILE", nargs="?", help="lms-tui-export-DAY.json here unless given; - is standard output"
    )
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.add_argument("--json", action="store_true", help="print where it is and how many rows each part has")
    what = "erase yourself for ever, at the service and on this machine"
    erase = actions.add_parser("erase", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    erase.add_argument(
        "--stdin", action="store_true", help="the password, or your address where you have none, is a line of it"
    )
    erase.add_argument("--yes", action="store_true", help="do not ask whether you mean it")
    erase.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    if args.action == "erase":
        return await _erase(args)
    async with signed_in(args.config) as (api, _):
        return await (_print(api) if args.file == "-" else _save(api, args))


async def _print(api: "Api") -> int:
    from lms_tui.client.own_data import lines

    async for line in lines(api.call, {}):
        sys.stdout.write(line)
    return 0


async def _save(api: "Api", args: argparse.Namespace) -> int:
    from lms_tui.client.own_data import file_name, save

    path = Path(args.file or file_name(datetime.now().astimezone()))
    rows = await save(api.call, path, force=args.force)
    if args.json:
        print_json({"path": str(path), "rows": rows})
    else:
        say(clean_line(f"Saved {path}: {count(sum(rows.values()), 'row')}, in {count(len(rows), 'part')}."))
    return 0


async def _erase(args: argparse.Namespace) -> int:
    """Say what goes and stays, ask, do it, and take away what this machine keeps."""
    if is_owner(args.config):
        raise ConfigError("The embedded database is this machine's own. To remove all that is here, remove its folder.")
    async with connected(args.config) as (api, sign_in):
        user = await sign_in.restore()
        if user is None:
            raise SignInNeeded("Nobody is signed in. Sign in with: lms-tui sign-in")
        facts = await api.call(erasing.OWN_LOOK, erasing.OwnErasureLook())
        if why := refusal(facts):
            complain(why)
            return 1
        warn(f"Erase {facts.email}.", *touched(facts))
        if not agreed("Erase yourself?", yes=args.yes):
            return 1
        typed = await asyncio.to_thread(_confirmation, facts, args.stdin)
        own = "password" if facts.has_password else "email"
        done = await api.call(erasing.ERASE, erasing.EraseRequest(id=uuid4(), **{own: typed}))
        await sign_in.sign_out()
    await asyncio.to_thread(_forget_here, args.config.place, user.id)
    print_json(done) if args.json else say("You are erased, here too.")
    return 0


def _confirmation(facts: erasing.ErasureFacts, from_stdin: bool) -> str:
    """Return the password, typed unseen, or the address of whoever has none here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass("Password: ") if facts.has_password else input("Your address, typed again: ")


def _forget_here(service: str, user: UUID) -> None:
    """Take away what this machine keeps of the person."""
    from lms_tui.client.forgetting import forget_here
    from lms_tui.tui.places import ReadingPlaces

    state = places().state
    forget_here(state, service, user)
    ReadingPlaces(places_file()).forget(user)
