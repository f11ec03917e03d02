"""A real HTTP server that speaks the wire, with the faults that a test wants: no service does these on demand."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lms_tui.wire.accounts import Session, User
from lms_tui.wire.errors import CONTENT_TYPE, STATUS, Code, Problem

ADA = User(id=UUID(int=1), email="ada@example.org", first_name="Ada", last_name="L", role="STUDENT")
Handler = Callable[[Request], Awaitable[Response]]


def session(number: int = 1, seconds: float = 900.0) -> Session:
    """A session whose tokens carry `number`."""
    now = datetime.now(UTC)
    return Session(
        access=f"access-{number}",
        access_expires_at=now + timedelta(seconds=seconds),
        refresh=f"refresh-{number}",
        refresh_expires_at=now + timedelta(days=30),
        user=ADA,
    )


def reply(value: object) -> Response:
    """A success."""
    return Response(msgspec.json.encode(value), media_type="application/json")


def problem(code: Code, detail: str = "No.") -> Response:
    """A refusal."""
    what = Problem(status=STATUS[code], code=code, title="No", detail=detail)
    return Response(msgspec.json.encode(what), status_code=STATUS[code], media_type=CONTENT_TYPE)


@asynccontextmanager
async def serving(routes: dict[str, Handler], path: Path | None) -> AsyncIterator[str]:
    """Serve `routes` ("METHOD /path") on a Unix socket at `path`, or on a port of this machine; yield the address."""
    table = [Route(where.split()[1], run, methods=[where.split()[0]]) for where, run in routes.items()]
    async with listening(Starlette(routes=table), path) as address:
        yield address


@asynccontextmanager
async def listening(app: ASGIApp, path: Path | None) -> AsyncIterator[str]:
    """Serve `app` in the same way; who opens and closes it is the caller."""
    if path is None:
        bound = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    else:
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(str(path))
        address = f"unix:{path}"
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield address
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
        bound.close()
