"""`lms-tui mentor setup` and `mentor test` at the stub: what is asked, tried, said and written."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest

from lms_tui.cli.main import main
from lms_tui.client.ring import NAME
from lms_tui.local import service
from lms_tui.mentor import provider
from tests.client.test_config_mentor import Kept
from tests.e2e.terminal import Terminal
from tests.mentor.faults import BAD
from tests.mentor.replies import Answer
from tests.mentor.stub import MODEL, Stub, nobody

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(provider, "RETRY_SECONDS", 0.01)
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.core.load_keyring("keyring.backends.fail.Keyring"))
    yield tmp_path / "home"
    keyring.set_keyring(before)


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of `mentor`, with `typed` at its standard input, which is no terminal."""

    def go(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        code = main(["mentor", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def config(home: Path) -> str:
    return (home / "config" / "config.toml").read_text()


def test_without_a_terminal_all_is_given_and_the_key_comes_by_standard_input(stub: Stub, home: Path, run: Run) -> None:
    words = ("setup", "--base", f"{stub.base}/", "--key-stdin", "--json")
    code, out, err = run(*words, typed=f"{stub.key}\n")  # the one model that it has needs no choice
    assert (code, err) == (0, "")
    kept = home / "data" / "secrets" / "mentor-key"
    assert json.loads(out) == {
        "base": stub.base,
        "model": MODEL,
        "key": str(kept),
        "configuration": str(home / "config" / "config.toml"),
        "service": "It counts from the next start of the service on.",
    }
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (f"{stub.key}\n", 0o600)
    assert config(home) == f'[mentor]\nbase = "{stub.base}"\nmodel = "{MODEL}"\nkey_file = "{kept}"\n'
    assert stub.key not in out
    assert stub.asked[-1].headers["authorization"] == f"Bearer {stub.key}"
    code, out, _ = run("test", "--json")
    tried = json.loads(out)
    assert (code, tried["model"], tried["answer"], tried["tokens"]) == (0, MODEL, Answer().text, 160)
    assert stub.asked[-1].headers["authorization"] == f"Bearer {stub.key}"


def test_a_key_goes_to_no_other_address_than_the_one_it_was_given_for(stub: Stub, home: Path, run: Run) -> None:
    assert run("setup", "--base", stub.base, "--key-stdin", typed=stub.key)[0] == 0
    with Stub() as other:
        assert run("setup", "--base", other.base)[0] == 0
        assert stub.key not in str(other.asked[0].headers)
    assert "key" not in config(home)


def test_the_key_is_kept_in_a_keyring_that_works_and_found_there(stub: Stub, home: Path, run: Run) -> None:
    own = Kept()
    keyring.set_keyring(own)
    base = ("setup", "--base", stub.base, "--model", MODEL)
    code, out, _ = run(*base, "--key-stdin", typed=stub.key)
    assert code == 0
    assert "The key is in your keyring." in out
    assert own.kept == {(NAME, f"mentor {stub.base}"): stub.key}
    assert config(home) == f'[mentor]\nbase = "{stub.base}"\nmodel = "{MODEL}"\nkey_keyring = true\n'
    assert run("test")[0] == 0
    assert stub.asked[-1].headers["authorization"] == f"Bearer {stub.key}"
    assert run("setup", "--base", stub.base, "--model", "other")[0] == 0
    assert "key_keyring = true" in config(home), "the key that is there is for this address, and stays"
    assert run(*base, "--key-stdin", "--keep-key-in", "file", typed=stub.key)[0] == 0
    assert "key_keyring" not in config(home)


@pytest.mark.parametrize("fault", ["wrong key", "unknown model", "429 quota", "500 always", "HTML with 200", "empty"])
def test_what_is_wrong_is_said_to_who_can_mend_it_and_nothing_is_written(
    stub: Stub, home: Path, run: Run, fault: str
) -> None:
    stub.replies = list(BAD[fault])
    words = ("setup", "--base", stub.base, "--model", MODEL, "--key-stdin")
    code, out, err = run(*words, typed=stub.key)
    assert code == 1
    assert f"{stub.base} does not answer as it should: " in out
    assert (err, ".." in out, "Error code" in out) == ("Nothing was written.\n", False, False)
    assert not (home / "config").exists()
    assert not (home / "data" / "secrets" / "mentor-key").exists()
    code, out, _ = run(*words, "--json", typed=stub.key)
    said = json.loads(out)
    assert (code, set(said)) == (1, {"base", "trouble", "seen", "todo"})
    assert said["todo"].endswith((".", "?"))
    assert stub.key not in out


def test_a_model_that_does_not_stop_is_hung_up_on(stub: Stub, run: Run) -> None:
    assert run("setup", "--base", stub.base)[0] == 0
    assert "did not stop" not in run("test")[1]
    stub.replies = [Answer("and on " * 100_000, per=700, pace=0.05)]
    code, out, _ = run("test", "--json")
    tried = json.loads(out)
    assert (code, tried["full"], tried["model"]) == (0, False, MODEL)
    assert 1_000 <= len(tried["answer"]) < 2_000
    assert 250 < tried["tokens"] < 600
    assert stub.asked[-1].over.wait(2)
    assert stub.asked[-1].hung_up
    assert "It did not stop by itself" in run("test")[1]


def test_a_server_that_is_away_is_said_so(home: Path, run: Run) -> None:
    code, out, _ = run("setup", "--base", nobody(), "--json")
    assert (code, json.loads(out)["trouble"]) == (1, "away")
    assert "Is the server running" in json.loads(out)["todo"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("setup",), "Which provider? Name one: --preset NAME"),
        (("setup", "--base", "http://8.8.8.8/v1"), "use https://"),
        (("setup", "--base", "STUB", "--key-stdin"), "What was given as the key is no key"),
        (("setup", "--base", "STUB"), "Which model? Name one: --model NAME."),
        (("test",), "No AI provider is set up. Do it with: lms-tui mentor setup"),
    ],
)
def test_what_is_missing_is_asked_for_in_one_sentence(
    stub: Stub, home: Path, run: Run, words: tuple[str, ...], says: str
) -> None:
    stub.models = ["a", "b"]
    code, _, err = run(*(stub.base if word == "STUB" else word for word in words), typed="two words\n")
    assert code in (1, 2)
    assert says in err
    assert not (home / "config").exists()


def test_somebody_elses_service_is_set_up_there(home: Path, run: Run) -> None:
    for words in ("setup", "test"):
        code = main(["--service", "https://learn.example.org", "mentor", words])
        assert code == 2


def test_the_local_service_is_started_anew_when_nobody_uses_it(
    stub: Stub, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_holder", lambda _: 7)
    monkeypatch.setattr(service, "_retire", lambda place: place.key == "embedded")
    assert "starts anew" in run("setup", "--base", stub.base)[1]
    monkeypatch.setattr(service, "_retire", lambda _: False)
    assert "is in use" in run("setup", "--base", stub.base)[1]


def test_at_a_terminal_all_is_asked_for_by_keys(stub: Stub, home: Path) -> None:
    stub.models = ["big-1", MODEL]
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('theme = "paper"  # mine\n')
    terminal = Terminal([sys.executable, "-m", "lms_tui", "mentor", "setup"], dict(os.environ))
    try:
        terminal.see("Which provider[?]")
        terminal.press("8", "enter")
        terminal.see("Address:")
        terminal.press(stub.base, "enter")
        terminal.see("Key [(]Enter: none[)]:")
        terminal.press(stub.key, "enter")
        terminal.see(f"2  {MODEL}")
        terminal.press("stub", "enter")  # a part of the name
        terminal.see(f"1  {MODEL}\nWhich")
        terminal.press("1", "enter")
        terminal.see("Written to")
        assert terminal.wait() == 0
        assert stub.key not in terminal.output.decode()
    finally:
        terminal.close()
    assert config(home).startswith('theme = "paper"  # mine\n\n[mentor]\n')
    assert stub.asked[-1].headers["authorization"] == f"Bearer {stub.key}"


def test_doctor_says_whether_there_is_a_provider_and_what_is_wrong(
    stub: Stub, home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms_tui.cli import doctor

    async def service_is_not_asked(_: Any) -> Any:
        return
        yield

    monkeypatch.setattr(doctor, "_service", service_is_not_asked)

    def found() -> tuple[str, str, str]:
        main(["doctor", "--json"])
        (one,) = (each for each in json.loads(capsys.readouterr().out) if each["about"] == "mentor")
        return one["grade"], one["found"], one["todo"]

    assert found() == ("ok", "not set up: no AI provider answers learners; lms-tui mentor setup", "")
    assert run("setup", "--base", stub.base, "--key-stdin", typed=stub.key)[0] == 0
    asked = len(stub.asked)
    assert found() == ("ok", f"{stub.base} answers and has {MODEL}; it was asked nothing", "")
    stub.models = ["other"]
    assert found()[0] == "warning"
    stub.models = [f"{MODEL}:latest"]
    assert found()[0] == "ok"
    assert len(stub.asked) == asked
    monkeypatch.setenv("LMS_TUI_MENTOR_BASE", nobody())
    grade, said, todo = found()
    assert (grade, "ConnectError" in said, "Is the server running" in todo) == ("fault", True, True)
    (home / "data" / "secrets" / "mentor-key").unlink()
    grade, said, _ = found()
    assert (grade, "cannot be read" in said) == ("fault", True)
