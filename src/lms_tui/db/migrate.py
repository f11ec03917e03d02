"""Bringing a database to the program's version: `plan`, `upgrade`, `current`, `check`.

Everything runs in one transaction under one advisory lock: two at once are safe (the second finds nothing to do),
and a kill at any statement leaves the old version or the new one. Our version stands in `lms_tui.alembic_version`;
another program's `public.alembic_version` is never looked at.

A database that somebody made from the schema's text is adopted: all that `public` has at the program's version is
added, then every migration after the first runs. So one that adds to `public` does it `IF NOT EXISTS`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from lms_tui import places
from lms_tui.db import adopt
from lms_tui.db.address import AddressError, check_address
from lms_tui.db.catalogue import Difference, differences, expected, is_own, shared, snapshot
from lms_tui.db.version import HAS_VERSION, VERSION, MigrationError, connected, current, head, said

__all__ = ["MigrationError", "Plan", "check", "current", "head", "upgrade"]

LOCK: Final = 0x6C6D735F747569  # "lms_tui" in ASCII
FIRST: Final = "0001"
"""The version that an adopted database is stamped with: the given schema."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade would do."""

    version: str | None
    """Where the database stands; None: not ours yet."""
    target: str
    adopts: bool
    """True for a database that somebody made from the schema's text."""
    steps: list[str]
    """The titles of the migrations; empty when nothing is to do. Of an adoption, what is done before them first."""
    adoption: tuple[str, ...] = ()
    """The statements of an adoption."""


def upgrade(url: str, *, confirm: Callable[[Plan], bool] | None = None, lock_seconds: int = 60) -> Plan:
    """Bring the database at `url` to the program's version, and return what was done.

    `confirm` is shown the plan when there is something to do, and nothing is written unless it says True; without
    it a blank database or one of ours is upgraded at once and an adoption is refused, since only the embedded
    database upgrades itself (domain.md). Raises MigrationError.
    """
    if confirm is not None:
        with _connected(url, lock_seconds) as connection:
            shown = _plan(connection)
        if shown.steps and not confirm(shown):
            raise MigrationError("Nothing was changed.")
    with _connected(url, lock_seconds) as connection, connection.begin():
        _lock(connection)
        plan = _plan(connection)
        if plan.adopts and confirm is None:
            raise MigrationError("This database was not made by lms-tui; run: lms-tui db upgrade")
        if confirm is not None and plan.steps and plan != shown:
            raise MigrationError("The database changed while you were asked. Run the command again.")
        if plan.steps:
            _apply(connection, plan)
    return plan


def check(url: str) -> list[Difference]:
    """Return what in the database at `url` differs from what this program made or adopted; [] when all is well.

    Objects that other programs added beside the 27 tables are theirs and are not named; on the tables, only what can
    refuse or change a row is: constraints, unique indexes, triggers, rules, policies.
    """
    wanted = expected()
    tables = {name.removeprefix("table ") for name in shared(wanted) if name.startswith("table ")}
    with _connected(url) as connection:
        found = {
            name: what
            for name, what in snapshot(connection).items()
            if name in wanted
            or is_own(name)
            or name.partition(" ")[2].partition(".")[0] in tables
            or any(what.startswith(f"CREATE UNIQUE INDEX {name[6:]} ON public.{table} ") for table in tables)
        }
        version = _version(connection)
    faults = differences(wanted, found)
    if version != head():
        faults.insert(0, Difference("version", head(), version))
    return faults


def _plan(connection: Connection) -> Plan:
    version, target = _version(connection), head()
    if version is not None:
        script = ScriptDirectory.from_config(_config())
        if version not in {revision.revision for revision in script.walk_revisions()}:
            raise MigrationError(f"This database is at version {version}, which is newer than this program knows.")
        steps = [f"{step.revision} {step.doc}" for step in script.iterate_revisions(target, version)]
        return Plan(version, target, adopts=False, steps=steps[::-1])
    found = shared(snapshot(connection))
    if adopt.is_blank(found):
        script = ScriptDirectory.from_config(_config())
        steps = [f"{step.revision} {step.doc}" for step in script.iterate_revisions(target, "base")]
        return Plan(None, target, adopts=False, steps=steps[::-1])
    rows = connection.scalar(text("SELECT count(*) FROM settings")) if "table settings" in found else 0
    try:
        todo = adopt.statements(shared(expected()), found, rows or 0)
    except adopt.RefusedError as refused:
        raise MigrationError(str(refused), refused.reasons) from refused
    script = ScriptDirectory.from_config(_config())
    later = [f"{step.revision} {step.doc}" for step in script.iterate_revisions(target, FIRST)]
    stamp = f"record version {FIRST} in lms_tui.alembic_version"
    return Plan(None, target, adopts=True, steps=[*todo, stamp, *later[::-1]], adoption=tuple(todo))


def _apply(connection: Connection, plan: Plan) -> None:
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS lms_tui"))
    config = _config()
    config.attributes["connection"] = connection
    if plan.adopts:
        for statement in plan.adoption:
            connection.exec_driver_sql(statement)
        command.stamp(config, FIRST)
        wanted = shared(expected())
        left = differences(wanted, {k: v for k, v in snapshot(connection).items() if k in wanted})
        if left:
            raise MigrationError("The adoption would not have ended as it should.", [str(fault) for fault in left])
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not connection.scalar(text(HAS_VERSION)):
        return None
    found = connection.scalar(text(VERSION))
    return None if found is None else str(found)


def _lock(connection: Connection) -> None:
    try:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    except OperationalError as error:
        raise MigrationError("Another upgrade of this database is under way; try again when it has ended.") from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(places.shipped("migrations")).replace("%", "%%"))
    return config


@contextmanager
def _connected(url: str, lock_seconds: int = 60) -> Iterator[Connection]:
    """Open one connection with time-outs. Raises MigrationError for a URL that cannot be read, for a database that is
    not in UTF8, and where it is away or refuses."""
    try:
        check_address(url)
    except AddressError as error:
        raise MigrationError(str(error)) from error
    options = f"-c lock_timeout={lock_seconds}s -c statement_timeout=900s -c timezone=UTC -c search_path=public"
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=NullPool,
        # the driver reads the URL, here as everywhere: SQLAlchemy takes some that libpq does not
        creator=lambda: connected(url, options),
    )
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise said(error.orig) from error
    finally:
        engine.dispose()
