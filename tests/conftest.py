"""A real PostgreSQL for every test: one server for each worker, in memory where there is room, a database per test.

The server is the embedded one under our own supervisor, without its durability (architecture.md, "tests"), so it
runs as root and as an ordinary user with nothing but the wheel.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from lms_tui.db.migrate import upgrade
from lms_tui.local.cluster import ROLE, SUPERUSER
from lms_tui.local.postgres import Server, start
from lms_tui.service.logs import JsonLines

settings.register_profile("any machine", deadline=None)  # a busy one has longer pauses than an example's deadline
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def logging_of_its_own() -> Iterator[None]:
    """`serve` sends the log to the standard error of its test; no later test is to write there, where it is closed."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    for handler in root.handlers[:]:
        if isinstance(handler.formatter, JsonLines):
            root.removeHandler(handler)


@pytest.fixture(autouse=True)
def answers_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mentor's answers are read as they come in this process: hundreds of tests would wait for each a while."""
    monkeypatch.setattr("lms_tui.mentor.provider.READ_SECONDS", 0.01)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this worker alone."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="lms", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        server = start(folder / "pg", durable=False, end_with_us=True, settings={"max_connections": "100"})
        try:
            with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as connection:
                # tests put rows behind the foreign keys' back; no other right is more than the embedded one's owner has
                connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """A database that our own migrations made; others are cloned from it."""
    name = "template_migrated"
    with psycopg.connect(postgres.url("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0")
    upgrade(postgres.url(name))
    return name


MakeDatabase = Callable[[str], str]


@pytest.fixture
def make_database(postgres: Server) -> Iterator[MakeDatabase]:
    """Return a function that clones a database from a template ("template0" is a blank one) and gives its URL."""
    made: list[str] = []
    with psycopg.connect(postgres.url("postgres", SUPERUSER), autocommit=True) as connection:

        def make(source: str) -> str:
            name = f"t_{uuid4().hex}"
            copy = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(copy.format(*map(sql.Identifier, (name, ROLE, source))))
            made.append(name)
            return postgres.url(name)

        yield make
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def blank_database(make_database: MakeDatabase) -> str:
    """The URL of a database without anything in it."""
    return make_database("template0")


@pytest.fixture
def database_url(make_database: MakeDatabase, template: str) -> str:
    """The URL of a migrated database without a row in it, of this test alone."""
    return make_database(template)
