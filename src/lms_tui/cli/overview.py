"""`lms-tui overview`: the whole system at a glance, for administrators."""

import argparse
import asyncio
from typing import Final

from lms_tui.cli import parsers
from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import signed_in
from lms_tui.cli.printing import print_list, say
from lms_tui.tui.overview_words import act_line, facts, rows_of
from lms_tui.tui.words import size
from lms_tui.wire.overview import OVERVIEW, Overview, OverviewRequest
from lms_tui.wire.text import clean_line

_DAYS: Final = ("DAY", "LEARNERS", "LESSONS", "ATTEMPTS", "ENROLMENTS")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `overview`."""
    what = "show people, courses, activity, mail, database and versions at a glance; for administrators"
    parsers.add(subparsers, "overview", what)


def run(args: argparse.Namespace) -> int:
    """Print it; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, _):
        found = await api.call(OVERVIEW, OverviewRequest())
    if args.json:
        print_json(found)
    else:
        _print(found)
    return 0


def _print(found: Overview) -> None:
    for about, said in facts(found):
        say(clean_line(f"{about}: {', '.join(text for text, _ in said)}"))
    say()
    print_list(_DAYS, [(one.day, one.learners, one.lessons, one.attempts, one.enrolments) for one in found.days])
    say()
    print_list(("TABLE", "SIZE", "ROWS"), [(one.name, size(one.bytes), rows_of(one)) for one in found.database.tables])
    if found.acts:
        say()
        for act in found.acts:
            say(act_line(act))
