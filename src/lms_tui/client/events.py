"""The events of an operation, one after the other as they come: how an answer of the mentor's streams.

Server-Sent Events as our service writes them: each is one line of `data:` with JSON, in which no line can end, and an
empty line behind it; what begins with a colon only says that the service is there. Whoever stops reading hangs up, and
so stops what makes them.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

import msgspec

from lms_tui.client.api import Api
from lms_tui.client.decode import decode
from lms_tui.client.errors import NotUnderstood, Unreachable
from lms_tui.wire.operation import Ask, Operation, Told

EVENT_LIMIT: Final = 2 * 2**20
"""Bytes of one event; the longest is a whole answer."""
_AHEAD: Final = 64
"""How many pieces may have come that nobody has read yet."""
_DATA: Final = b"data: "


class _Pieces:
    """What has come and was not read; a stream is not begun a second time."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD)
        self._begun = False

    @property
    def may_begin_again(self) -> bool:
        return not self._begun

    async def begin(self, _size: int | None) -> None:
        self._begun = True

    async def take(self, piece: bytes) -> None:
        await self.queue.put(piece)


async def events(api: Api, operation: Operation[Ask, Told], request: Ask) -> AsyncGenerator[Told, None]:
    """Yield the events of `operation`, every text in them safe to show, until the service ends them after the last.

    Close it (`contextlib.aclosing`) to hang up. Raises what `Api.call` raises, before the first event or after any;
    Unreachable where the stream ends in the middle of an event or without the last one: whoever reads it to its end
    has that as the last.
    """
    pieces = _Pieces()
    pouring = asyncio.create_task(api.pour(operation, request, pieces), name=operation.name)
    unread, is_over = bytearray(), False
    try:
        while (piece := await _next(pieces.queue, pouring)) is not None:
            unread += piece
            *whole, rest = unread.split(b"\n\n")
            unread = rest
            if len(unread) > EVENT_LIMIT:
                raise NotUnderstood("The service sent more at once than this program reads.")
            for event in whole:
                if event.startswith(_DATA):
                    told = _decoded(bytes(event[len(_DATA) :]), operation)
                    is_over = is_over or told.is_last
                    yield told
        if unread or not is_over:
            raise Unreachable("The connection to the service broke off.")
    finally:
        pouring.cancel()
        await asyncio.wait((pouring,))


async def _next(queue: "asyncio.Queue[bytes]", pouring: "asyncio.Task[None]") -> bytes | None:
    """Return the next piece, None at the end. Raises what ended the stream."""
    if queue.empty():
        waiting = asyncio.create_task(queue.get())
        try:
            await asyncio.wait((waiting, pouring), return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
        finally:
            waiting.cancel()
        if queue.empty():
            pouring.result()
            return None
    return queue.get_nowait()


def _decoded(data: bytes, operation: Operation[Ask, Told]) -> Told:
    try:
        return decode(data, operation.response)
    except msgspec.MsgspecError as error:
        sentence = "The service answered something that this program cannot read. Is one of them out of date?"
        raise NotUnderstood(sentence) from error
