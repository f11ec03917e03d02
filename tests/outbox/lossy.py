"""A Unix-socket proxy that loses replies: the request arrives and is carried out, the answer does not come back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def lossy_proxy(front: Path, back: Path, *, share: float, seed: int) -> AsyncIterator[list[int]]:
    """Forward `front` to `back`, closing the connection in place of `share` of the replies; yields [lost]."""
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    lost = [0]

    async def forward(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(back)

        async def up() -> None:
            while piece := await client.read(65536):
                to_server.write(piece)
                await to_server.drain()

        sending = asyncio.create_task(up())
        try:
            while piece := await server.read(65536):
                if dice.random() < share:
                    lost[0] += 1
                    break
                to_client.write(piece)
                await to_client.drain()
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
            to_server.close()
            to_client.close()

    listening = await asyncio.start_unix_server(forward, front)
    async with listening:
        yield lost
