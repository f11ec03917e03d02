"""Starting the app, and beside it the service, which the app waits for in peace.

A plain first frame stands on the screen all the while (`first_frame`).
"""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from lms_tui.tui import first_frame

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.backend import Connect
    from lms_tui.tui.look import Look

_LAST_MOMENT: Final = 5.0
"""Seconds that the app has to end itself after its terminal is gone."""
_COLLECTING_FROM: Final = 2.0
"""Seconds after which the garbage collector begins. What a start makes stays to the end, and looking all of it through
again and again is a tenth of the start's time."""


class StartConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line, the environment and the settings said. None: not said."""

    state: Path
    """The folder for the log, the outbox, the reading places and the theme chosen last."""
    database: str | None = None
    """libpq URL of a database of your own; without it and without `service` the embedded one."""
    service: str | None = None
    """Address of a service somewhere else: `https://…` or `unix:…`."""
    ca: str | None = None
    """The authorities to trust there (`Config.ca`)."""
    as_email: str | None = None
    """Whose session the owner of the machine wants."""
    place: str = "embedded"
    """The name of where the learner's data is, under which the session is kept (`Config.place`)."""
    kiosk: bool = False
    """Keep no session and no theme beyond this run, and open nothing outside of the terminal."""
    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Keys of commands by the commands' ids, where the user wants others than ours."""
    open_with: Mapping[str, str] = msgspec.field(default_factory=dict)
    """The programs that the user chose for a "video" and a "link" (`tui.opener`)."""
    theme: str | None = None
    ascii_only: bool | None = None
    own_themes: Path | None = None
    pictures: str | None = None
    """How pictures are shown (`Config.pictures`)."""
    go_on: bool = False
    """Open at once the place to which `c` leads from home."""


def run(config: StartConfig, connect: "Connect | None" = None) -> int:
    """Show the app until it ends, and return the exit status; 0 when the user left, 128 + n after signal n.

    `connect` reaches the service; without it the local service is found or started (`tui.connect`).
    """
    gc.disable()
    reaching = None
    if connect is None and config.service is None:
        from lms_tui.tui.reaching import Reaching  # noqa: PLC0415 - not for a service somewhere else

        reaching = Reaching(config.database)  # before Textual is imported
    from lms_tui.tui.app import LmsApp  # noqa: PLC0415 - what the tests start without it loads no Textual
    from lms_tui.tui.places import ReadingPlaces  # noqa: PLC0415
    from lms_tui.tui.themes import ThemeError  # noqa: PLC0415

    if connect is None:
        from lms_tui.tui.connect import connector  # noqa: PLC0415

        connect = connector(config, reaching)
    try:
        app = LmsApp(connect, look(config), config.state)
        app.set_keymap(config.keys)
        app.open_with, app.kiosk, app.go_on = config.open_with, config.kiosk, config.go_on
        if config.kiosk:
            app.places = ReadingPlaces(None)
    except ThemeError as error:
        first_frame.leave()
        print(error, file=sys.stderr)  # noqa: T201 - the app has no screen yet
        return 2
    return asyncio.run(_show(app))


def look(config: StartConfig) -> "Look":
    """Return the look of this start. A kiosk neither begins with the theme that somebody chose nor keeps one."""
    from lms_tui.tui.look import look_of  # noqa: PLC0415 - it needs Textual

    kept_in = None if config.kiosk else config.state
    return look_of(os.environ, config.theme, config.ascii_only, config.own_themes, kept_in, config.pictures)


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
    loop.call_later(_COLLECTING_FROM, _collect)
    await app.run_async()
    return app.return_code or 0


def _collect() -> None:
    """Let the garbage collector begin, with what stands by now left out for ever."""
    gc.freeze()
    gc.enable()
