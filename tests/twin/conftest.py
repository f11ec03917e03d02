"""The command line said as a user says it, at a local service on a database of the test's own."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import keyring
import psycopg
import pytest

from lms_tui.cli.main import main
from lms_tui.local import service
from tests.service.conftest import House

ADA = "ada@example.org"
PASSWORD = "correct horse battery"


@dataclass
class Twin:
    """What a user types, and the database behind it."""

    capsys: pytest.CaptureFixture[str]
    house: House
    home: Path
    learner: UUID
    typed: Callable[[str], None]

    def say(self, *words: str, code: int = 0) -> str:
        """Run a command, which ends with `code`; return what it prints, in which nothing may act on a terminal."""
        self.capsys.readouterr()
        ended = main(words)
        out, err = self.capsys.readouterr()
        assert ended == code, (words, out, err)
        assert "Traceback" not in err
        self.errors = err
        return out

    def columns(self, *words: str) -> list[list[str]]:
        """Return the cells of the list that a command prints into a pipe."""
        return [line.split("\t") for line in self.say(*words).splitlines()]

    def json(self, *words: str, code: int = 0) -> Any:
        """Return what a command prints with --json."""
        return json.loads(self.say(*words, "--json", code=code))

    def lessons(self, course: UUID) -> dict[str, UUID]:
        """Return the ids of the course's lessons by title."""
        return dict(
            self.house.db.execute(
                "SELECT l.title, l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %s",
                (course,),
            ).fetchall()
        )


@pytest.fixture
def twin(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Twin]:
    """Ada, a student, signed in; the local service on this test's database is stopped at the end."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LMS_TUI_DATABASE", database_url)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    ring = keyring.get_keyring()
    # this process may have chosen its own already, which the processes that it starts have not
    keyring.set_keyring(keyring.core.load_keyring("keyring.backends.fail.Keyring"))

    def typed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    typed(f"{PASSWORD}\n")
    assert main(["user", "create", ADA, "--password-stdin"]) == 0
    typed(f"{PASSWORD}\n")
    assert main(["sign-in", ADA, "--password-stdin"]) == 0
    with psycopg.connect(database_url, autocommit=True) as db:
        row = db.execute("UPDATE users SET role = 'STUDENT' RETURNING id").fetchone()
        assert row is not None
        yield Twin(capsys, House(cast(Any, None), cast(Any, None), db), tmp_path / "home", row[0], typed)
    assert service.stop_service(database_url)
    keyring.set_keyring(ring)
