"""The author's own editor in this terminal, on one file: the app stands aside, and is back when the editor ends.

The words of `$VISUAL`, else `$EDITOR`, are taken apart as a shell would, and no shell ever sees them. While the editor
has the terminal the app goes on (the outbox sends, sessions are renewed) and writes nothing. ^C and ^\\ typed in the
editor are the editor's: they reach all programs of the terminal, and do not end this one.
"""

import asyncio
import contextlib
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from textual.app import SuspendNotSupported

from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from textual.app import App

_VARIABLES: Final = ("VISUAL", "EDITOR")
_LAST_MOMENT: Final = 2.0
"""Seconds that an editor has to end itself when the app ends under it."""
_TAKES_PLUS: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe", "jed", "mg", "ne"}
)
"""Editors that open a file at line 7 when `+7` stands before it."""


class EditorError(Exception):
    """The file was not edited; the message is a sentence for the author."""


def words(environment: Mapping[str, str]) -> list[str]:
    """Return the words of the editor's command. Raises EditorError where none is named, or it is none."""
    name = next((name for name in _VARIABLES if environment.get(name, "").strip()), None)
    if name is None:
        raise EditorError("No editor is set. Name yours in VISUAL or EDITOR, as in EDITOR=nano, and start again.")
    said = environment[name]
    try:
        found = shlex.split(said)
    except ValueError:
        found = []
    if not found:
        raise EditorError(f"{name} is {clean_line(said)!r}: give a program and its words, as in EDITOR='code --wait'.")
    if shutil.which(found[0], path=environment.get("PATH")) is None:
        raise EditorError(f"{name} names {clean_line(found[0])}, and there is no such program here.")
    return found


def command(editor: list[str], file: Path, line: int | None) -> list[str]:
    """Return the words that open `file`, at `line` where the editor is known to take one."""
    at = [f"+{line}"] if line is not None and Path(editor[0]).name in _TAKES_PLUS else []
    return [*editor, *at, str(file)]


async def edit(app: "App[Any]", editor: list[str], file: Path, line: int | None) -> None:
    """Let the author edit `file`, which is an absolute path; returns when the editor has ended.

    Raises EditorError where it could not be started, or ended with a failure.
    """
    name, why = clean_line(Path(editor[0]).name), ""
    try:
        with app.suspend(), _interrupts_are_the_editors():
            try:
                why = await _run(command(editor, file, line))
            except OSError as error:  # inside: what leaves `suspend` as an error leaves the app suspended
                why = f"could not be started: {error.strerror}"
    except SuspendNotSupported as error:
        raise EditorError("This terminal cannot be given to an editor.") from error
    if why:
        raise EditorError(f"{name} {why}.")


async def _run(words_: list[str]) -> str:
    """Run it in this terminal; return how it failed, '' where it did not. Raises OSError."""
    process = await asyncio.create_subprocess_exec(*words_)
    try:
        code = await process.wait()
    except asyncio.CancelledError:  # the app ends, and nobody would wait for the editor any more
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _LAST_MOMENT)
            except TimeoutError:
                process.kill()
        raise
    if code == 0:
        return ""
    return f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"


@contextlib.contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Do nothing about ^C and ^\\ meanwhile. Not SIG_IGN, which the editor would inherit."""

    def nothing(_number: int, _frame: FrameType | None) -> None:
        """Leave it to the editor."""

    before = {number: signal.signal(number, nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
