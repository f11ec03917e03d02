"""`lms-tui audit`: who did what to whom, who came in, and who failed to; for administrators."""

import argparse
import asyncio
from typing import TYPE_CHECKING, Final

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.people_list import day
from lms_tui.cli.printing import is_terminal, print_list, say
from lms_tui.wire import audit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lms_tui.client.api import Api

_COLUMNS: Final = ("AT", "ACTION", "BY", "PERSON", "WHAT", "FROM")
_MOST: Final = 200
"""Rows that are shown unless told otherwise."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit`."""
    what = "show who did what to whom, who came in, and who failed to, the newest first; for administrators"
    parser = subparsers.add_parser("audit", help=what, description=f"{what[:1].upper()}{what[1:]}.")
    parser.add_argument("--person", default="", metavar="PERSON", help="only what they did, or what was done to them")
    parser.add_argument(
        "--kind", default="", metavar="KIND", help="only this action or area: entry, entry.failed, people, courses …"
    )
    parser.add_argument(
        "--limit", type=int, default=_MOST, metavar="N", help=f"no more than N rows ({_MOST} unless given)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Print it; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    found: list[audit.Record] = []
    async with signed_in(args.config) as (api, _):
        async for page in _pages(api, audit.ListRequest(person=args.person, kind=args.kind), args.limit):
            found += page
    if args.json:
        print_json(found)
    elif found:
        print_list(_COLUMNS, map(_row, found))
    elif is_terminal():
        say("Nothing like that is recorded.")
    return 0


async def _pages(api: "Api", ask: audit.ListRequest, left: int) -> "AsyncIterator[list[audit.Record]]":
    while left > 0:
        page = await api.call(audit.LIST, ask)
        yield page.records[:left]
        left -= len(page.records)
        if page.next is None:
            return
        ask.after = page.next


def _row(one: audit.Record) -> tuple[object, ...]:
    by = one.actor or (str(one.actor_id) if one.actor_id else "-")
    whom = one.person or (str(one.person_id) if one.person_id else one.tried and f"nobody ({one.tried[:8]})") or "-"
    return day(one.at), one.action, by, whom, one.what or "-", one.client or "-"
