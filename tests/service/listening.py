"""An application behind uvicorn, in a thread of its own, at a port of this machine; and the service as one."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, cast

import httpx
import psycopg
import uvicorn

from lms_tui.service.app import create_app
from lms_tui.service.connections import Guarded, Watch
from lms_tui.service.settings import Settings

from .conftest import MAIL, House


@contextmanager
def listening(app: Callable[..., Any], **how: Any) -> Iterator[socket.socket]:
    """Serve `app` with uvicorn as `serve` does; yields the socket that it listens on."""
    how = {"http": "httptools", "lifespan": "on", **how}
    config = uvicorn.Config(app, ws="none", log_config=None, access_log=False, server_header=False, **how)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        thread = Thread(target=server.run, args=([sock],))
        thread.start()
        try:
            while not server.started:
                thread.join(0.01)
                assert thread.is_alive(), "the service could not start"
            yield sock
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def served(database_url: str, folder: Path, **how: Any) -> Iterator[tuple[House, str]]:
    """Serve the database with settings as `how` has them; yields the house and the service's address. It waits for
    nobody at its doors."""
    service = create_app(Settings(database_url, folder / "secrets", **{"sign_in_floor": 0.0, "mail": MAIL, **how}))
    with (
        listening(service, http=partial(Guarded, Watch())) as sock,
        psycopg.connect(database_url, autocommit=True) as db,
    ):
        yield House(service, cast("httpx.AsyncClient", None), db), f"http://127.0.0.1:{sock.getsockname()[1]}"
