"""A reply that is a stream of events: Server-Sent Events, the data of each one Struct as JSON.

While nothing comes a comment goes out every few seconds, by which each side sees that the other is still there. When
the caller hangs up, or the service ends, what makes the events is closed where it stands, and has its say about it.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lms_tui.service.faults import Fault, from_exception
from lms_tui.service.streaming import Receive, Send, hung_up
from lms_tui.wire.operation import Operation, Reply

EVENT_STREAM: Final = "text/event-stream"
ALIVE_SECONDS: Final = 5.0
_ALIVE: Final = b":\n\n"


@dataclass(frozen=True, slots=True)
class Events:
    """The events of one call, not begun yet."""

    operation: Operation[Any, Any]
    """Its `response` has a field `problem`."""
    source: AsyncGenerator[Reply, None]


async def send_events(
    events: Events, receive: Receive, send: Send, headers: Iterable[tuple[bytes, bytes]]
) -> Fault | None:
    """Send them to their end, or until the caller hangs up. Returns what broke them off, if anything did, its cause in
    `__cause__`: the caller was told it as the last event's `problem`.
    """
    await send({"type": "http.response.start", "status": 200, "headers": [*headers]})
    pumping = asyncio.create_task(_pump(events, send))
    gone = asyncio.create_task(hung_up(receive))
    try:
        await asyncio.wait((pumping, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        pumping.cancel()
        await asyncio.wait((pumping,))  # what was under way has its say: what came of it is stored
    return None if pumping.cancelled() else pumping.result()


async def _pump(events: Events, send: Send) -> Fault | None:
    alive = asyncio.create_task(_keep_alive(send))
    fault: Fault | None = None
    try:
        async with aclosing(events.source) as source:
            async for event in source:
                await send(_body(msgspec.json.encode(event)))
    except Exception as failed:  # noqa: BLE001 - as in a reply that is no stream, it becomes what the caller is told
        fault = from_exception(failed)
        fault.__cause__ = failed if failed is not fault else None
        await send(_body(msgspec.json.encode(events.operation.response(problem=fault.problem))))
    finally:
        alive.cancel()
    await send({"type": "http.response.body", "body": b""})
    return fault


def _body(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": b"data: " + data + b"\n\n", "more_body": True}


async def _keep_alive(send: Send) -> None:
    while True:
        await asyncio.sleep(ALIVE_SECONDS)
        await send({"type": "http.response.body", "body": _ALIVE, "more_body": True})
