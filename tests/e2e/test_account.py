"""A person's way by keys in a real terminal, at a real service over its socket: invited, in, out, and in again."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lms_tui.cli.main import main
from lms_tui.local import service
from tests.e2e.terminal import Terminal

ADA = "ada@example.org"
FIRST, SECOND, THIRD = "two horses run", "three mules wait", "four goats climb"


@pytest.fixture
def socket(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The service of this test's database, in a home of its own, without a keyring."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    yield service.ensure_service(database_url, progress=print).socket
    assert service.stop_service(database_url)


def code_of(action: str, database_url: str, capfd: pytest.CaptureFixture[str]) -> str:
    """Return the code that an administrator at the database hands over."""
    capfd.readouterr()
    assert main(["user", action, ADA, "--json", "--database", database_url]) == 0
    return str(json.loads(capfd.readouterr().out)["code"])


def typed(terminal: Terminal, *words: str) -> None:
    """Type words, each with Enter; all of them at once, ahead of the screen."""
    for word in words:
        terminal.press(word, "enter")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_invited_in_out_everywhere_and_in_again_by_a_code(
    columns: int, rows: int, socket: Path, database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    invitation = code_of("create", database_url, capfd)
    command = [sys.executable, "-m", "lms_tui", "--service", f"unix:{socket}"]
    terminal = Terminal(command, os.environ, columns=columns, rows=rows)
    try:
        terminal.see("Enter signs you in")
        terminal.press("f5")
        terminal.see("Accept an invitation")
        typed(terminal, invitation.lower().replace("-", " "))
        terminal.see(f"invitation of {ADA}")
        typed(terminal, "Ada", "Lovelace", FIRST, FIRST)
        terminal.see("Welcome, Ada")
        terminal.press("a")
        terminal.see("Ada Lovelace")
        terminal.see("No keyring can be used here")
        assert max(map(len, terminal.text.split("\n"))) == columns - 1, terminal.text
        terminal.press("p")
        terminal.see("Present password")
        typed(terminal, FIRST, SECOND, SECOND)
        terminal.see("The new password stands")
        terminal.press("e")
        terminal.see("Sign out everywhere\\?")
        terminal.press("y")
        terminal.see("You are signed out everywhere")
        assert "Ada" not in terminal.text
        typed(terminal, ADA, FIRST)
        terminal.see("do not go together")
        terminal.press("f6")
        terminal.see("A code is mailed to it")
        terminal.press("enter")
        terminal.see("This service sends no mail")
        terminal.press("f5")
        terminal.see("New password")
        typed(terminal, code_of("reset", database_url, capfd), THIRD, THIRD)
        terminal.see("Welcome, Ada")
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
    finally:
        terminal.close()
    written = bytes(terminal.output)
    for secret in (FIRST, SECOND, THIRD):
        assert secret.encode() not in written, "a password was drawn"
    logs = [file.read_bytes() for file in (tmp_path / "home").rglob("*.log*") if file.is_file()]
    assert logs
    for secret in (FIRST, SECOND, THIRD, invitation, invitation.replace("-", "")):
        assert not any(secret.lower().encode() in log.lower() for log in logs), "a secret stands in a log"
    with psycopg.connect(database_url) as db:
        assert db.execute("SELECT count(*) FROM create_tokens").fetchone() == (0,)
        assert db.execute("SELECT first_name, last_name FROM users WHERE email = %s", (ADA,)).fetchone() == (
            "Ada", "Lovelace",
        )  # fmt: skip
