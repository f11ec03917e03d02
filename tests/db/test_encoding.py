"""A database that is not in UTF8 is refused with a sentence and left as it was: no index of the search can be in it."""

import subprocess
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from lms_tui.cli import doctor
from lms_tui.cli.main import main
from lms_tui.db import migrate, version
from lms_tui.local.binaries import shipped_binaries
from lms_tui.local.cluster import ROLE, SUPERUSER
from lms_tui.local.postgres import Server

from . import raw

OBJECTS = "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast',"
OBJECTS += " 'information_schema')"


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def encoding(request: pytest.FixtureRequest) -> str:
    """An encoding in which PostgreSQL does not normalize."""
    return str(request.param)


@pytest.fixture
def other_database(postgres: Server, encoding: str) -> Iterator[str]:
    """The URL of a blank database in `encoding`."""
    name = sql.Identifier(f"t_{uuid4().hex}")
    with psycopg.connect(postgres.url("postgres", SUPERUSER), autocommit=True) as connection:
        make = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING {} LOCALE_PROVIDER libc LOCALE 'C'"
        connection.execute(sql.SQL(make).format(name, sql.Identifier(ROLE), encoding))
        yield postgres.url(name.as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.mark.parametrize("adopted", [False, True])
def test_it_is_refused_before_anything_is_made(
    other_database: str, encoding: str, adopted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if adopted:
        raw.make(other_database)
        raw.psql(other_database, "INSERT INTO categories (name) VALUES ('one')")
    before = raw.psql(other_database, OBJECTS)
    for action in (["upgrade", "--yes"], ["check"], ["current"]):
        assert main(["--database", other_database, "db", *action]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"lms-tui: The database is encoded in {encoding}, and lms-tui needs UTF8. ")
        assert said.count("\n") == 1
        assert "pg_dump --encoding=UTF8" in said
    assert raw.psql(other_database, OBJECTS) == before
    assert raw.psql(other_database, "SELECT to_regnamespace('lms_tui') IS NULL") == "t\n"
    if adopted:
        raw.psql(other_database, "INSERT INTO categories (name) VALUES ('two')")  # no index of ours is in the way


def test_one_of_an_older_version_stays_at_it(other_database: str, encoding: str) -> None:
    raw.psql(
        other_database,
        "CREATE SCHEMA lms_tui; CREATE TABLE lms_tui.alembic_version (version_num text);"
        " INSERT INTO lms_tui.alembic_version VALUES ('0004')",
    )
    with pytest.raises(version.EncodingError, match=encoding):
        migrate.upgrade(other_database)
    assert raw.psql(other_database, "SELECT version_num FROM lms_tui.alembic_version") == "0004\n"


def test_nobody_serves_it_and_the_doctor_says_why(other_database: str, encoding: str) -> None:
    with pytest.raises(version.MigrationError, match=encoding):
        version.current(other_database)  # what `serve` and the local service ask first
    found = doctor._migrations(other_database)
    assert (found.about, found.grade) == ("migrations", doctor.Grade.FAULT)
    assert found.found == f"The database is encoded in {encoding}, and lms-tui needs UTF8."
    assert "pg_dump --encoding=UTF8" in found.todo


def test_a_dump_of_it_goes_where_the_sentence_says(other_database: str, blank_database: str) -> None:
    raw.make(other_database)
    raw.psql(other_database, "INSERT INTO categories (name) VALUES ('one')")
    dumped = subprocess.run(
        [shipped_binaries().program("pg_dump"), "--encoding=UTF8", other_database], capture_output=True, check=True
    )
    raw.psql(blank_database, dumped.stdout.decode())
    migrate.upgrade(blank_database, confirm=lambda _plan: True)
    assert migrate.check(blank_database) == []
    assert raw.psql(blank_database, "SELECT name FROM categories") == "one\n"
