"""One's own account from a script: invited and in, a new password, a reset, names, signed out everywhere."""

import json
import os
import select
import subprocess
import sys
from typing import Any

import pytest

from .conftest import Twin

NEW, NEWER = "a staple of horses", "another staple"
PROGRAM = "import sys; from lms_tui.cli.main import main; sys.exit(main())"
IN_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


def code_of(twin: Twin, *words: str) -> str:
    """Return the code that a command on the database prints."""
    return str(twin.json("user", *words)["code"])


def test_from_the_invitation_to_the_end_of_all_sessions(twin: Twin) -> None:
    code = code_of(twin, "create", "new@x.org")
    twin.typed(f"{code}\n{NEW}\n")
    assert "--first" in str(twin.say("accept", "--stdin", code=2) + twin.errors)
    twin.typed(f"{code}\n{NEW}\n")
    user = twin.json("accept", "--stdin", "--first", "Nora", "--last", "New")
    assert twin.json("whoami") == user
    twin.typed(f"wrong\n{NEWER}\n")
    twin.say("password", "--stdin", code=1)
    assert "present password" in twin.errors
    twin.typed(f"{NEW}\n{NEWER}\n")
    assert "stands" in twin.say("password", "--stdin")
    assert twin.json("whoami") == user
    assert twin.say("profile", "--last", "Newer") == "Nora Newer <new@x.org>\n"
    assert twin.say("sign-out", "--everywhere") == "Signed out everywhere.\n"
    twin.say("whoami", code=6)
    twin.typed(f"{code_of(twin, 'reset', 'new@x.org')}\n{NEW}\n")
    assert "Signed in as Nora Newer" in twin.say("reset", "--stdin")
    twin.typed(f"{code}\n{NEW}\n")
    twin.say("reset", "--stdin", code=1)
    assert "does not work" in twin.errors


def test_all_that_is_held_of_oneself_is_saved_once(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(twin.home)
    told = twin.json("account", "export", "mine.json")
    assert told["path"] == "mine.json"
    assert told["rows"]["person"] == 1
    saved = json.loads((twin.home / "mine.json").read_text())
    assert {part: len(rows) for part, rows in saved.items() if isinstance(rows, list)} == told["rows"]
    twin.say("account", "export", "mine.json", code=1)
    assert "is there already" in twin.errors
    assert "Saved mine.json: " in twin.say("account", "export", "mine.json", "--force")
    assert json.loads(twin.say("account", "export", "-"))["person"] == saved["person"]


def test_erased_at_the_service_and_on_this_machine(twin: Twin) -> None:
    code = code_of(twin, "create", "new@x.org")
    twin.typed(f"{code}\n{NEW}\n")
    user = twin.json("accept", "--stdin", "--first", "Nora", "--last", "New")
    twin.typed("wrong\n")
    twin.say("account", "erase", "--stdin", "--yes", code=1)
    assert "The password is not right." in twin.errors
    assert "For ever gone" in twin.errors
    twin.typed(f"{NEW}\n")
    done = twin.json("account", "erase", "--stdin", "--yes")
    assert (done["person_id"], done["changed"]) == (user["id"], True)
    twin.say("whoami", code=6)
    kept = [path.read_bytes() for path in twin.home.rglob("state/**/*") if path.is_file()]
    assert not any(b"nora" in content.lower() for content in kept)


def test_where_no_mail_is_sent_asking_for_a_code_says_so(twin: Twin) -> None:
    twin.say("reset", "--ask", "ada@example.org", code=1)
    assert "administrator" in twin.errors


def test_what_is_typed_at_the_prompts_is_not_shown(twin: Twin) -> None:
    code = code_of(twin, "create", "new@x.org", "--first", "Nora")
    command = [sys.executable, "-c", IN_TERMINAL, sys.executable, "-c", PROGRAM, "accept"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ) as process:
        screen = _typed(
            process, ("Code: ", code), ("Last name: ", "New"), ("New password: ", NEW), ("Once more: ", NEW)
        )
        assert process.wait(60) == 0, screen
    assert b"new@x.org" in screen
    assert code.encode() not in screen
    assert b"horses" not in screen
    assert json.loads(twin.say("whoami", "--json"))["last_name"] == "New"


def _typed(process: "subprocess.Popen[Any]", *lines: tuple[str, str]) -> bytes:
    """Type a line at each prompt; return all that was on the screen."""
    assert process.stdin is not None
    assert process.stdout is not None
    screen = b""
    for prompt, text in lines:
        while prompt.encode() not in screen:
            assert select.select([process.stdout], [], [], 60)[0], screen
            screen += os.read(process.stdout.fileno(), 4096)
        process.stdin.write(text.encode() + b"\n")
        process.stdin.flush()
    return bytes(screen + process.stdout.read())
