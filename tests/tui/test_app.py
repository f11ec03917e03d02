"""What holds on every screen: one command per action, the palette and the help made of them, and a clean end."""

import importlib
import os
import pkgutil
import pty
import re
import select
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.tui.library import Library, reading

import lms_tui.tui.screens
from lms_tui.tui import crash
from lms_tui.tui.commands import EVERYWHERE, RETRY
from lms_tui.tui.look import look_of
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.screens.base import FramedScreen

pytestmark = pytest.mark.anyio

SCREENS = [
    screen
    for module in pkgutil.iter_modules(lms_tui.tui.screens.__path__)
    for screen in vars(importlib.import_module(f"lms_tui.tui.screens.{module.name}")).values()
    if isinstance(screen, type) and issubclass(screen, FramedScreen) and screen.__module__.endswith(module.name)
]


IN_TURN = {
    "AcceptScreen": {"f7"},  # a guest signs in from everywhere but a form, which has a way there itself
    "ResetScreen": {"f7"},
    "OutboxScreen": {"enter"},  # open what an entry belongs to, or take a refused question back
    "LessonScreen": {"n", "enter", "d"},  # the next lesson, or the next place found; done, or what completes it
    "PersonScreen": {"d"},  # out of the group, or out of the course, under the cursor
    "PracticeScreen": {"enter"},  # check, then next
    "TeachScreen": {"p"},  # publish a draft, or make a draft of what is published
}
"""Keys of two commands of which one is allowed at a time."""


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: str(screen.__name__))
def test_each_command_has_an_action_a_key_of_its_own_and_an_id_of_its_own(screen: type[FramedScreen[object]]) -> None:
    commands = [*screen.SCREEN_COMMANDS, RETRY, *EVERYWHERE]
    # r means something else before an error, and escape leaves a field first where there is one
    keys = Counter(key for command in commands if command is not RETRY for key in command.keys.split(","))
    assert {key for key, times in keys.items() if times > 1} - {"escape"} == IN_TURN.get(screen.__name__, set())
    assert len({command.id for command in commands}) == len(commands)
    for command in commands:
        name = command.action.partition("(")[0]
        owner = lms_tui.tui.app.LmsApp if name.startswith("app.") else screen
        assert hasattr(owner, f"action_{name.removeprefix('app.')}"), command
        assert command.help.endswith("."), command


async def test_the_palette_finds_and_does_a_command_and_help_lists_them(library: Library) -> None:
    async with reading(library) as reader:
        await reader.shows("Welcome")
        await reader.press("question_mark")
        await reader.shows("Look for a course in the catalog.", "Find a command by its name.")
        await reader.press("escape", "ctrl+p")
        await reader.shows("Type a part of what you want to do")
        assert reader.text.count("Leave lms-tui.") == 1, "q and ctrl+q are one command"
        await reader.press(*"look course")
        await reader.lacks("Find a command")
        await reader.press("enter")
        await reader.shows("lms-tui › Catalog")


async def test_a_crash_ends_with_a_sentence_and_a_reference_and_never_a_value(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        secret = " ".join(["it", "was", "a", "password"])
        raise RuntimeError(len(secret))

    async def crashing() -> None:
        async with reading(library) as reader:
            await reader.shows("Welcome")
            reader.app.call_later(fail)
            await reader.until(lambda: not reader.app.is_running)

    with pytest.raises(RuntimeError):
        await crashing()
    said = capsys.readouterr()
    log = (library.folder / "tui.log").read_text()
    reference = re.search(r"Reference\s+(\w{8})", said.err)
    assert reference is not None, said.err
    assert reference[1] in log
    assert "RuntimeError" in log
    assert "it was a password" not in said.err + said.out + log
    assert (library.folder / "tui.log").stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "tui.log").mkdir()
    assert "could not be written" in crash.record(ValueError("x"), tmp_path / "tui.log")


async def test_no_address_is_ever_opened(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("webbrowser.open", lambda *given, **_: opened.append(given))
    async with reading(library) as reader:
        reader.app.open_url("https://example.org")
        await reader.pilot.pause()
    assert opened == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_app_and_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    program = (
        "import sys, asyncio; from pathlib import Path; from lms_tui.tui import first_frame; first_frame.show()\n"
        "from lms_tui.tui.start import run, StartConfig\n"
        "async def connect(tell, ask):\n    tell('Waiting for ever'); await asyncio.sleep(999)\n"
        f"sys.exit(run(StartConfig(state=Path({str(tmp_path)!r})), connect))"
    )
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)
    written = b""
    while b"Waiting for ever" not in written:
        assert select.select([ours], [], [], 30)[0], written
        written += os.read(ours, 65536)
    assert written.index(b"Starting...") < written.index(b"Waiting for ever")
    child.send_signal(number)
    while select.select([ours], [], [], 30)[0]:
        try:
            written += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)
    assert child.wait(30) == 128 + number
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
    assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")


@pytest.mark.parametrize(
    ("environment", "colours", "theme"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24, "evening"),
        ({"TERM": "xterm-256color", "LMS_TUI_THEME": "paper"}, 256, "paper"),
        ({"TERM": "linux"}, 16, "sixteen"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0, "mono"),
        ({"TERM": "dumb"}, 0, "mono"),
        ({}, 0, "mono"),
    ],
)
def test_the_look_follows_the_terminal(environment: dict[str, str], colours: int, theme: str) -> None:
    look = look_of(environment)
    assert (look.colours, look.start_theme) == (colours, theme)
    assert look_of({**environment, "LMS_TUI_ASCII": "1"}).ascii_only


def test_places_are_kept_and_a_broken_file_costs_only_the_places(tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    ReadingPlaces(path).put("lesson", 7)
    assert ReadingPlaces(path).get("lesson") == 7
    path.write_text('{"lesson": "x", "other": -1, "third": tr')
    assert ReadingPlaces(path).get("lesson") == 0
