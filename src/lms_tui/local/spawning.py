"""Starting the process of the embedded PostgreSQL: with which settings, as whom, and when it is ready."""

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from lms_tui.local.binaries import Binaries
from lms_tui.local.cluster import Progress, clean_environment
from lms_tui.local.errors import ServerFailedError
from lms_tui.local.postmaster import PORT, READY_SECONDS, pid_file
from lms_tui.local.runas import RunAs

_LOG_LIMIT = 4_000_000

# Small enough for a Raspberry Pi; nothing here trades durability away.
SETTINGS: dict[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "30",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "autovacuum_worker_slots": "2",
    "autovacuum_max_workers": "2",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def spawn(
    binaries: Binaries,
    runas: RunAs,
    data: Path,
    socket: Path,
    settings: Mapping[str, str],
    lock: int,
    *,
    end_with_us: bool,
) -> "subprocess.Popen[bytes]":
    """Start the postmaster of `data` with its socket in `socket`; it inherits `lock`, the held `server.lock`."""
    options: list[str] = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    command: list[str | Path] = [
        binaries.program("postgres"),
        "-D",
        data,
        "-c",
        f"unix_socket_directories={socket}",
        *options,
    ]
    log = data.parent / "postgres.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "wb") as sink:
        return subprocess.Popen(
            runas.command(command, end_with_us=end_with_us),
            cwd=data,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            pass_fds=(lock,),
            start_new_session=True,
        )


def wait_ready(process: "subprocess.Popen[bytes]", data: Path, progress: Progress) -> None:
    """Wait until the server of `process` takes connections. Raises ServerFailedError with PostgreSQL's reason."""
    deadline = time.monotonic() + READY_SECONDS
    slow = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log = data.parent / "postgres.log"
            lines = [line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line][-1:]
            raise ServerFailedError(
                f"PostgreSQL did not start ({' '.join(lines) or 'no reason given'}). Its log is {log}."
            )
        pid, state, _ = pid_file(data)
        if pid == process.pid and state == "ready":
            return
        if time.monotonic() > slow:
            progress("The database is looking through its journal after a sudden end…")
            slow = deadline
        time.sleep(0.005)
    process.kill()
    raise ServerFailedError(
        f"PostgreSQL was not ready after {READY_SECONDS:.0f} seconds. Its log is {data.parent}/postgres.log."
    )
