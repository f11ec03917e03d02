"""Who stands at the private socket: `serve`'s protocol with the peer's user checked, and connections counted.

A connection of another user of the machine is closed before a byte is read. One of ours is marked:
`scope["state"]["owner"]` is True, which only a service that the TUI started itself, on its own private socket,
ever sets. `serve` uses uvicorn's plain protocol, so it has no owner.
"""

import asyncio
import os
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from lms_tui.local.service import RETIRE_SECONDS
from lms_tui.service.connections import Guarded, Watch


class Presence:
    """Which clients are connected, when the last one left, and how long an empty house is kept open (seconds)."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._connections = 0
        self._last = time.monotonic()
        self._retiring = 0.0
        self._changed = asyncio.Event()

    def came(self) -> None:
        """Count a connection."""
        self._connections += 1

    def went(self) -> None:
        """Count a connection's end."""
        self._connections -= 1
        self._last = time.monotonic()
        self._changed.set()

    def retire(self) -> None:
        """End as soon as nobody is connected, within RETIRE_SECONDS; later whoever asked uses what stays."""
        self._retiring = time.monotonic() + RETIRE_SECONDS
        self._changed.set()

    async def until_idle(self) -> None:
        """Return when nobody is connected, and the last one left longer ago than the limit or it shall retire."""
        while True:
            self._changed.clear()
            now = time.monotonic()
            left = self._last + self._limit - now
            if self._connections == 0 and (left <= 0 or now < self._retiring):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(left if self._connections == 0 else None):
                    await self._changed.wait()


def peer_uid(connection: socket.socket) -> int:
    """Return the user at the other end of a Unix socket, as the kernel knows them."""
    if sys.platform == "linux":
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[1])
    else:  # noqa: RET505 - mypy knows the branch of another platform only in this form
        # Darwin and BSD: SOL_LOCAL, LOCAL_PEERCRED gives `struct xucred` (version, uid, …).
        return int(struct.unpack("2I", connection.getsockopt(0, 1, 76)[:8])[1])


def door(presence: Presence, allowed: int | None = None) -> type[HttpToolsProtocol]:
    """Return the protocol class that lets in the user `allowed` alone (default: ourselves)."""
    owner = os.geteuid() if allowed is None else allowed
    watch = Watch()

    class Door(Guarded):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            super().__init__(watch, config, server_state, {**app_state, "owner": True}, _loop)
            self._welcome = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            if peer_uid(transport.get_extra_info("socket")) != owner:
                transport.abort()
                return
            self._welcome = True
            presence.came()
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            if self._welcome:
                super().data_received(data)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._welcome:
                presence.went()
                super().connection_lost(exc)

    return Door
