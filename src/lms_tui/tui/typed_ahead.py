"""Keys that come faster than they are taken: each goes to what the one before it has brought to the screen.

Over a slow line many keys come at once, and Textual hands them all to what has the focus then: of `/sql`, typed on a
screen where `/` opens a search, the letters would be commands of that screen. So a key that comes close behind another
waits until that one has been dealt with, and until what it has opened is there. None answers a question that was not
read.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key, Paste
from textual.screen import Screen

from lms_tui.tui.screens.base import FramedScreen

_CLOSE_SECONDS: Final = 0.05
"""A key this long after the one before finds that dealt with, unless the machine is busy."""
_QUIET_TURNS: Final = 3
"""Turns of the loop in which nothing is left to do: what was done in one may have begun something in the next."""
_LONGEST_SECONDS: Final = 1.0
"""What is slow to open, or keeps on doing something, holds no key for longer."""
_PAUSE_SECONDS: Final = 0.02
"""Between two looks at what is being opened."""


class Unhurried:
    """A screen that asks what has to be read first: what was typed before it stood there is for nobody."""


class TypedAhead:
    """The keys of one app, in the order in which they came."""

    def __init__(self, app: App[None]) -> None:
        """Begin with none."""
        self._app = app
        self._waiting: deque[tuple[Key | Paste, Screen[Any]]] = deque()
        """Each with the screen that stood there when it came."""
        self._let_go: set[Key | Paste] = set()
        """Those that have waited and are on their way to the app again."""
        self._passed: Key | Paste | None = None
        self._passed_at = 0.0
        self._target: DOMNode = app
        self._dealing = 0
        self._letting: asyncio.Task[None] | None = None

    def holds(self, event: Key | Paste) -> bool:
        """Tell whether `event` has to wait; the app gets it again when its turn has come."""
        if event in self._let_go:
            self._let_go.discard(event)
            return False
        is_close = monotonic() - self._passed_at < _CLOSE_SECONDS or not self._is_quiet
        if self._letting is None and not is_close:
            self._pass(event)
            return False
        self._waiting.append((event, self._app.screen))
        if self._letting is None:
            self._letting = asyncio.create_task(self._let_through())
        return True

    @contextmanager
    def dealing(self) -> Iterator[None]:
        """Take note that the app deals with a key, for as long as that takes."""
        self._dealing += 1
        try:
            yield
        finally:
            self._dealing -= 1

    def _pass(self, event: Key | Paste) -> None:
        self._passed, self._passed_at = event, monotonic()
        self._target = self._app.focused or self._app.screen

    async def _let_through(self) -> None:
        """Give the app those that wait, one by one."""
        while self._waiting:
            if not self._is_typing:
                await self._all_is_quiet()
            if not self._app.is_running:
                return
            event, stood = self._waiting.popleft()
            if stood is self._app.screen or not isinstance(self._app.screen, Unhurried):
                self._pass(event)
                self._let_go.add(event)
                self._app.post_message(event)
        self._letting = None

    @property
    def _is_typing(self) -> bool:
        """Whether the key before was a letter for the field that has the focus: nothing is waited for behind that."""
        field, before = self._app.focused, self._passed
        return field is not None and isinstance(before, Key) and field.check_consume_key(before.key, before.character)

    async def _all_is_quiet(self) -> None:
        """Wait until the key before is dealt with, and what it has opened can take one."""
        until, quiet = monotonic() + _LONGEST_SECONDS, 0
        while quiet < _QUIET_TURNS and monotonic() < until and self._app.is_running:
            is_opening = isinstance(screen := self._app.screen, FramedScreen) and screen.is_opening
            await asyncio.sleep(_PAUSE_SECONDS if is_opening else 0)
            quiet = quiet + 1 if self._is_quiet and not is_opening else 0

    @property
    def _is_quiet(self) -> bool:
        """Whether nothing is left to do on the way of the key before, nor on that of the next."""
        ways = (*self._target.ancestors_with_self, *(self._app.focused or self._app.screen).ancestors_with_self)
        return not self._dealing and not any(node.message_queue_size for node in ways)
