"""`lms-tui db …` from its arguments to its exit code, on a real database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lms_tui.cli.main import main
from lms_tui.db import migrate
from lms_tui.local import service

from . import raw

PROGRAM = "import sys; from lms_tui.cli.main import main; sys.exit(main())"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without a configuration."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))


def call(*words: str | Path, database: str | None = None) -> int:
    """Run `lms-tui --database … db …` in this process, with pytest's standard input, which is no terminal."""
    before = ["--database", database] if database else []
    return main([*before, "db", *map(str, words)])


def on_a_terminal(typed: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `lms-tui db …` in a process whose standard input is a terminal where `typed` is typed."""
    master, slave = os.openpty()
    try:
        os.write(master, typed.encode())
        command = [sys.executable, "-c", PROGRAM, "db", *words]
        return subprocess.run(command, stdin=slave, capture_output=True, text=True, check=False)
    finally:
        os.close(master)
        os.close(slave)


def test_upgrade_shows_its_steps_and_writes_only_with_yes(
    blank_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("upgrade", database=blank_database) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("This would be done:\n  0001 ")
    assert said.err.endswith("Nothing was changed. Add --yes to do this without being asked.\n")
    assert migrate.current(blank_database) is None

    assert call("upgrade", "--yes", "--json", "--database", blank_database) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["before"], told["version"], told["adopted"]) == (None, migrate.head(), False)
    assert told["steps"]
    assert call("upgrade", database=blank_database) == 0  # nothing to do, so nothing to ask
    assert "nothing was to do" in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("yes\n", 0), ("\n", 1), ("n\n", 1)])
def test_upgrade_asks_on_a_terminal(blank_database: str, typed: str, code: int) -> None:
    done = on_a_terminal(typed, "upgrade", "--database", blank_database)
    assert done.returncode == code, done.stderr
    assert migrate.current(blank_database) == (None if code else migrate.head())


def test_a_refused_adoption_lists_its_reasons_without_control_characters(
    blank_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    raw.make(blank_database)
    with psycopg.connect(blank_database) as connection:
        connection.execute('ALTER TABLE users ADD COLUMN "\x1b[31mred" text')
    assert call("upgrade", "--yes", database=blank_database) == 1
    said = capsys.readouterr().err
    assert "differs from the schema" in said
    assert "\n  - column users." in said
    assert "\x1b" not in said


def test_check_tells_differences_by_its_exit_code(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check", database=database_url) == 0
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE users ALTER COLUMN last_name DROP NOT NULL")
    capsys.readouterr()
    assert call("check", "--json", database=database_url) == 1
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["differences"]] == ["column users.last_name"]
    assert call("check", database=database_url) == 1
    assert "column users.last_name" in capsys.readouterr().err


def test_current_tells_both_versions(
    database_url: str, blank_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for url, version in ((database_url, migrate.head()), (blank_database, None)):
        assert call("current", "--json", database=url) == 0
        assert json.loads(capsys.readouterr().out) == {"version": version, "wanted": migrate.head()}


def test_backup_and_restore(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.dump"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO categories (name) VALUES ('kept')")
        assert call("backup", file, "--json", database=database_url) == 0
        assert json.loads(capsys.readouterr().out) == {"file": str(file), "bytes": file.stat().st_size}
        assert call("backup", file, database=database_url) == 1
        connection.execute("INSERT INTO categories (name) VALUES ('later')")

        def names() -> list[str]:
            return [row[0] for row in connection.execute("SELECT name FROM categories ORDER BY name")]

        assert call("restore", file, database=database_url) == 1
        assert "not empty" in capsys.readouterr().err
        assert on_a_terminal("n\n", "restore", file, "--database", database_url).returncode == 1
        assert names() == ["kept", "later"]
        assert on_a_terminal("y\n", "restore", file, "--database", database_url).returncode == 0
        assert names() == ["kept"]
        connection.execute("DELETE FROM categories")
        assert call("restore", file, "--yes", database=database_url) == 0
        assert names() == ["kept"]


def test_faults_are_sentences_without_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in ("postgresql://u:hunter2@", "postgresql://u:hunter2@127.0.0.1:1/x", "postgresql://u:hunter2@h/x?y=z"):
        monkeypatch.setenv("LMS_TUI_DATABASE", url)
        for action in ("current", "upgrade", "check"):
            assert call(action) == 1
            said = capsys.readouterr()
            assert said.out == ""
            assert said.err.count("\n") == 1, said.err
            assert "hunter2" not in said.err
            assert "inside lms-tui" not in said.err


def test_a_configured_service_is_not_taken_for_the_embedded_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LMS_TUI_SERVICE", "https://lms.example.org")
    assert call("current") == 2
    assert "the environment names a service" in capsys.readouterr().err


def test_the_embedded_database_is_started_for_a_command_and_found_when_it_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "home/data/postgres/postgres.log"
    assert call("current", "--json") == 0  # nothing runs: started, asked, stopped
    assert json.loads(capsys.readouterr().out)["version"] is None
    assert log.read_text().rstrip().endswith("database system is shut down")
    try:
        assert call("upgrade", "--json") == 0  # by the service, which stays
        assert json.loads(capsys.readouterr().out)["version"] == migrate.head()
        assert call("check") == 0
        assert call("backup", tmp_path / "a.dump") == 0
        found = service.ask_health(service.site().socket)
        assert found is not None
        assert found.status == "ok"
    finally:
        assert service.stop_service()
