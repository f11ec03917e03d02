"""`lms-tui user create`: the rules on a real database, and the command."""

import io
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import psycopg
import pytest
from pwdlib.hashers.bcrypt import BcryptHasher

from lms_tui.cli.main import main
from lms_tui.service import people
from lms_tui.service.codes import stored
from lms_tui.service.database import Pools, open_pools
from lms_tui.service.passwords import Passwords, WeakPasswordError
from lms_tui.service.people import NewPerson, RefusedPersonError

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without a configuration."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))


def call(*words: str, database: str, password: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command with `password` on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(password)))
    return main(["user", "create", "--database", database, *words, "--password-stdin"])


@pytest.fixture
def db(database_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection that looks at the rows."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[Pools]:
    """The service's own pools."""
    made = open_pools(database_url, 8)
    yield made
    await made.close()


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """The service's own hashing."""
    made = Passwords()
    yield made
    made.close()


Db = psycopg.Connection[tuple[Any, ...]]


@pytest.mark.anyio
async def test_of_many_at_once_in_any_case_one_is_made(pools: Pools, passwords: Passwords, db: Db) -> None:
    made: list[str] = []

    async def create(email: str) -> None:
        try:
            made.append((await people.create(pools.writer, passwords, NewPerson(email, PASSWORD))).email)
        except RefusedPersonError as refused:
            assert "already" in str(refused)  # noqa: PT017 - most of them are refused, one is not

    async with anyio.create_task_group() as group:
        for email in ("Ada@x.org", "ada@x.org", "ADA@x.org", " ada@X.org ", "ada@x.org"):
            group.start_soon(create, email)
    rows = db.execute("SELECT u.email FROM users u JOIN credentials c ON c.user_id = u.id").fetchall()
    assert rows == [(made[0],)]
    assert len(made) == 1


@pytest.mark.anyio
async def test_an_archived_persons_address_is_taken_too(pools: Pools, passwords: Passwords, db: Db) -> None:
    db.execute("INSERT INTO users (email, first_name, last_name, archived) VALUES ('Old@x.org', '', '', true)")
    with pytest.raises(RefusedPersonError, match=r"old@x.org as Old@x.org already"):
        await people.create(pools.writer, passwords, NewPerson("old@x.org", PASSWORD))


@pytest.mark.anyio
async def test_the_scheme_is_that_of_the_newest_usable_credentials(pools: Pools, passwords: Passwords, db: Db) -> None:
    async def made(email: str, password: str = PASSWORD) -> str:
        user_id = (await people.create(pools.writer, passwords, NewPerson(email, password))).id
        row = db.execute("SELECT password_hash FROM credentials WHERE user_id = %s", (user_id,)).fetchone()
        assert row is not None
        assert await passwords.verify(password, row[0])
        return str(row[0])

    assert (await made("a@x.org")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    stored = BcryptHasher(rounds=5).hash("theirs")
    db.execute("UPDATE credentials SET password_hash = %s", (stored,))
    db.execute(
        "INSERT INTO credentials (user_id, password_hash, updated_at)"
        " SELECT id, '!sso', now() + interval '1 day' FROM users"
    )
    assert (await made("b@x.org")).startswith("$2b$05$")
    with pytest.raises(WeakPasswordError, match="72 bytes"):
        await made("c@x.org", "a sentence of many quiet words, äöü, that goes on behind the end of what bcrypt reads")
    assert db.execute("SELECT count(*) FROM users").fetchone() == (2,)


@pytest.mark.anyio
async def test_an_administrator_undoes_enforced_sso_and_a_student_does_not(
    pools: Pools, passwords: Passwords, db: Db
) -> None:
    db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")

    def enforced() -> Any:
        return db.execute("SELECT enforce_sso FROM settings").fetchone()

    student = await people.create(pools.writer, passwords, NewPerson("a@x.org", PASSWORD))
    assert (student.role, student.passwords_allowed, enforced()) == ("STUDENT", False, (True,))
    admin = await people.create(pools.writer, passwords, NewPerson("b@x.org", PASSWORD, admin=True))
    assert (admin.role, admin.passwords_allowed, enforced()) == ("ADMIN", True, (False,))


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@x.org", "ada@", "a@b@c", "a da@x.org", "a\x1b[31m@x.org", "a@x\u202e.org", "a" * 250 + "@x.org"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(RefusedPersonError):
        people.address(email)


def test_the_command_makes_a_person_and_says_so(
    database_url: str, db: Db, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (" ada@x.org ", "--first", "Ada", "--last", "Lovelace", "--admin", "--json")
    assert call(*words, database=database_url, password=b"correct horse\r\n", monkeypatch=monkeypatch) == 0
    told = json.loads(capsys.readouterr().out)
    rows = db.execute("SELECT id::text, email, first_name, last_name, role FROM users").fetchall()
    assert rows == [(told["id"], "ada@x.org", "Ada", "Lovelace", "ADMIN")]


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (("ada@x.org",), b"short\n", "8 to 128 characters"),
        (("ada@x.org",), b"x" * 129 + b"\n", "8 to 128 characters"),
        (("ada@x.org",), b"Password123\n", "would try"),
        (("ada@x.org",), b"\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc\n", "not UTF-8"),
        (("ada",), b"correct horse\n", "looks like"),
        (("ada@x.org", "--first", "A\x1b[31m"), b"correct horse\n", "control characters"),
    ],
)
def test_what_is_refused_is_one_sentence_and_writes_nothing(
    database_url: str,
    db: Db,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    password: bytes,
    said: str,
) -> None:
    assert call(*words, database=database_url, password=password, monkeypatch=monkeypatch) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err
    assert db.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_an_unprepared_database_is_told(
    blank_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("ada@x.org", database=blank_database, password=b"correct horse\n", monkeypatch=monkeypatch) == 1
    assert "lms-tui db upgrade" in capsys.readouterr().err


def test_without_a_password_a_code_is_printed_that_opens_the_account(
    database_url: str, db: Db, capsys: pytest.CaptureFixture[str]
) -> None:
    db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")
    words = ["user", "create", "ada@x.org", "--database", database_url]
    assert main([*words, "--admin", "--json"]) == 0
    told = capsys.readouterr()
    first = json.loads(told.out)
    assert "passwords are allowed again" in told.err
    assert main(words) == 1  # invited as an administrator, not as a student
    assert "invited as ADMIN" in capsys.readouterr().err
    assert main([*words, "--admin"]) == 0
    said = capsys.readouterr().out
    assert "again" in said
    assert "lms-tui accept" in said
    again = next(line.removeprefix("Code: ") for line in said.splitlines() if line.startswith("Code: "))
    rows = db.execute("SELECT c.token, u.role FROM create_tokens c JOIN users u USING (email)").fetchall()
    assert rows == [(stored(again), "ADMIN")]
    assert stored(first["code"]) != stored(again)


def test_a_reset_prints_a_code_for_a_person_who_is_there(
    database_url: str, db: Db, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "create", "ada@x.org", "--database", database_url]) == 0
    capsys.readouterr()
    assert main(["user", "reset", "ADA@x.org", "--database", database_url, "--json"]) == 0
    code = json.loads(capsys.readouterr().out)["code"]
    assert db.execute("SELECT token FROM reset_tokens").fetchall() == [(stored(code),)]
    assert main(["user", "reset", "eve@x.org", "--database", database_url]) == 1
    assert "Nobody has the address" in capsys.readouterr().err
