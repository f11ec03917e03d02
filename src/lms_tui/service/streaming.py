"""A reply that is a file: whole, or the part that `Range` asks for (RFC 9110, 14), piece by piece.

What it says of itself keeps a browser from taking it for anything else: its type by its ending, `nosniff`, and a
policy under which no script runs. A PDF alone comes without `sandbox`, which browsers' own viewers do not open.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from lms_tui.rules.files import Medium

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_RANGE: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_POLICY: Final = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
_POLICY_PDF: Final = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Stream:
    """A reply that is no JSON: `pieces` make up the body, `length` bytes of it."""

    status: int
    headers: Mapping[str, str]
    length: int
    pieces: AsyncIterator[bytes] | None = field(default=None)


def part(header: str, size: int) -> tuple[int, int] | None:
    """Return the part (start, end, exclusive) of `size` bytes that a `Range` asks for; None: whole.

    What is no single range of bytes is passed over, as RFC 9110 lets a server do. Raises ValueError where there is
    nothing at that place.
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise ValueError("nothing is there")
    return start, end


def file_headers(medium: Medium, name: str, version: str) -> dict[str, str]:
    """Return what is said of a file whatever part of it goes out."""
    how = "inline" if medium.inline else "attachment"
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    pdf = medium.content_type == "application/pdf"
    return {
        "content-type": medium.content_type,
        "content-disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": _POLICY_PDF if pdf else _POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "accept-ranges": "bytes",
        "etag": f'"{version}"',
        "cache-control": "private, no-cache",
    }


async def send_stream(
    stream: Stream, receive: Receive, send: Send, more: Iterable[tuple[bytes, bytes]] = (), *, head: bool
) -> None:
    """Send the reply, with `more` headers than its own; of HEAD its headers only. Reads no further when the other end
    has gone away."""
    headers = [*((name.encode(), value.encode("latin-1")) for name, value in stream.headers.items()), *more]
    headers.append((b"content-length", str(stream.length).encode()))
    await send({"type": "http.response.start", "status": stream.status, "headers": headers})
    if stream.pieces is None or head:
        await send({"type": "http.response.body", "body": b""})
        return
    gone = asyncio.ensure_future(hung_up(receive))
    try:
        async for piece in stream.pieces:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def hung_up(receive: Receive) -> None:
    """Wait until the other end has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
