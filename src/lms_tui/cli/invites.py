"""`lms-tui invites list` and `invites remind`: who was invited and has not come, on the database itself.

Both are for whoever may write it. `remind` puts mails into the queue, which the service on that database sends: at most
3 for each, a day apart at least, each with a new code. Run again, or twice at once, it reminds nobody twice.
"""

import argparse
import asyncio

from lms_tui.cli.as_json import print_json
from lms_tui.cli.db import add_database_argument, complain, on_database
from lms_tui.cli.printing import print_list, say
from lms_tui.wire.text import clean_line

_HEADINGS = ("address", "name", "role", "invited at", "code until", "reminders", "mail", "fault")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `invites` and its sub-commands."""
    group = subparsers.add_parser("invites", help="who was invited and has not come: list, remind")
    actions = group.add_subparsers(dest="invites_action", metavar="ACTION", required=True)
    for name, what in (
        ("list", "list who was invited and has not come"),
        ("remind", "send each a new code, at most 3 times and a day apart"),
    ):
        parser = actions.add_parser(name, help=what, description=what[:1].upper() + what[1:] + ".")
        parser.add_argument("--json", action="store_true", help="print JSON")
        add_database_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Do it on the configured database; return the exit code."""
    from lms_tui.config import ConfigError

    if args.invites_action == "remind" and not args.config.mail:
        raise ConfigError("No mail is sent here: give a mail server in [mail] (docs/mail.md).")
    action = _remind if args.invites_action == "remind" else _list
    return on_database(args, lambda url: asyncio.run(action(url, args)))


async def _list(url: str, args: argparse.Namespace) -> None:
    from lms_tui.db.queries import invites
    from lms_tui.service.database import open_pools

    pools = open_pools(url, 1)
    try:
        waiting = [invites.Waiting(*row) for row in await pools.rows(invites.LIST, {})]
    finally:
        await pools.close()
    if args.json:
        print_json([one._asdict() for one in waiting])
        return
    print_list(
        _HEADINGS,
        (
            (
                one.email,
                f"{one.first_name} {one.last_name}".strip(),
                one.role,
                "" if one.invited_at is None else f"{one.invited_at.astimezone():%Y-%m-%d %H:%M}",
                f"{one.expires_at.astimezone():%Y-%m-%d %H:%M}",
                one.reminders,
                one.mail,
                one.fault,
            )
            for one in waiting
        ),
    )


async def _remind(url: str, args: argparse.Namespace) -> None:
    from lms_tui.db.queries import invites
    from lms_tui.service.database import open_pools

    pools = open_pools(url, 1)
    try:
        async with pools.writer.connection() as tx:
            reminded = await invites.remind(tx)
    finally:
        await pools.close()
    if args.json:
        print_json({"reminded": reminded})
        return
    for email in reminded:
        say(clean_line(email))
    if not reminded:
        complain("Nobody is to be reminded now.")
