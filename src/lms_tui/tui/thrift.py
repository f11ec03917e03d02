"""The driver between Textual and the terminal: it writes what `repaint` leaves of a frame, and reads keys by our own
parser."""

import contextlib
import os
import signal
import termios
from functools import partial
from types import FrameType
from typing import Any, Final

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from lms_tui.tui.answers import Answers
from lms_tui.tui.pasting import PastingParser
from lms_tui.tui.repaint import Picture
from lms_tui.tui.writer import Writer

_WITHOUT_COLOURED_ERASE: Final = ("screen", "vt", "dumb", "ansi")
_PLAIN: Final = "\x1b[m\x1b[r\x1b(B\x1b[?1l\x1b>"
"""What an editor that was killed may have left: colours, a scrolling region, letters for lines, other keys."""
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class ThriftyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, writing fewer bytes; pass it as `App(driver_class=…)`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what Textual's driver takes."""
        super().__init__(*args, **options)
        self._picture = Picture(erase=not os.environ.get("TERM", "").startswith(_WITHOUT_COLOURED_ERASE))
        self.answers = Answers()
        """Listens to what the terminal says of itself."""
        self.screens = 1
        """Grows with each screen that is begun anew: pictures given to the terminal before may be lost."""
        self._begun = ""
        self._drawn_for: Size | None = None
        self._is_away = False

    def write(self, data: str) -> None:
        """Write what of `data` is not on the terminal yet; of a frame in which nothing is new, nothing.

        Nothing either while another program has the terminal.
        """
        if self._is_away:
            return
        if data == _SYNC_START:
            self._begun = data
            return
        if data == _SYNC_END and self._begun:
            self._begun = ""
            return
        if self._app.size != self._drawn_for:
            self._drawn_for = self._app.size
            self._picture.resized(*self._drawn_for)
        if written := self._picture.frame(data):
            super().write(self._begun + written)
            self._begun = ""

    def say(self, data: str) -> None:
        """Write what changes no cell and does not move the cursor: a question, or a picture that cells will show."""
        if not self._is_away:
            super().write(data)

    def resized(self) -> None:
        """Write all of the next frame: it is the first of another size."""
        self._picture.forget()

    def redraw(self) -> None:
        """Write all of the next frame, whatever is thought to stand on the terminal."""
        self.screens += 1
        self._picture.forget()

    def suspend_application_mode(self) -> None:
        """Give the terminal away as it was found; what is drawn meanwhile is drawn for nobody."""
        super().suspend_application_mode()
        self._is_away, self._begun = True, ""

    def resume_application_mode(self) -> None:
        """Take the terminal back, in whatever state it was left, and believe nothing of what stands on it."""
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):  # where the terminal is gone, the app is about to end
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        super().resume_application_mode()
        super().write(_PLAIN)
        self.screens += 1
        self._picture.forget()

    def start_application_mode(self) -> None:
        """Begin, and forget the screen at every change of its size: terminals move what stands on it, each its way."""
        self._is_away = False
        linux_driver.WriterThread = Writer  # type: ignore[attr-defined]  # looked up by name, as the parser below
        super().start_application_mode()  # type: ignore[no-untyped-call]
        resized = signal.getsignal(signal.SIGWINCH)

        def forget_first(number: int, frame: FrameType | None) -> None:
            self._picture.forget()
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, forget_first)

    def run_input_thread(self) -> None:
        """Read keys with our own parser, whose name Textual looks up here and offers no other place to say."""
        linux_driver.XTermParser = partial(PastingParser, answers=self.answers)  # type: ignore[attr-defined, assignment]
        super().run_input_thread()
