"""What the benchmarks of the service have in common: their arguments, a PostgreSQL of their own with the service's
folder beside it, sessions, a load in a process of its own, and what CPU a process took."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
import psutil
import psycopg

import servers
from lms_tui.local import postgres
from lms_tui.service.tokens import Tokens, keys_in

_PATIENCE: Final = 120.0
"""Seconds that a load may take longer than it was told."""
Found = TypeVar("Found")


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser of what all of them take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures here too")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where the database goes: on a disk")
    return parser


def add_quick(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Let a benchmark be tried."""
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it runs; no figures to keep")
    return parser


def say(sentence: str) -> None:
    """Tell how far it is, beside the figures."""
    print(sentence, file=sys.stderr, flush=True)


def keep(path: Path | None, figures: object) -> None:
    """Write `figures` to `path` as JSON, where one is given."""
    if path is not None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1))


@dataclass(frozen=True)
class Ground:
    """Where one run stands: a folder that goes with it, and its PostgreSQL."""

    folder: Path
    server: postgres.Server

    def tokens(self, url: str, users: list[UUID]) -> list[str]:
        """Return sessions of `users` at the service on the database at `url`, issued now."""
        with psycopg.connect(url) as connection:
            now = connection.execute("SELECT clock_timestamp()").fetchall()[0][0]
        signer = Tokens(keys_in(self.folder / "secrets"))
        return [signer.sign("access", user, now) for user in users]

    def database_cpu(self) -> float:
        """Return the milliseconds of CPU that PostgreSQL's processes have taken, those that run now."""
        return sum(map(cpu, psutil.Process(self.server.pid).children()))


@contextmanager
def ground(parent: Path, connections: int = 120) -> Iterator[Ground]:
    """Start a PostgreSQL in a folder below `parent`; stop it and clear the folder away in the end."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-", dir=parent) as folder:
        server = postgres.start(Path(folder) / "pg", settings={"max_connections": str(connections)})
        try:
            yield Ground(Path(folder), server)
        finally:
            server.stop()


def cpu(process: psutil.Process) -> float:
    """Return the milliseconds of CPU that the main thread of `process` has taken: by Linux' scheduler, which counts
    nanoseconds; elsewhere that of all its threads, in hundredths of a second. 0 for one that has ended."""
    try:
        return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        pass
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return 1000 * (times.user + times.system)


def loaded(
    script: ModuleType, plan: Any, seconds: float, kind: type[Found], server: servers.Running
) -> tuple[Found, float]:
    """Run `script` with `plan` in a process of its own; return what it measured, and the milliseconds of CPU that the
    server's process took meanwhile. Raises RuntimeError when a reply is not a success."""
    before = server.worker.cpu_times()
    found = ran(script, plan, seconds, kind)
    after = server.worker.cpu_times()
    return found, 1000 * (after.user + after.system - before.user - before.system)


def ran(script: ModuleType, plan: Any, seconds: float, kind: type[Found]) -> Found:
    """Run `script` with `plan` in a process of its own; return what it measured. Raises RuntimeError when a reply is
    not a success."""
    done = subprocess.run(
        [sys.executable, str(script.__file__)],
        input=msgspec.json.encode(plan),
        capture_output=True,
        check=False,
        timeout=seconds + _PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"The load broke off: {done.stderr.decode(errors='replace')[-2000:]}")
    return msgspec.json.decode(done.stdout, type=kind)
