"""A line to the service on this machine, over its Unix socket: HTTP/1.1 by h11 on the event loop's own streams.

httpx could do it too. It is left to services somewhere else because its import and that of the loop it brings along
are a third of the time from the first frame to the first data (bench/README.md); h11 is what it speaks HTTP with.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO, Final
from urllib.parse import urlencode

import h11

from lms_tui.client.line import Answer, Asked, BrokenLineError, NoLineError, Timeouts, whole

_PIECE: Final = 256 * 1024
_KEEP_SECONDS: Final = 4.0  # below the 5 s after which uvicorn closes an idle connection


class _Connection:
    """A connection and the state of HTTP on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.http = h11.Connection(h11.CLIENT)
        self.idle_since = 0.0

    async def send(self, *events: h11.Event) -> None:
        self.writer.write(b"".join(self.http.send(event) or b"" for event in events))
        await self.writer.drain()

    async def receive(self, seconds: float) -> object:
        """Return the next event. Raises TimeoutError when nothing comes for `seconds`."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(seconds):
                self.http.receive_data(await self.reader.read(_PIECE))
        return event

    @property
    def usable(self) -> bool:
        """Whether another request may go out on it."""
        fresh = time.monotonic() - self.idle_since < _KEEP_SECONDS
        return fresh and not self.reader.at_eof() and not self.writer.is_closing()


class SocketLine:
    """A way to the service that listens on the socket `path`."""

    def __init__(self, path: str, timeouts: Timeouts) -> None:
        """Nothing is connected yet."""
        self._path = path
        self._timeouts = timeouts
        self._idle: list[_Connection] = []
        self._closed = False

    async def once(self, asked: Asked) -> Answer:
        """Send once and return the answer; see `Line.once`. Many may be under way, each on a connection of its own."""
        connection = self._kept() or await self._connected()
        try:
            answer = await self._exchange(connection, asked)
        except (OSError, h11.ProtocolError) as error:
            connection.writer.close()
            if isinstance(error, TimeoutError):
                raise
            raise BrokenLineError from error
        except BaseException:  # given up, or a reply that is not read to its end: nothing else can be asked on it
            connection.writer.close()
            raise
        done = connection.http.our_state is h11.DONE and connection.http.their_state is h11.DONE
        if done and not self._closed:
            connection.http.start_next_cycle()
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        else:
            connection.writer.close()
        return answer

    async def aclose(self) -> None:
        """Close all connections that are idle; the others end with their calls. It is not used again."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.writer.close()

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.writer.close()
        return None

    async def _connected(self) -> _Connection:
        try:
            async with asyncio.timeout(self._timeouts.connect):
                return _Connection(*await asyncio.open_unix_connection(self._path))
        except TimeoutError:
            raise
        except OSError as error:
            raise NoLineError from error

    async def _exchange(self, connection: _Connection, asked: Asked) -> Answer:
        request = h11.Request(
            method=asked.method,
            target=f"{asked.path}?{urlencode(list(_said(asked)))}" if asked.query else asked.path,
            headers=_headers(asked),
        )
        if asked.file is None:
            body = [h11.Data(data=asked.body)] if isinstance(asked.body, bytes) else []
            await connection.send(request, *body, h11.EndOfMessage())
        else:
            await connection.send(request)
            await self._upload(connection, asked.file)
        while not isinstance(head := await connection.receive(self._timeouts.read), h11.Response):
            if not isinstance(head, h11.InformationalResponse):
                raise BrokenLineError
        headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        return await whole(head.status_code, headers, self._body(connection), asked.into)

    async def _body(self, connection: _Connection) -> AsyncIterator[bytes]:
        while isinstance(event := await connection.receive(self._timeouts.read), h11.Data):
            yield bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            raise BrokenLineError

    async def _upload(self, connection: _Connection, file: BinaryIO) -> None:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            async with asyncio.timeout(self._timeouts.read):
                await connection.send(h11.Data(data=piece))
        await connection.send(h11.EndOfMessage())


def _said(asked: Asked) -> Iterator[tuple[str, str]]:
    """The query as text: no value is an empty one, and yes and no are said as JSON says them."""
    for name, value in asked.query.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            yield name, str(one).lower() if isinstance(one, bool) else "" if one is None else str(one)


def _headers(asked: Asked) -> list[tuple[str, str]]:
    length = [("transfer-encoding", "chunked")] if asked.file is not None else []
    if isinstance(asked.body, bytes):
        length = [("content-length", str(len(asked.body)))]
    return [
        ("host", "lms-tui"),
        ("accept", "application/json, application/problem+json"),
        ("accept-encoding", "identity"),
        *length,
        *asked.headers.items(),
    ]
