"""The pictures that this terminal has been given, and whether it takes any: asked when the first one is to be shown.

A terminal of which nobody knows more than its name in the environment is asked once, and pictures wait for its answer
for a second at most; one that stays silent, and any that does not draw pictures in cells, shows half blocks. A picture
is made for its place, sent when its first line comes into sight, and freed with the screen that shows it.
"""

import asyncio
import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.color import Color

from lms_tui.tui import kitty
from lms_tui.tui.answers import QUESTION, Heard
from lms_tui.tui.pictures import Picture, are_shown, half_blocks, png
from lms_tui.tui.thrift import ThriftyDriver

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.look import Look

PATIENCE: Final = 1.0
"""Seconds that the first picture waits for the terminal's answer."""
_IN_BETWEEN: Final = ("screen", "tmux", "linux", "vt", "dumb", "ansi")
"""Terminals that pass no pictures on, or write the question on the screen."""


def may_ask(look: "Look", environment: Mapping[str, str], *, kiosk: bool) -> bool:
    """Tell whether this terminal may be asked for pictures: none inside tmux or screen, no kiosk over SSH."""
    if not are_shown(look) or look.pictures == "blocks":
        return False
    if look.pictures == "kitty":
        return True
    between = "TMUX" in environment or "STY" in environment or environment.get("TERM", "").startswith(_IN_BETWEEN)
    return not between and not (kiosk and "SSH_CONNECTION" in environment)


@dataclass(frozen=True, slots=True)
class _Image:
    png: bytes
    columns: int
    rows: int


class Graphics:
    """The pictures of one run of the program in its terminal."""

    def __init__(self, app: "LmsApp", driver: ThriftyDriver) -> None:
        """Nothing is asked yet."""
        self._app, self._driver = app, driver
        self._heard: asyncio.Future[Heard] | None = None
        self._images: dict[int, _Image] = {}
        self._there: set[int] = set()
        self._screen = driver.screens
        self._upper = random.randrange(1, len(kitty.MARKS)) << 24  # noqa: S311 - apart from another program's pictures

    async def cell(self) -> kitty.Cell | None:
        """Return the size of a cell where pictures are drawn in cells, None where they are half blocks."""
        look = self._app.look
        if self._heard is None:
            if not may_ask(look, os.environ, kiosk=self._app.kiosk):
                return None
            loop = asyncio.get_running_loop()
            self._heard = heard = loop.create_future()

            def tell(answer: Heard) -> None:
                loop.call_soon_threadsafe(heard.set_result, answer)

            self._driver.answers.expect(tell)
            self._driver.say(QUESTION)
            await asyncio.wait([heard], timeout=PATIENCE)
        known = self._heard.result() if self._heard.done() else Heard()
        return kitty.cell_of(known, whatever_it_is=look.pictures == "kitty")

    async def picture(self, path: Path, columns: int, rows: int, behind: Color | None) -> Picture:
        """Return the picture in the file `path` in at most `columns` x `rows` cells. Raises NoPictureError."""
        cell = await self.cell()
        number = None if cell is None else self._free_number()
        if cell is None or number is None:
            return await asyncio.to_thread(half_blocks, path, columns, rows, behind)
        columns, rows = min(columns, len(kitty.MARKS)), min(rows, len(kitty.MARKS))
        few = "SSH_CONNECTION" in os.environ
        try:
            content, wide, high = await asyncio.to_thread(png, path, columns, rows, (cell.width, cell.height), few=few)
        except BaseException:
            del self._images[number]
            raise
        self._images[number] = _Image(content, wide, high)
        return self.again(number, behind)

    def again(self, number: int, behind: Color | None) -> Picture:
        """Return a picture that was made before, on another ground."""
        image = self._images[number]
        return Picture(tuple(kitty.lines(number, image.columns, image.rows, behind)), image.columns, number)

    def show(self, number: int) -> None:
        """Have the terminal know a picture before its cells are written; it is sent once to one screen."""
        if self._screen != self._driver.screens:
            self._screen = self._driver.screens
            self._there.clear()
        image = self._images.get(number)
        if image is not None and number not in self._there:
            self._there.add(number)
            self._driver.say(kitty.sent(number, image.png, image.columns, image.rows))

    def free(self, numbers: Iterable[int]) -> None:
        """Forget pictures, here and in the terminal."""
        gone = [number for number in numbers if self._images.pop(number, None) is not None and number in self._there]
        self._there.difference_update(gone)
        if gone:
            self._driver.say("".join(map(kitty.freed, gone)))

    def _free_number(self) -> int | None:
        """Return a number that no picture has; None where there is none left, which no lesson comes to."""
        lower = next((one for one in kitty.LOWER if self._upper | one not in self._images), None)
        if lower is None:
            return None
        self._images[self._upper | lower] = _Image(b"", 0, 0)
        return self._upper | lower


class Drawing:
    """The pictures of one screen, which are made anew when its size or its colours change."""

    def __init__(self, graphics: Graphics | None) -> None:
        """Begin without any; without `graphics` all are half blocks."""
        self._graphics = graphics
        self._now: dict[tuple[Path, int, int], int] = {}
        self._before: dict[tuple[Path, int, int], int] = {}

    def begin(self) -> None:
        """Begin anew: what is not asked for again until `end` is freed then."""
        self._before |= self._now
        self._now = {}

    async def picture(self, path: Path, columns: int, rows: int, behind: Color | None) -> Picture:
        """Return the picture in the file `path` in at most `columns` x `rows` cells. Raises NoPictureError."""
        if self._graphics is None:
            return await asyncio.to_thread(half_blocks, path, columns, rows, behind)
        key = path, columns, rows
        number = self._now.get(key) or self._before.pop(key, 0)
        made = self._graphics.again(number, behind) if number else await self._graphics.picture(*key, behind)
        if made.number:
            self._now[key] = made.number
        return made

    def show(self, number: int) -> None:
        """Have the terminal know a picture before its cells are written."""
        if self._graphics is not None:
            self._graphics.show(number)

    def end(self) -> None:
        """Free what was not asked for again."""
        if self._graphics is not None:
            self._graphics.free(self._before.values())
        self._before = {}

    def close(self) -> None:
        """Free all."""
        self.begin()
        self.end()
