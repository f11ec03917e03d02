"""Reads end with whoever asked: a reply that nobody waits for is not worked out, nor is its statement run to its end.

Who searches while typing leaves one request after the other. Only what reads is given up; a write is carried out.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final

_GRACE: Final = 0.03
"""Seconds after which a read is watched. Most have ended by then and cost no watch (2.5 % of a page's CPU); and
PostgreSQL starts a process to cancel one, which is more work than to end it."""


class CallerGoneError(Exception):
    """The caller has hung up; nothing more is sent."""


@asynccontextmanager
async def ends_with_caller(receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> AsyncIterator[None]:
    """Cancel what runs inside when the caller hangs up (psycopg then cancels its statement), and raise CallerGoneError.

    The request has to be read to its end before: everything that `receive` gives is passed over.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - every coroutine of a server runs in one
    gone = False
    watching: asyncio.Task[None] | None = None

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it is `receive` that waits
            await asyncio.sleep(0)  # where it does not, the read goes on all the same
        gone = True
        task.cancel()

    def begin() -> None:
        nonlocal watching
        watching = asyncio.create_task(watch())

    beginning = asyncio.get_running_loop().call_later(_GRACE, begin)
    try:
        yield
    except asyncio.CancelledError:
        if gone and task.uncancel() == 0:
            raise CallerGoneError from None
        raise
    finally:
        beginning.cancel()
        if watching is not None:
            watching.cancel()
