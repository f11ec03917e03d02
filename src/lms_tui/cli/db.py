"""`lms-tui db upgrade | check | current | backup | restore`: the database's version, its shape, a copy of it.

Exit codes: 0 all is well or done, 1 differences, refused or failed (one sentence on standard error), 2 usage.
`--json` prints one JSON object on standard output.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.cli.as_json import print_json
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.db.migrate import Plan


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `db` and its sub-commands."""
    group = subparsers.add_parser("db", help="the database: bring up to date, check, back up, restore")
    actions = group.add_subparsers(dest="db_action", metavar="ACTION", required=True)
    upgrade = _action(actions, "upgrade", "bring the database to this program's version; shows the steps and asks")
    upgrade.add_argument("--yes", action="store_true", help="do not ask")
    _action(actions, "check", "compare the database with what this program needs")
    _action(actions, "current", "tell the database's version and this program's")
    backup = _action(actions, "backup", "write the database into a file")
    backup.add_argument("file", type=Path, metavar="FILE", help="a file that does not exist yet")
    restore = _action(actions, "restore", "read a backup into the database")
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that `db backup` wrote")
    restore.add_argument("--yes", action="store_true", help="replace what is in the database without asking")


def add_database_argument(parser: argparse.ArgumentParser) -> None:
    """Let `--database URL` stand behind the sub-command too; it is resolved and checked where all commands begin."""
    parser.add_argument(
        "--database",
        metavar="URL",
        default=argparse.SUPPRESS,  # so that one given in front of the sub-command stays
        help="postgresql://… (without a password: put that into LMS_TUI_DATABASE or the configuration)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the sub-command `args.db_action` on the configured database; return the exit code."""
    from lms_tui.db.version import MigrationError
    from lms_tui.local.errors import LocalError

    database = configured_database(args)
    try:
        if args.db_action == "upgrade":
            return _upgrade(database, args)
        with database_of(database) as url:
            return _ACTIONS[args.db_action](url, args)
    except MigrationError as error:
        complain(str(error), *error.reasons)
    except LocalError as error:
        complain(str(error))
    return 1


def configured_database(args: argparse.Namespace) -> str | None:
    """Return the URL of the configured database, None for the embedded one.

    Raises ConfigError where a service is configured: these commands work on a database itself.
    """
    from lms_tui.config import Config, ConfigError

    config: Config = args.config
    if config.service is not None:
        where = config.sources["service"]
        raise ConfigError(f"This works on a database, and {where} names a service. Add --database postgresql://…")
    return config.database


def complain(sentence: str, *reasons: str) -> None:
    """Print a sentence and the list behind it on standard error, without control characters."""
    print(f"lms-tui: {clean_line(sentence)}", file=sys.stderr)
    for reason in reasons:
        print(f"  - {clean_line(reason)}", file=sys.stderr)


def show_progress(sentence: str) -> None:
    """Print what a start is doing on standard error, where it disturbs no `--json`."""
    print(clean_line(sentence), file=sys.stderr)


@contextmanager
def database_of(database: str | None) -> Iterator[str]:
    """Yield the URL of `database`; for None that of the embedded PostgreSQL, started meanwhile if it does not run.

    It is neither migrated nor looked after: a service that runs keeps it. Raises LocalError with a sentence.
    """
    if database is not None:
        yield database
        return
    from lms_tui.local import postgres
    from lms_tui.local.paths import places, private_folder

    folder = private_folder(places().data) / "postgres"
    running = postgres.find(folder)
    if running is not None:
        yield running
        return
    server = postgres.start(folder, progress=show_progress, end_with_us=True)
    try:
        yield server.url()
    finally:
        server.stop()


def on_database(args: argparse.Namespace, work: Callable[[str], object]) -> int:
    """Do `work` with the URL of the configured database, which stands at this program's version; the embedded one is
    made and upgraded first, by its service. Return the exit code: 1, with a sentence, where the database is at fault.
    """
    import psycopg

    from lms_tui.db.version import MigrationError
    from lms_tui.local.errors import LocalError

    database = configured_database(args)
    try:
        if database is None:
            from lms_tui.local.service import ensure_service

            ensure_service(progress=show_progress)
        with database_of(database) as url:
            require_version(url)
            work(url)
    except (MigrationError, LocalError) as error:
        complain(str(error))
        return 1
    except psycopg.Error as error:
        complain(f"The database said: {str(error).strip().splitlines()[0]}")
        return 1
    return 0


def require_version(url: str) -> None:
    """Raise MigrationError, with what to do, unless the database at `url` stands at this program's version."""
    from lms_tui.db.version import MigrationError, current, head

    found, wanted = current(url), head()
    if found is None:
        raise MigrationError("The database is not prepared for lms-tui. Run: lms-tui db upgrade")
    if found != wanted:
        raise MigrationError(
            f"The database is at version {found}, this program needs {wanted}. Run: lms-tui db upgrade"
        )


def _upgrade(database: str | None, args: argparse.Namespace) -> int:
    """Upgrade after showing the steps and asking. The embedded database needs no question (domain.md)."""
    from lms_tui.db import migrate

    if database is None:
        from lms_tui.local.service import ensure_service

        # The service upgrades it as it starts, with a backup before; one of another build is replaced when idle.
        ensure_service(progress=show_progress)
        with database_of(None) as url:
            if migrate.current(url) != migrate.head():
                raise migrate.MigrationError("An lms-tui of another version is open. Close it and run this again.")
            plan = migrate.upgrade(url)
    else:
        plan = migrate.upgrade(database, confirm=lambda found: _agreed(found, args))
    if args.json:
        print_json({"version": plan.target, "before": plan.version, "adopted": plan.adopts, "steps": plan.steps})
    elif plan.steps:
        print(f"The database is at version {plan.target} now.")
    else:
        print(f"The database is at version {plan.target} already; nothing was to do.")
    return 0


def _agreed(plan: "Plan", args: argparse.Namespace) -> bool:
    """Show the plan's steps and return whether the user agrees. Raises MigrationError where nobody can be asked."""
    from lms_tui.db.version import MigrationError

    print("This will be done, in one transaction:" if args.yes else "This would be done:", file=sys.stderr)
    for step in plan.steps:
        print(f"  {clean_line(step)}", file=sys.stderr)
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise MigrationError("Nothing was changed. Add --yes to do this without being asked.")
    return _ask("Do this now?")


def _check(url: str, args: argparse.Namespace) -> int:
    from lms_tui.db import migrate

    found = migrate.check(url)
    if args.json:
        listed = [{"name": each.name, "wanted": each.wanted, "found": each.found} for each in found]
        print_json({"version": migrate.current(url), "wanted": migrate.head(), "differences": listed})
    elif not found:
        print(f"The database is at version {migrate.head()} and as it should be.")
    else:
        complain(f"The database differs in {len(found)} place(s) from what this program needs:", *map(str, found))
    return 1 if found else 0


def _current(url: str, args: argparse.Namespace) -> int:
    from lms_tui.db.version import current, head

    version, wanted = current(url), head()
    if args.json:
        print_json({"version": version, "wanted": wanted})
    elif version is None:
        print(f"The database has no version yet; this program's is {wanted}. Run: lms-tui db upgrade")
    else:
        print(f"The database is at version {version}; this program's is {wanted}.")
    return 0


def _backup(url: str, args: argparse.Namespace) -> int:
    from lms_tui.db.dump import backup

    backup(url, args.file)
    size = args.file.stat().st_size
    if args.json:
        print_json({"file": str(args.file), "bytes": size})
    else:
        print(clean_line(f"Saved the database in {args.file} ({size:,} bytes)."))
    return 0


def _restore(url: str, args: argparse.Namespace) -> int:
    from lms_tui.db.dump import DumpError, is_empty, restore

    replace = args.yes
    if not replace and sys.stdin.isatty() and args.file.is_file() and not is_empty(url):
        if not _ask(f"Replace what is in the database by {args.file}?"):
            raise DumpError("Nothing was changed.")
        replace = True
    restore(url, args.file, replace=replace)
    if args.json:
        print_json({"file": str(args.file)})
    else:
        print(clean_line(f"Restored the database from {args.file}."))
    return 0


_ACTIONS = {"check": _check, "current": _current, "backup": _backup, "restore": _restore}


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=what[:1].upper() + what[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_database_argument(parser)
    return parser


def _ask(question: str) -> bool:
    """Ask on standard error, so that standard output holds the result alone; anything but yes is no."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
