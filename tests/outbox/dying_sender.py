"""A process that answers and submits through its own outbox, and kills itself at a chosen point of its writing.

A point is every statement to the outbox's file that is no mere reading (so before and after each commit), and both
sides of every call to the service: before the request goes, and after the reply is there but nothing is noted of it.
"""

import asyncio
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from lms_tui.client.api import Api
from lms_tui.client.outbox import Outbox
from lms_tui.wire.accounts import Session
from lms_tui.wire.operation import Operation, Request
from lms_tui.wire.operations import BY_NAME


class _Dying:
    """Counts points down and kills this process, as hard as it can be, when none is left."""

    def __init__(self, points: int) -> None:
        self._left = points

    def point(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, sql: str) -> None:
        if not sql.lstrip().upper().startswith("SELECT"):
            self.point()


class _DyingApi(Api):
    def __init__(self, service: str, dying: _Dying) -> None:
        super().__init__(service)
        self._dying = dying

    async def call(self, operation: Operation[Any, Any], request: Any, **how: Any) -> Any:
        self._dying.point()
        reply = await super().call(operation, request, **how)
        self._dying.point()
        return reply


def send(folder: Path, socket: Path, session: bytes, writes: list[tuple[str, bytes]], points: int) -> None:
    """Give `writes` to the outbox in `folder` and send them, until the point; `kept` grows by a byte for each kept."""
    folder.mkdir()
    dying = _Dying(points)
    connect = sqlite3.connect

    def traced(*given: Any, **how: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **how)
        connection.set_trace_callback(dying.statement)
        return connection

    sqlite3.connect = traced  # type: ignore[assignment]
    asyncio.run(_send(folder, _DyingApi(f"unix:{socket}", dying), session, writes))


async def _send(folder: Path, api: Api, session: bytes, writes: list[tuple[str, bytes]]) -> None:
    api.use(msgspec.json.decode(session, type=Session))
    assert api.session is not None
    outbox = Outbox(folder / "outbox.sqlite", api, service="test", user=api.session.user.id)
    await outbox.open()
    with (folder / "kept").open("ab", buffering=0) as kept:
        for name, body in writes:
            operation = BY_NAME[name]
            request: Request = msgspec.json.decode(body, type=operation.request)
            await outbox.put(operation, request, name)
            kept.write(b"k")
        while outbox.counts().waiting:
            await outbox.settled()
    await outbox.close()
    await api.aclose()
