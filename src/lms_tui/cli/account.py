"""`lms-tui account export`: all that the service holds of oneself, as JSON."""

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.printing import say
from lms_tui.tui.words import count
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `account` with its actions."""
    group = subparsers.add_parser("account", help="your own data: save all of it")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    what = "save all that the service holds of you, as JSON that only you can read"
    export = actions.add_parser("export", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    export.add_argument(
        "file", metavar="FILE", nargs="?", help="lms-tui-export-DAY.json here unless given; - is standard output"
    )
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.add_argument("--json", action="store_true", help="print where it is and how many rows each part has")


def run(args: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
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
