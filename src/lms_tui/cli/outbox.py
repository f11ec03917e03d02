"""`lms-tui outbox list | send | retry | save | discard`: what was done here and the service does not have yet.

Exit codes of `send` and `retry`: 0 nothing waits any more, 4 something still waits, 5 something was refused, which
does not mend itself. Nothing leaves the outbox in silence: a refused write alone can be discarded, and that asks.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from lms_tui.cli.as_json import print_json
from lms_tui.cli.connect import outbox_file, outbox_of, signed_in
from lms_tui.cli.printing import agreed, complain, is_terminal, print_list, say
from lms_tui.cli.wrongly import WronglyAskedError
from lms_tui.client.outbox_items import Counts, Kept, State
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.outbox_file import OutboxFile
    from lms_tui.wire.accounts import User

WAITS: Final = 4
"""Exit code: what was done is kept on this machine, and the service does not have it yet."""
REFUSED: Final = 5
"""Exit code: the service would not take something; it is kept on this machine until somebody sees to it."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `outbox` with its actions."""
    group = subparsers.add_parser("outbox", help="what you did that the service does not have yet")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("list", "list what waits and what was refused, the oldest first"),
        ("send", "send now what waits, and wait until it is there"),
        ("retry", "send one again, also one that was refused"),
        ("save", "save one that was refused as a file"),
        ("discard", "throw one away that was refused; this asks"),
    ):
        action = actions.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
        if name not in ("list", "send"):
            action.add_argument("id", type=int, metavar="ID", help="its number, as in the list")
        if name == "save":
            action.add_argument("path", type=Path, metavar="PATH", help="a folder, or a file that does not exist yet")
        if name == "discard":
            action.add_argument("--yes", action="store_true", help="do not ask")
        action.add_argument("--json", action="store_true", help="print JSON, as docs/cli.md tells")


def run(args: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with signed_in(args.config) as (api, user):
        if args.action in ("send", "retry"):
            if args.action == "send" and not outbox_file().exists():
                return _told_counts(Counts(0, 0, 0), as_json=args.json)
            async with outbox_of(args.config, api, user) as outbox:
                if args.action == "retry":
                    await outbox.retry(_of(await outbox.kept(), args.id).id)
                else:
                    outbox.hurry()
                await outbox.settled()
                return _told_counts(outbox.counts(), as_json=args.json)
        return await asyncio.to_thread(_on_disk, args, user)


def _on_disk(args: argparse.Namespace, user: "User") -> int:
    """Do what needs the file alone: nothing is sent. One thread does all of it, as SQLite wants."""
    from lms_tui.client.outbox_file import OutboxFile

    if not outbox_file().exists():
        return _list([], as_json=args.json) if args.action == "list" else _missing(args.id)
    file = OutboxFile(outbox_file(), (args.config.place, str(user.id)))
    file.open()
    try:
        kept = file.kept()
        if args.action == "list":
            return _list(kept, as_json=args.json)
        one = _of(kept, args.id)
        if one.state is not State.REFUSED:
            raise WronglyAskedError(f"{one.id} was not refused: it goes by itself. See: lms-tui outbox send")
        return _save(one, args) if args.action == "save" else _discard(file, one, args)
    finally:
        file.close()


def _list(kept: list[Kept], *, as_json: bool) -> int:
    from lms_tui.client.outbox_export import told

    entries = [told(one) for one in kept]
    if as_json:
        print_json(entries)
    elif not entries and is_terminal():
        say("Nothing waits, and nothing was refused.")
    else:
        rows = (
            (
                one["id"],
                one["state"],
                one["given_at"],
                one["tries"],
                one["what"] or one["operation"],
                _why(one["refused"]),
            )
            for one in entries
        )
        print_list(("ID", "STATE", "GIVEN", "TRIES", "WHAT", "WHY"), rows)
    return 0


def _why(refused: dict[str, str] | None) -> str:
    return "-" if refused is None else refused["why"]


def _told_counts(counts: Counts, *, as_json: bool) -> int:
    """Say how much is left; return the exit code."""
    if as_json:
        print_json({"waiting": counts.waiting, "refused": counts.refused, "held": counts.held})
    elif not counts.waiting and not counts.refused:
        say("All is with the service.")
    else:
        say(f"{counts.waiting} waiting, {counts.refused} refused. See: lms-tui outbox list")
    return REFUSED if counts.refused else WAITS if counts.waiting else 0


def _save(one: Kept, args: argparse.Namespace) -> int:
    from lms_tui.client.outbox_export import export

    try:
        path = export(one, args.path)
    except FileExistsError as error:
        complain(f"{error.filename} is there already; nothing is written over.")
        return 1
    except OSError as error:
        complain(f"{args.path} cannot be written: {error.strerror}.")
        return 1
    print_json({"file": str(path)}) if args.json else say(clean_line(f"Saved as {path}"))
    return 0


def _discard(file: "OutboxFile", one: Kept, args: argparse.Namespace) -> int:
    what = one.label or one.operation.name
    if not agreed(f"Throw away “{what}”? `lms-tui outbox save {one.id} PATH` keeps it as a file.", yes=args.yes):
        return 1
    if not file.discard(one.id):  # tried again meanwhile, perhaps by an app that is open
        complain(f"{one.id} is not refused any more: it was not thrown away.")
        return 1
    print_json({"discarded": one.id}) if args.json else say(clean_line(f"Thrown away: {what}"))
    return 0


def _of(kept: Sequence[Kept], id_: int) -> Kept:
    found = next((one for one in kept if one.id == id_), None)
    return _missing(id_) if found is None else found


def _missing(id_: int) -> NoReturn:
    raise WronglyAskedError(f"There is no {id_} in your outbox. See: lms-tui outbox list")
