"""The local service with a small application of its own: real host, real PostgreSQL, no use cases."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import psycopg

from lms_tui.build import build_id
from lms_tui.local import host


def app_for(url: str) -> Any:
    """Return an ASGI application that answers `/health` from the database at `url`."""

    build = build_id()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        with psycopg.connect(url) as db:
            rows = db.execute("SELECT count(*) FROM kept").fetchone()
            db.execute("INSERT INTO kept DEFAULT VALUES")
        said = {"status": f"rows={rows and rows[0]} owner={scope['state']['owner']}", "build": build, "wire": 1}
        body = json.dumps(said | {"pid": os.getpid()}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


def run(task: dict[str, Any], say: host.Say) -> None:
    """As `host.run`, with one table for a migration."""
    with host.embedded(Path(task["data"]), say) as (url, keep):
        with psycopg.connect(url) as db:
            db.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
        idle = float(os.environ.get("LMS_TUI_IDLE_SECONDS", "600"))
        socket = Path(task["site"]["socket"])
        asyncio.run(host.serve(app_for(url), socket, keep=keep, idle_seconds=idle, on_ready=lambda: say("ready", "")))


if __name__ == "__main__":
    sys.exit(host.main(sys.argv[1:], run))
