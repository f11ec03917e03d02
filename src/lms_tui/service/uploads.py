"""The body of an upload, kept in a temporary file while the request lasts."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, Final

from lms_tui.service.faults import Fault
from lms_tui.wire.course_tar import MOST_BYTES, MOST_FILES
from lms_tui.wire.errors import Code

UPLOAD_LIMIT: Final = MOST_BYTES + MOST_FILES * 2560 + 10240
"""Bytes of a tar that keeps the bounds of `wire.course_tar`: each file has a header, a longer name (PAX) and padding,
and the whole is rounded up to a record."""
_PIECE: Final = 1024 * 1024

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


@asynccontextmanager
async def received(receive: Receive, limit: int = UPLOAD_LIMIT) -> AsyncIterator[BinaryIO]:
    """Take in the body of a request; yields it as a file without a name, at its beginning, gone afterwards.

    Written in a thread, a megabyte at a time. Raises Fault `too_large` as soon as more than `limit` bytes came, and
    `bad_request` where the client went away.
    """
    with tempfile.TemporaryFile(prefix="lms-tui-upload-") as file:
        held = bytearray()
        total, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Fault(Code.BAD_REQUEST, "The upload broke off.")
            piece = message.get("body", b"")
            total += len(piece)
            if total > limit:
                raise Fault(Code.TOO_LARGE, f"A course has at most {limit // 2**20} MB. Link to videos instead.")
            held += piece
            more = message.get("more_body", False)
            if held and (len(held) >= _PIECE or not more):
                await asyncio.to_thread(file.write, bytes(held))
                held.clear()
        await asyncio.to_thread(file.seek, 0)
        yield file
