"""Connections to a service, on either kind of line: kept, closed by the other side, broken in the middle."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from lms_tui.client.api import Api
from lms_tui.client.errors import Unreachable
from lms_tui.wire.accounts import ME, MeRequest
from tests.client.wire_server import ADA, session

pytestmark = pytest.mark.anyio

_BODY = msgspec.json.encode(ADA)
_REPLY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(_BODY) + _BODY


class Server:
    """Answers each request with the next of `replies`, the last again and again; empty: closes without a word."""

    def __init__(self, *replies: bytes, close: bool = False) -> None:
        self.replies, self.close = list(replies), close
        self.connections = self.requests = 0
        self.asked, self.answering, self.left = asyncio.Event(), asyncio.Event(), asyncio.Event()
        """Whether somebody has asked, whether anybody is answered, and whether somebody has gone."""
        self.answering.set()

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                self.asked.set()
                reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                await self.answering.wait()
                writer.write(reply)
                await writer.drain()
                if self.close or not reply.endswith(_BODY):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has closed
        finally:
            self.left.set()
            writer.close()


@pytest.fixture(params=["unix", "tcp"])
async def calling(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[[Server], Awaitable[Api]]]:
    """Makes calls to a server of this test."""
    opened: list[tuple[asyncio.Server, Api]] = []

    async def call(server: Server) -> Api:
        if request.param == "unix":
            listening = await asyncio.start_unix_server(server.run, tmp_path / "s")
            address = f"unix:{tmp_path}/s"
        else:
            listening = await asyncio.start_server(server.run, "127.0.0.1", 0)
            address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        api = Api(address)
        api.use(session())
        opened.append((listening, api))
        return api

    yield call
    for listening, api in opened:
        await api.aclose()
        listening.close()
        await listening.wait_closed()


async def test_a_connection_is_kept_for_the_next_call(calling: Callable[[Server], Awaitable[Api]]) -> None:
    api = await calling(server := Server(_REPLY))
    for _ in range(3):
        assert (await api.call(ME, MeRequest())).id == ADA.id
    assert (server.connections, server.requests) == (1, 3)


async def test_calls_side_by_side_do_not_wait_for_each_other(calling: Callable[[Server], Awaitable[Api]]) -> None:
    api = await calling(server := Server(_REPLY))
    people = await asyncio.gather(*(api.call(ME, MeRequest()) for _ in range(5)))
    assert [person.id for person in people] == [ADA.id] * 5
    assert server.connections == 5


async def test_a_connection_that_the_service_closed_is_not_noticed(calling: Callable[[Server], Awaitable[Api]]) -> None:
    api = await calling(server := Server(_REPLY, close=True))
    for _ in range(3):
        assert (await api.call(ME, MeRequest())).id == ADA.id
    assert (server.connections, server.requests) == (3, 3)


async def test_nor_are_several_that_it_closed(calling: Callable[[Server], Awaitable[Api]]) -> None:
    """Trying again once would only come to the next of them."""
    api = await calling(server := Server(_REPLY, close=True))
    await asyncio.gather(*(api.call(ME, MeRequest()) for _ in range(4)))
    await asyncio.sleep(0.05)  # until the news of their end has come
    assert (await api.call(ME, MeRequest())).id == ADA.id
    assert server.requests == 5


@pytest.mark.parametrize("reply", [b"", _REPLY[:-5], _REPLY[:20]], ids=["nothing", "half a body", "half a head"])
async def test_what_breaks_is_sent_once_more_and_no_oftener(
    calling: Callable[[Server], Awaitable[Api]], reply: bytes
) -> None:
    api = await calling(server := Server(reply, _REPLY))
    assert (await api.call(ME, MeRequest())).id == ADA.id
    server.replies = [reply]
    server.requests = 0
    with pytest.raises(Unreachable, match="broke off"):
        async with asyncio.timeout(5):
            await api.call(ME, MeRequest())
    assert server.requests == 2


async def test_who_is_still_answered_when_all_is_closed_leaves_no_connection(tmp_path: Path) -> None:
    server = Server(_REPLY)
    server.answering.clear()
    api = Api(f"unix:{tmp_path}/s")
    api.use(session())
    async with await asyncio.start_unix_server(server.run, tmp_path / "s"), asyncio.timeout(10):
        asked = asyncio.create_task(api.call(ME, MeRequest()))
        await server.asked.wait()
        await api.aclose()
        server.answering.set()
        assert (await asked).id == ADA.id
        await server.left.wait()


async def test_who_is_asked_when_all_is_closed_over_a_network_is_told_so_and_asks_no_more() -> None:
    """There the connection goes with its call: whoever signs out while a screen loads."""
    server = Server(_REPLY)
    server.answering.clear()
    async with await asyncio.start_server(server.run, "127.0.0.1", 0) as listening, asyncio.timeout(10):
        api = Api(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
        api.use(session())
        asked = asyncio.create_task(api.call(ME, MeRequest()))
        await server.asked.wait()
        await api.aclose()
        with pytest.raises(Unreachable, match="no connection"):
            await asked
        server.answering.set()
        await server.left.wait()
    assert server.requests == 1
