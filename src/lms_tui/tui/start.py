"""Starting the app: a plain first frame at once, then Textual, then the service, which the app waits for in peace.

Nothing heavy is imported at the top of this module: its own import stands before the first frame.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.backend import Connect

_ALTERNATE_SCREEN, _ORDINARY_SCREEN = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
_LAST_MOMENT: Final = 5.0
"""Seconds that the app has to end itself after its terminal is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConfig:
    """What the command line, the environment and the settings said. None: not said."""

    state: Path
    """The folder for the log, the outbox and the reading places."""
    database: str | None = None
    """libpq URL of a database of your own; without it and without `service` the embedded one."""
    service: str | None = None
    """Address of a service somewhere else: `https://…` or `unix:…`."""
    as_email: str | None = None
    """Whose session the owner of the machine wants."""
    place: str = "embedded"
    """The name of where the learner's data is, under which the session is kept (`Config.place`)."""
    kiosk: bool = False
    """Keep no session beyond this run."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of commands by the commands' ids, where the user wants others than ours."""
    theme: str | None = None
    ascii_only: bool | None = None
    own_themes: Path | None = None


def run(config: StartConfig, connect: "Connect | None" = None) -> int:
    """Show the app until it ends, and return the exit status; 0 when the user left, 128 + n after signal n.

    `connect` reaches the service; without it the local service is found or started (`tui.connect`).
    """
    first_frame()
    try:
        from lms_tui.tui.app import LmsApp  # noqa: PLC0415 - Textual is imported behind the first frame
        from lms_tui.tui.look import look_of  # noqa: PLC0415
        from lms_tui.tui.themes import ThemeError  # noqa: PLC0415

        if connect is None:
            from lms_tui.tui.connect import connector  # noqa: PLC0415

            connect = connector(config)
        look = look_of(os.environ, config.theme, config.ascii_only, config.own_themes)
        try:
            app = LmsApp(connect, look, config.state)
            app.set_keymap(config.keys)
        except ThemeError as error:
            leave_first_frame()
            print(error, file=sys.stderr)  # noqa: T201 - the app has no screen yet
            return 2
        return asyncio.run(_show(app))
    except BaseException:
        leave_first_frame()
        raise


def first_frame() -> None:
    """Write a plain frame to the terminal, by hand: it is there 200 ms before Textual's."""
    _write(f"{_ALTERNATE_SCREEN} lms-tui\r\n\r\n  Starting...")


def leave_first_frame() -> None:
    """Give the terminal back when Textual has not come to it."""
    _write(_ORDINARY_SCREEN)


async def _show(app: "LmsApp") -> int:
    """Run the app; SIGTERM, and SIGHUP when the terminal is gone, end it as the user would."""
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        app.exit(return_code=128 + number)
        # What writes to a terminal that is gone may wait for ever.
        last = threading.Timer(_LAST_MOMENT, os._exit, (128 + number,))
        last.daemon = True
        last.start()

    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    await app.run_async()
    return app.return_code or 0


def _write(text: str) -> None:
    """Write to where Textual will, if that is a terminal."""
    stream = sys.__stderr__
    if stream is not None and stream.isatty():
        stream.write(text)
        stream.flush()
