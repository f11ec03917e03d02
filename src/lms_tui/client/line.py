"""One request and one reply over a line to a service, and how a line fails: what `transport` asks of either kind.

`socket_line` talks to a service on this machine, `https_line` to one somewhere else.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, BinaryIO, Protocol

import msgspec

REPLY_LIMIT = 64 * 2**20


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds to wait: for a connection, between two pieces of a reply, and for a whole call (not an upload)."""

    connect: float = 5.0
    read: float = 20.0
    whole: float = 60.0


class Sink(Protocol):
    """Where the body of a reply goes that is too large to be held, or that comes as it happens, piece by piece."""

    @property
    def may_begin_again(self) -> bool:
        """Whether what has come so far can be had once more, should the connection break."""
        ...

    async def begin(self, size: int | None) -> None:
        """Take a reply of `size` bytes, None where nobody says, from its start: what came before is void."""
        ...

    async def take(self, piece: bytes) -> None:
        """Take the next piece."""
        ...


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it goes out; a file is sent from where it stands to its end."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: bytes | BinaryIO | None
    into: Sink | None = None
    """Where the body of a success goes; the answer's own is empty then."""

    @property
    def file(self) -> BinaryIO | None:
        """The file to send, if the body is one."""
        return None if isinstance(self.body, bytes) else self.body


class Answer(msgspec.Struct, frozen=True):
    """What came back, whole."""

    status: int
    kind: str
    """Content type without parameters, lower case."""
    date: str
    """The `Date` header: the service's clock, '' where it has none."""
    body: bytes


class BrokenLineError(Exception):
    """The connection ended in the middle: whether the request was carried out is not known."""


class NoLineError(Exception):
    """There is no connection; `__cause__` tells why."""


class CompressedError(Exception):
    """The reply is compressed, which nobody asked for: unpacked it could fill the memory."""


class TooLargeError(Exception):
    """The reply is larger than REPLY_LIMIT."""


class Line(Protocol):
    """A way to one service, over connections of its own that are kept and used again."""

    async def once(self, asked: Asked) -> Answer:
        """Send once and return the answer, whatever its status.

        Raises BrokenLineError, NoLineError, TimeoutError, CompressedError or TooLargeError.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


async def whole(
    status: int, headers: Mapping[str, str], pieces: AsyncIterator[bytes], into: Sink | None = None
) -> Answer:
    """Return the answer that `pieces` make up, the body of a success in `into` where there is such a place.

    Raises CompressedError, or TooLargeError as soon as it is known.
    """
    if headers.get("content-encoding", "identity") != "identity":
        raise CompressedError
    body = bytearray()
    if into is not None and status == 200:
        length = headers.get("content-length", "")
        await into.begin(int(length) if length.isascii() and length.isdigit() else None)
        async for piece in pieces:
            await into.take(piece)
    async for piece in pieces:
        body += piece
        if len(body) > REPLY_LIMIT:
            raise TooLargeError
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(status, kind, headers.get("date", ""), bytes(body))
