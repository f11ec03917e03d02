"""The embedded PostgreSQL seen from outside: who runs in a folder, behind which socket, and what a dead one left.

PostgreSQL writes `postmaster.pid` and works in its data folder; `server.lock` is held by all its processes (see
`lock.py`). From these three it is told whether a server lives, starts, ends or is an orphan.
"""

import hashlib
import os
import re
import secrets
import signal
import time
from pathlib import Path
from urllib.parse import quote

from lms_tui.local.cluster import DATABASE, ROLE
from lms_tui.local.errors import InUseError, LocalError
from lms_tui.local.lock import try_lock
from lms_tui.local.paths import private_folder, short_runtime, socket_fits
from lms_tui.local.runas import RunAs

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
READY_SECONDS = 120.0
"""The longest wait for a server that starts or ends: recovery of a large WAL on a slow card."""
_ORPHAN_SECONDS = 5.0


def server_url(socket_folder: Path, database: str = DATABASE, role: str = ROLE) -> str:
    """Return the libpq URL of `database` behind a socket folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder), safe='')}&port={PORT}"


def is_postmaster(pid: int, data: Path) -> bool:
    """Tell whether `pid` lives and works in `data`; where /proc is not to be had, whether it lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # somebody else's process: ours can be signalled
    proc = Path(f"/proc/{pid}")
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        zombie = proc.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return not zombie and proc.joinpath("cwd").readlink() == data.resolve()
    except OSError:
        return False


def pid_file(data: Path) -> tuple[int, str, Path | None]:
    """Return (pid, state, socket folder) of `postmaster.pid`; (0, "", None) when there is none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        socket = Path(lines[4].strip()) if len(lines) > 4 and lines[4].strip() else None
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "", socket
    except (FileNotFoundError, ValueError, IndexError):
        return 0, "", None


def _kill_orphans(folder: Path) -> None:
    """Kill what a dead supervisor left behind: every process that works in or below a `data-…` of `folder`.

    Those are servers, and the programs of an upgrade that broke off (see `majors.py`).
    """
    ours = os.fspath(folder.resolve() / "data-")
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) != os.getpid() and os.fspath((entry / "cwd").readlink()).startswith(ours):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue  # it has ended, or is somebody else's


def take_server_lock(folder: Path, data: Path) -> int | tuple[int, Path]:
    """Return the locked descriptor of `server.lock`, or (pid, socket folder) of a server that already runs.

    Waits while one is starting or stopping. Raises InUseError when what holds the lock cannot be ended.
    """
    deadline = time.monotonic() + READY_SECONDS
    orphaned_since: float | None = None
    while time.monotonic() < deadline:
        descriptor = try_lock(folder / "server.lock")
        if descriptor is not None:
            return descriptor
        pid, state, socket = pid_file(data)
        if pid and is_postmaster(pid, data):
            orphaned_since = None
            if state == "ready" and socket is not None and (socket / SOCKET).exists():
                return pid, socket
        else:
            orphaned_since = orphaned_since or time.monotonic()
            if time.monotonic() - orphaned_since > _ORPHAN_SECONDS:
                _kill_orphans(folder)
        time.sleep(0.01)
    raise InUseError(
        f"The database in {folder} is held by a server that neither answers nor ends; see {folder}/postgres.log."
    )


def socket_folder(folder: Path, runas: RunAs) -> Path:
    """Make and return the private folder of the socket, in a short place when `folder` is too deep.

    A PostgreSQL whose folder was removed under it lives on for up to a minute and removes its socket at its end, by
    its path: in a folder that was made again that would be another's. So each making of a folder has a name of its
    own for it. Called with `server.lock` held.
    """
    name = _socket_name(folder)
    socket = folder / f"run-{name}"
    if not socket_fits(socket / SOCKET):
        digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
        socket = private_folder(short_runtime()) / f"pg-{digest}-{name}"
    socket.mkdir(mode=0o700, exist_ok=True)
    found = socket.lstat()
    if not socket.is_dir() or socket.is_symlink() or found.st_uid not in {os.geteuid(), runas.uid}:
        raise LocalError(
            f"The folder {socket} for the database's socket belongs to somebody else. Remove it and start again."
        )
    socket.chmod(0o700)
    runas.give(socket)
    return socket


def _socket_name(folder: Path) -> str:
    """Return the name that this making of `folder` gave its socket: eight letters, thought of at the first start."""
    path = folder / "socket-name"
    name = path.read_text(encoding="ascii", errors="replace") if path.is_file() else ""
    if re.fullmatch("[0-9a-f]{8}", name) is None:
        name = secrets.token_hex(4)
        building = path.with_suffix(".new")
        building.write_text(name, encoding="ascii")
        building.replace(path)
    return name


def clear_stale(data: Path, socket: Path) -> None:
    """Remove the pid and lock files of a dead server whose number another process has by now.

    Called with `server.lock` held, so no process of ours lives. PostgreSQL clears the other stale files itself.
    Raises InUseError when a server that we did not start works in the folder.
    """
    pid, _, _ = pid_file(data)
    if pid and Path("/proc/self/cwd").exists():
        if is_postmaster(pid, data):
            raise InUseError(f"A PostgreSQL that lms-tui did not start (process {pid}) uses {data}. Stop it first.")
        (data / "postmaster.pid").unlink(missing_ok=True)
        (socket / f"{SOCKET}.lock").unlink(missing_ok=True)
