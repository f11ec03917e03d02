"""The access matrix: every operation x everybody x what is theirs, another's and nobody's, against `access_table`.

Beside status and code this sees that what answers `not_found` answers alike, byte for byte and header for header,
whether it is another's or missing, and that neither a refusal nor a read writes a row.
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace

import httpx
import psycopg
import pytest

from lms_tui.local.cluster import SUPERUSER
from lms_tui.local.postgres import Server
from lms_tui.service.settings import Settings
from lms_tui.wire.operations import BY_NAME

from ..conftest import MakeDatabase
from .access_asking import FIELDS, FILE, Asker, Fields, put_in
from .access_cast import Cast, cast
from .access_changes import Changes, keep
from .access_table import OBJECTS, ROLES, STATUS, TABLE, Line
from .conftest import ISSUER, MAIL, housed
from .statement_kit import ask

pytestmark = pytest.mark.anyio

WRITES_ALL_THE_SAME = {"lms_tui.throttle", "lms_tui.known_clients", "lms_tui.audit"}
"""What a refusal may write: that it was tried."""


@dataclass(frozen=True)
class Stage:
    """A database with everybody in it, to be cloned."""

    database: str
    cast: Cast
    settings: Settings


@pytest.fixture(scope="module")
def stage(postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Everybody, made once."""
    name, folder = "template_access", tmp_path_factory.mktemp("access")
    with psycopg.connect(postgres.url("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER lms_tui".encode())
    files, keys = folder / "files", (bytes(32),)
    settings = Settings(
        postgres.url(name), folder, keys, files_folder=files, sign_in_floor=0.0, mail=MAIL, issuers=(ISSUER,)
    )
    (folder / "files" / FILE).parent.mkdir(parents=True)
    (folder / "files" / FILE).write_text("text")

    async def fill() -> Cast:
        async with housed(settings) as house:
            made = cast(house)
            keep(house.db)
            return made

    return Stage(name, asyncio.run(fill()), settings)


@dataclass
class Walk:
    """One role's way through the table."""

    asker: Asker
    changes: Changes
    transport: httpx.ASGITransport
    http: httpx.AsyncClient
    found: list[str] = field(default_factory=list)
    """What differs from the table."""
    cells: int = 0

    async def line(self, line: Line) -> None:
        """Ask for each object of a line."""
        alike: dict[str, set[object]] = defaultdict(set)
        objects, answers = OBJECTS[line.on], line.answers(self.asker.role)
        for what, expected, fields in zip(objects, answers, FIELDS[line.on](self.asker), strict=True):
            reply = await self.cell(line, what, expected, fields)
            if reply.status_code != 200:
                alike[expected].add((tuple(reply.headers.items()), reply.content))
        for expected, replies in alike.items():
            if len(replies) > 1:
                self.found.append(f"{line.operation}, {line.on}: {expected} does not answer alike: {replies}")

    async def cell(self, line: Line, what: str, expected: str, fields: Fields) -> httpx.Response:
        """Ask once, compare, and take back what was written."""
        self.cells += 1
        self.transport.client = (f"10.0.{self.cells >> 8}.{self.cells & 255}", 1)  # who asks often may have to wait
        operation, began = BY_NAME[line.operation], self.changes.transactions()
        request = put_in(self.asker.request(operation, line.on), fields)
        before = self.changes.transactions()
        asker = self.asker
        headers = {} if asker.role.startswith("guest") else asker.house.session(asker.one.id)
        reply = await ask(self.http, operation, request, headers, fields.get("upload"))
        where = f"{line.operation}, {line.on}: {what}"
        got = (reply.status_code, _word(reply, expected))
        if got != (STATUS[expected], expected):
            self.found.append(f"{where}: {got[0]} {got[1]} in place of {expected}: {reply.text[:200]}")
        if self.changes.transactions() != began:
            written = self.changes.written()
            names = set(self.changes.names(written)) - WRITES_ALL_THE_SAME
            if names and before == began and (operation.method == "GET" or reply.status_code != 200):
                self.found.append(f"{where}: wrote to {', '.join(sorted(names))}")
            self.changes.take_back(written)
        return reply


def _word(reply: httpx.Response, expected: str) -> str:
    """Return what a line calls this reply."""
    if reply.status_code != 200:
        return str(json.loads(reply.content)["code"])
    return "empty" if expected == "empty" and not any(reply.json().values()) else "ok"


@pytest.fixture
def clone(stage: Stage, make_database: MakeDatabase) -> Settings:
    """A service's settings on a clone of the stage."""
    return replace(stage.settings, database_url=make_database(stage.database))


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_gets_what_the_table_says(stage: Stage, clone: Settings, role: str) -> None:
    async with housed(clone) as house:
        transport = httpx.ASGITransport(house.service)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            walk = Walk(Asker(house, stage.cast, role), Changes(house.db), transport, http)
            if role == "guest, let in":
                house.db.execute("INSERT INTO settings (unregistered_user_courses_accessibility) VALUES (true)")
                house.db.execute('INSERT INTO kept."public.settings" TABLE settings')  # it is not taken back
            for line in TABLE:
                await walk.line(line)
    assert not walk.found, "\n".join(walk.found)
    assert walk.cells == sum(len(OBJECTS[line.on]) for line in TABLE)
