"""A real pseudo-terminal with a person's hands and eyes: keys go in, the screen is read with pyte."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "backspace": "\x7f",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f9": "\x1b[20~",
    "ctrl+c": "\x03",
    "ctrl+l": "\x0c",
    "ctrl+q": "\x11",
    "ctrl+r": "\x12",
    "ctrl+t": "\x14",
}
# What pyte would draw as text: private CSI with < = >, DCS and APC strings, mode queries.
_FOREIGN = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[\?[0-9;]*\$p")


class Terminal:
    """A program in a terminal of `columns` x `rows`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 80, rows: int = 24
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.output = bytearray()
        self._code = 0
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            here = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execvpe(command[0], list(command), here)  # noqa: S606 - a list of our own words
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def text(self) -> str:
        """The screen's lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, *keys: str) -> None:
        """Press keys by name; letters and digits are their own names."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())
            self._read(0.05)

    def spoil(self) -> None:
        """Clear the screen behind the program's back, as another program does that writes to it."""
        self._stream.feed(b"\x1b[2J")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size, and lose what stood on the screen."""
        self.screen.resize(rows, columns)
        self.spoil()
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def see(self, pattern: str, seconds: float = 60.0) -> re.Match[str]:
        """Wait until the screen has what matches `pattern`; fails with the screen as it is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.text):
                return found
            if not self._read(0.2) and self.ended():
                break
        raise AssertionError(f"never saw {pattern!r}; the screen was:\n{self.text}")

    def listen(self, seconds: float) -> bytes:
        """Return what is written within `seconds`, all of which pass."""
        written, deadline = len(self.output), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)
        return bytes(self.output[written:])

    def ended(self) -> bool:
        """Tell whether the program has ended."""
        if self.pid == 0:
            return True
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.pid, self._code = 0, os.waitstatus_to_exitcode(status)
        return self.pid == 0

    def wait(self, seconds: float = 60.0) -> int:
        """Wait for the program's own end, and return its exit code."""
        deadline = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > deadline:
                raise AssertionError(f"it never ended; the screen was:\n{self.text}")
            self._read(0.1)
        while self._read(0.1):
            pass
        return self._code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the program with a signal, and wait for its end."""
        if not self.ended():
            os.kill(self.pid, number)
            while not self.ended():
                self._read(0.05)

    def close(self) -> None:
        """End the program, whatever it does, and give the terminal back."""
        self.kill()
        os.close(self._fd)

    def _read(self, seconds: float) -> bool:
        """Take what the program wrote within `seconds`; False when there was nothing."""
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self._fd, 65536)
        except OSError:  # the other side is gone
            return False
        self.output += piece
        self._draw(piece)
        return bool(piece)

    def _draw(self, piece: bytes) -> None:
        self._stream.feed(_FOREIGN.sub(b"", piece))


def until(terminal: Terminal, holds: Callable[[], bool], what: str = "") -> None:
    """Read until it holds."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}:\n{terminal.text}"
        terminal._read(0.05)
