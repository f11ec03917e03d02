"""Backup and restore with the real programs on the real database."""

import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from lms_tui.db.dump import KEPT_BACKUPS, DumpError, backup, backup_before_migration, restore
from lms_tui.local.postgres import Server


@pytest.fixture
def database(made: Server) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"d{uuid4().hex}"
    with psycopg.connect(made.url("postgres", "postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} OWNER lms_tui")
    yield made.url(name)
    with psycopg.connect(made.url("postgres", "postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def content(url: str) -> list[tuple[object, ...]]:
    """Return the rows of table t."""
    with psycopg.connect(url) as db:
        return db.execute("SELECT * FROM t ORDER BY 1").fetchall()


def fill(url: str, *values: str) -> None:
    """Make table t if missing and add rows."""
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE IF NOT EXISTS t (v text PRIMARY KEY)")
        for value in values:
            db.execute("INSERT INTO t VALUES (%s)", (value,))


def test_round_trip(database: str, tmp_path: Path) -> None:
    file = tmp_path / "a.dump"
    fill(database, "ä", "b")
    backup(database, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.dump"]
    fill(database, "later")
    with pytest.raises(DumpError, match=r"not empty\. Add --yes"):
        restore(database, file)
    assert content(database) == [("b",), ("later",), ("ä",)]
    restore(database, file, replace=True)
    assert content(database) == [("b",), ("ä",)]


def test_a_restore_that_fails_changes_nothing(database: str, tmp_path: Path) -> None:
    file = tmp_path / "a.dump"
    fill(database, "old")
    backup(database, file)
    with psycopg.connect(database) as db:
        db.execute("DELETE FROM t")
        db.execute("CREATE VIEW stands_in_the_way AS SELECT * FROM t")
    with pytest.raises(DumpError, match="pg_restore failed"):
        restore(database, file, replace=True)
    assert content(database) == []


def test_a_broken_file_and_an_existing_name_are_refused(database: str, tmp_path: Path) -> None:
    file = tmp_path / "a.dump"
    file.write_bytes(b"hello")
    with pytest.raises(DumpError, match="not a backup"):
        restore(database, file)
    with pytest.raises(DumpError, match="exists already"):
        backup(database, file)
    assert file.read_bytes() == b"hello"


def test_a_failed_backup_leaves_nothing(made: Server, tmp_path: Path) -> None:
    with pytest.raises(DumpError, match='database "missing" does not exist'):
        backup(made.url("missing"), tmp_path / "a.dump")
    assert list(tmp_path.iterdir()) == []


def test_the_last_backups_before_migrations_are_kept(database: str, tmp_path: Path) -> None:
    fill(database, "x")
    written = [backup_before_migration(database, tmp_path, f"rev/{n}") for n in range(KEPT_BACKUPS + 2)]
    assert sorted(tmp_path.iterdir()) == written[-KEPT_BACKUPS:]
