"""The app set up for a picture: on a service in memory, its clock standing still, led by keys to where it shall be."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerState

import lms_tui.tui.moments
import lms_tui.tui.standing
import lms_tui.tui.widgets.notice
from lms_tui.client.api import Api
from lms_tui.client.course_sources import CourseSources
from lms_tui.client.outbox import Outbox
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import Backend, Guest, Tell
from lms_tui.tui.guests import backend_of
from lms_tui.tui.look import Look
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.wire.accounts import User
from tests.snapshots.files import Files
from tests.snapshots.shelf import ADA, Shelf
from tests.tui.door import Door
from tests.tui.quiz_service import SOMEBODY, START, practising

_PATIENCE = 30.0
"""Seconds after which a picture that does not come is a failure; never waited for otherwise."""
_ENVIRONMENT = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "UNICODE_VERSION",
    "TTY_COMPATIBLE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "SSH_CONNECTION",
)


class _StandingClock(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return START.astimezone(tz)


@contextmanager
def standing_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what differs between two runs: clock, time zone, terminal, and what goes by itself after a while."""
    for name in _ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(lms_tui.tui.standing, "datetime", _StandingClock)
    monkeypatch.setattr(lms_tui.tui.moments, "monotonic", lambda: 0.0)
    monkeypatch.setattr(lms_tui.tui.widgets.notice, "_SECONDS", 3600.0)
    monkeypatch.setattr(FramedScreen, "load_if_failed", lambda _screen: None)
    yield
    monkeypatch.undo()
    time.tzset()


class Stage:
    """An app and what leads it: `service` is what it speaks to, `pilot` types."""

    def __init__(self, folder: Path, *, ascii_only: bool = False) -> None:
        """Set the app up, its outbox and places in `folder`; a user's own themes are read from `./themes`."""
        self.service = Shelf()
        self.starting = ""
        """A sentence at which reaching the service shall stand still."""
        self.guest = False
        """Whether one looks around without signing in."""
        self.door = Door()
        """The way in, for the forms."""
        self.owned = False
        """Whether the database is the machine's own."""
        self.folder = folder
        self.files: Files | None = None
        """The files that the course on the shelf was imported from."""
        self._outbox: Outbox | None = None
        self.app = LmsApp(self._connect, Look(ascii_only=ascii_only, own_themes=Path("themes")), folder)
        self.pilot: Pilot[None]

    async def _connect(self, tell: Tell, _ask_sign_in: object) -> Backend:
        if self.starting:
            tell(self.starting)
            await asyncio.Event().wait()
        api = cast("Api", self.service)
        if self.guest:
            return backend_of(api, Guest(self.door, "https://learn.example.org", self._enter), self._nothing)
        return await self._enter(ADA)

    async def _nothing(self) -> None:
        """There is nothing to close."""

    async def _enter(self, user: User) -> Backend:
        api = cast("Api", self.service)
        self._outbox = outbox = Outbox(self.folder / "outbox.sqlite", api, service="test", user=SOMEBODY)
        await outbox.open()

        async def close() -> None:
            self._outbox = None
            await outbox.close()

        files = cast("CourseSources | None", self.files)
        return Backend(
            api=api,
            outbox=outbox,
            user=user,
            close=close,
            practice=lambda: practising(self.folder),
            sources=None if files is None else lambda: files,
            session=None if self.owned else self.door,
        )

    async def push(self, screen: Screen[Any]) -> None:
        """Open `screen` over what is there."""
        self.app.push_screen(screen)
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Type `keys`, and wait for what comes of them."""
        await self.pilot.press(*keys)
        await self.settle()

    async def shows(self, text: str) -> None:
        """Wait until `text` stands on the screen, wherever its lines end; whoever asks tells where it never does."""
        with anyio.move_on_after(_PATIENCE):
            while text not in " ".join(self.text.split()):
                await self.pilot.pause(0.01)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing moves any more but what waits for a dialog, or for a reply that is held back."""
        with anyio.move_on_after(_PATIENCE) as patience:
            await self._come_to_rest()
        assert not patience.cancelled_caught, f"it does not come to rest:\n{self.text}\n{list(self.app.workers)}"

    async def _come_to_rest(self) -> None:
        if self.starting:
            while self.app.progress != self.starting:
                await self.pilot.pause(0.01)
            await self.pilot.pause()
            return
        await self.app.backend()
        for _ in range(3):
            await self.pilot.pause()
            while self._working() > self._waiting():
                await self.pilot.pause(0.01)
            if self._outbox is not None:
                if not self.service.away:
                    self._outbox.hurry()
                await self._outbox.settled()
        shown = ""
        while shown != self.text:  # a widget's own answer to its first layout is drawn by the next
            shown = self.text
            await self.pilot.pause()

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def _working(self) -> int:
        ended = {WorkerState.SUCCESS, WorkerState.CANCELLED, WorkerState.ERROR}
        return sum(worker.state not in ended for worker in self.app.workers)

    def _waiting(self) -> int:
        dialogs = sum(
            callback.future is not None and not callback.future.done()
            for screen in self.app.screen_stack
            for callback in screen._result_callbacks
        )
        return dialogs + self.service.waiting
