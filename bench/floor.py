"""The floor under the service: a bare ASGI application that does the same work by hand, and nothing besides.

    python bench/floor.py DATABASE_URL SOCKET POOL_SIZE

The same pools, driver, statements, order of round trips and server settings as `lms-tui serve --workers 1`, and the
same bytes in the replies; but no table of operations, no check of the token's signature, no check of any field, no
fault turned into a sentence, no log. What the service costs above this is what its safety and its form cost.
"""

import base64
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID, uuid4

import msgspec
import uvicorn

from lms_tui.db.queries import accounts, catalog, quizzes
from lms_tui.local.host import bind_private
from lms_tui.service.database import Pools, open_pools
from lms_tui.wire.catalog import PageSize, Sort

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

FIRST: Final = catalog.page(Sort.TITLE, "first", PageSize.MEDIUM, catalog.Narrow())
AFTER: Final = catalog.page(Sort.TITLE, "after", PageSize.MEDIUM, catalog.Narrow())


class _Answer(msgspec.Struct, omit_defaults=True):
    chosen: list[UUID] = []


class _Save(msgspec.Struct):
    answer: _Answer
    base: datetime | None = None


_SAVE: Final = msgspec.json.Decoder(_Save)
_encode: Final = msgspec.json.Encoder().encode


def cursor(title: str, course: UUID) -> str:
    """Return the place behind a course in the catalog by title, as the service writes it."""
    return base64.urlsafe_b64encode(_encode(("title", title, course))).decode().rstrip("=")


class Floor:
    """Two operations: a page of the catalog by title, and the save of an answer."""

    def __init__(self, url: str, pool_size: int) -> None:
        self._url, self._pool_size = url, pool_size
        self._pools: Pools | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one event of ASGI."""
        if scope["type"] == "lifespan":
            await receive()
            self._pools = open_pools(self._url, self._pool_size)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._pools.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        assert self._pools is not None  # requests come after the start
        user = await _user(self._pools, scope)
        if scope["method"] == "GET":
            body = await _page(self._pools, user, scope["query_string"])
        else:
            body = await _save(self._pools, user, scope["path"].split("/"), (await receive())["body"])
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _user(pools: Pools, scope: MutableMapping[str, Any]) -> UUID:
    """Read the user whom the token names, in its bytes 1 to 17."""
    token = next(value for name, value in scope["headers"] if name == b"authorization")[7:]  # after "Bearer "
    named = UUID(bytes=base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))[1:17])
    user: UUID = (await pools.rows(accounts.BY_ID, {"user": named}))[0][0]
    return user


async def _page(pools: Pools, user: UUID, query: bytes) -> bytes:
    values: dict[str, Any] = {"user": user}
    if query:
        given = unquote(query[6:].decode())
        _, values["key"], values["id"] = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    rows = await pools.rows(AFTER if query else FIRST, values)
    shown = rows[: PageSize.MEDIUM]
    return _encode(
        {
            "courses": [
                {
                    "id": row[0],
                    "title": row[1],
                    "description": row[2],
                    "author": row[3],
                    "author_id": row[13],
                    "category_id": row[4],
                    "category": row[5],
                    "chapters": row[6],
                    "lessons": row[7],
                    "price_in_cents": row[8],
                    "currency": row[9],
                    "enrolled": row[10],
                    "completed_lessons": row[11],
                    "completed_at": row[12],
                }
                for row in shown
            ],
            "next": cursor(shown[-1][1], shown[-1][0]) if len(rows) > len(shown) else None,
            "previous": cursor(shown[0][1], shown[0][0]) if query else None,
            "corrected": None,
        }
    )


async def _save(pools: Pools, user: UUID, path: list[str], body: bytes) -> bytes:
    """Lock the attempt `FOR NO KEY UPDATE` and read the question; put the new rows in the old ones' place; commit."""
    wanted = _SAVE.decode(body)
    own: dict[str, Any] = {"user": user, "attempt": UUID(path[3]), "question": UUID(path[5])}
    async with pools.writer.connection() as tx:
        _, found = await quizzes.together(tx, (quizzes.LOCK_ATTEMPT_AND_ACCESS, own), (quizzes.QUESTION, own))
        at = found[0][8]
        if wanted.base is not None:
            at = max(at, wanted.base + timedelta(microseconds=1))
        chosen = wanted.answer.chosen
        new = {**own, "at": at, "ids": [uuid4() for _ in chosen], "options": chosen, "texts": [None for _ in chosen]}
        await quizzes.together(tx, (quizzes.CLEAR_ANSWER, own), (quizzes.SET_ANSWER, new), commit=True)
    return _encode({"question_id": own["question"], "answer": wanted.answer, "updated_at": at})


def main(url: str, path: str, pool_size: str) -> None:
    """Serve on a Unix socket until SIGTERM, with the settings of `lms_tui.service.serve`."""
    config = uvicorn.Config(
        Floor(url, int(pool_size)),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[bind_private(Path(path))])


if __name__ == "__main__":
    main(*sys.argv[1:])
