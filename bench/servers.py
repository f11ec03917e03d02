"""The two servers under measurement, as processes: the floor, and the service as `lms-tui serve` starts it; and the
databases that they read."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from psycopg import sql

from lms_tui.db.migrate import upgrade
from lms_tui.local import postgres
from lms_tui.local.cluster import ROLE, SUPERUSER
from lms_tui.service.settings import Settings

POOL_SIZE = Settings.pool_size
"""Of the pools; what `lms-tui serve` has."""
_START_SECONDS = 60.0


def database(server: postgres.Server, name: str, fill: Callable[[psycopg.Connection[tuple[object, ...]]], None]) -> str:
    """Make a database that `fill` fills as the superuser; return its URL."""
    with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(ROLE)))
    upgrade(server.url(name))
    with psycopg.connect(server.url(name, SUPERUSER), autocommit=True) as connection:
        fill(connection)
        connection.execute("VACUUM ANALYZE")
    return server.url(name)


@dataclass(frozen=True)
class Running:
    """A server that answers; `worker` is the process whose CPU counts."""

    socket: Path
    worker: psutil.Process


@contextmanager
def floor(folder: Path, name: str, database: str) -> Iterator[Running]:
    """Run `floor.py` on `database`."""
    socket = folder / f"{name}-floor.sock"
    script = str(Path(__file__).with_name("floor.py"))
    with _started([sys.executable, script, database, str(socket), str(POOL_SIZE)], folder, socket) as process:
        yield Running(socket, process)


@contextmanager
def service(folder: Path, name: str, database: str) -> Iterator[Running]:
    """Run `lms-tui serve` with one worker on `database`; its keys are in `folder`/secrets."""
    socket = folder / f"{name}-service.sock"
    command = [sys.executable, "-m", "lms_tui", "serve", "--socket", str(socket), "--secrets", str(folder / "secrets")]
    # A load asks more often than a person may: it is counted all the same, and the limit is out of reach.
    with _started([*command, "--database", database, "--rate", "1000000"], folder, socket) as process:
        # beside the worker stands a tracker of resources, which answers nothing
        (worker,) = (child for child in process.children() if "--multiprocessing-fork" in child.cmdline())
        yield Running(socket, worker)


@contextmanager
def on_port(folder: Path, name: str, database: str, *words: str) -> Iterator[int]:
    """Run it with one worker on a port of this machine, which it yields; `words` go to it besides."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "lms_tui", "serve", "--port", str(port), "--secrets", str(folder / "secrets")]
    log_path = folder / f"{name}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [*command, "--database", database, "--rate", "1000000", *words],
            stdout=log, stderr=log, env={**os.environ, "LMS_TUI_HOME": str(folder)},
        )  # fmt: skip
    deadline = time.monotonic() + _START_SECONDS
    try:
        while time.monotonic() < deadline and process.poll() is None and b"listening" not in log_path.read_bytes():
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_START_SECONDS)


@contextmanager
def _started(command: list[str], folder: Path, socket: Path) -> Iterator[psutil.Process]:
    """Start a server, wait until it answers anything, and stop it in the end."""
    log_path = socket.with_suffix(".log")
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "LMS_TUI_HOME": str(folder)})
    try:
        _wait(process, socket, log_path)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_START_SECONDS)


def _wait(process: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    """Wait for a first reply, whatever it says. Raises RuntimeError when the server ends, or none comes."""
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), timeout=_START_SECONDS) as http:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                http.get("http://lms/health")
            except httpx.ConnectError:
                time.sleep(0.02)
            else:
                return
    raise RuntimeError(f"A server did not start: {log.read_text(errors='replace')[-2000:]}")


def get(server: Running, path: str, token: str) -> bytes:
    """Return the body of one reply. Raises httpx.HTTPStatusError for one that is not a success."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(server.socket)), timeout=_START_SECONDS) as http:
        return http.get(f"http://lms{path}", headers={"authorization": f"Bearer {token}"}).raise_for_status().content
