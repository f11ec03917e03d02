"""Our own supervisor of the embedded PostgreSQL: start, find again, stop, recover.

    server = start(folder, progress=print)      # folder is made, private; the database too at the first start
    server.url()                                # postgresql://lms_tui@/lms_tui?host=%2F…
    server.stop()

Works as an ordinary user and as root (see `runas.py`), without namespaces. In `folder`:
`data-18/` (PGDATA), `postgres.log`, `supervisor.lock`, `server.lock`, `run/` (the socket, when its path fits).
"""

import hashlib
import os
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from lms_tui.local.binaries import MAJOR, Binaries, reachable_copy, shipped_binaries
from lms_tui.local.cluster import DATABASE, ROLE, Progress, clean_environment, make_cluster, write_access
from lms_tui.local.errors import InUseError, LocalError, ServerFailedError
from lms_tui.local.lock import SupervisorLock, try_lock
from lms_tui.local.paths import private_folder, short_runtime, socket_fits
from lms_tui.local.runas import RunAs, ambient_capability, reachable, server_user

PORT = 5432
REACHABLE = Path("/var/lib/lms-tui")
"""Where the server of a root session lives when it cannot enter root's own folders."""
_SOCKET = f".s.PGSQL.{PORT}"
_READY_SECONDS = 120.0  # recovery of a large WAL on a slow card
_ORPHAN_SECONDS = 5.0
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


def _say_nothing(_sentence: str) -> None:
    """Take a sentence and show it nowhere: for callers without a screen."""


class Server:
    """A running server; `stop` ends it and lets the folder go."""

    def __init__(
        self,
        folder: Path,
        data: Path,
        socket: Path,
        binaries: Binaries,
        lock: SupervisorLock,
        pid: int,
        process: "subprocess.Popen[bytes] | None",
    ) -> None:
        self.folder, self.data, self.socket_folder, self.binaries = folder, data, socket, binaries
        self.pid, self.process = pid, process
        self._lock = lock

    def url(self, database: str = DATABASE, role: str = ROLE) -> str:
        """Return the libpq URL of a database of this server; it holds no secret."""
        return server_url(self.socket_folder, database, role)

    def running(self) -> bool:
        """Tell whether the postmaster lives."""
        if self.process is not None:
            return self.process.poll() is None
        return _is_postmaster(self.pid, self.data)

    def wait(self) -> None:
        """Block until the postmaster has ended, for whatever reason."""
        if self.process is not None:
            self.process.wait()
        while self.running():
            time.sleep(0.1)

    def stop(self, *, patience: float = 20.0) -> None:
        """Stop fast (sessions are rolled back, all is checkpointed), after `patience` seconds immediately."""
        for kind, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if self.running():
                os.kill(self.pid, kind)
            if self._ended(seconds):
                break
        self._lock.release()

    def _ended(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.running() and _try_free(self.folder):
                return True
            time.sleep(0.01)
        return False

    def forget(self) -> None:
        """Let the folder go without stopping, after the server has died by itself."""
        self._lock.release()


def server_url(socket_folder: Path, database: str = DATABASE, role: str = ROLE) -> str:
    """Return the libpq URL of `database` behind a socket folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder), safe='')}&port={PORT}"


def _try_free(folder: Path) -> bool:
    descriptor = try_lock(folder / "server.lock")
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


def _is_postmaster(pid: int, data: Path) -> bool:
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


def _pid_file(data: Path) -> tuple[int, str, Path | None]:
    """Return (pid, state, socket folder) of `postmaster.pid`; (0, "", None) when there is none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        socket = Path(lines[4].strip()) if len(lines) > 4 and lines[4].strip() else None
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "", socket
    except (FileNotFoundError, ValueError, IndexError):
        return 0, "", None


def _kill_orphans(data: Path) -> None:
    """Kill what a dead postmaster left behind: every process that works in `data`."""
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        if pid != os.getpid() and _is_postmaster(pid, data):
            os.kill(pid, signal.SIGKILL)


def _take_server_lock(folder: Path, data: Path) -> int | tuple[int, Path]:
    """Return the locked descriptor of `server.lock`, or (pid, socket folder) of a server that already runs.

    Waits while one is starting or stopping. Raises InUseError when what holds the lock cannot be ended.
    """
    deadline = time.monotonic() + _READY_SECONDS
    orphaned_since: float | None = None
    while time.monotonic() < deadline:
        descriptor = try_lock(folder / "server.lock")
        if descriptor is not None:
            return descriptor
        pid, state, socket = _pid_file(data)
        if pid and _is_postmaster(pid, data):
            orphaned_since = None
            if state == "ready" and socket is not None and (socket / _SOCKET).exists():
                return pid, socket
        else:
            orphaned_since = orphaned_since or time.monotonic()
            if time.monotonic() - orphaned_since > _ORPHAN_SECONDS:
                _kill_orphans(data)
        time.sleep(0.01)
    raise InUseError(
        f"The database in {folder} is held by a server that neither answers nor ends; see {folder}/postgres.log."
    )


def _socket_folder(folder: Path, runas: RunAs) -> Path:
    """Make and return the private folder of the socket, in a short place when `folder` is too deep."""
    socket = folder / "run"
    if not socket_fits(socket / _SOCKET):
        digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
        socket = private_folder(short_runtime()) / f"pg-{digest}"
    socket.mkdir(mode=0o700, exist_ok=True)
    found = socket.lstat()
    if not socket.is_dir() or socket.is_symlink() or found.st_uid not in {os.geteuid(), runas.uid}:
        raise LocalError(
            f"The folder {socket} for the database's socket belongs to somebody else. Remove it and start again."
        )
    socket.chmod(0o700)
    runas.give(socket)
    return socket


def _clear_stale(data: Path, socket: Path) -> None:
    """Remove the pid and lock files of a dead server whose number another process has by now.

    Called with `server.lock` held, so no process of ours lives. PostgreSQL clears the other stale files itself.
    Raises InUseError when a server that we did not start works in the folder.
    """
    pid, _, _ = _pid_file(data)
    if pid and Path("/proc/self/cwd").exists():
        if _is_postmaster(pid, data):
            raise InUseError(f"A PostgreSQL that lms-tui did not start (process {pid}) uses {data}. Stop it first.")
        (data / "postmaster.pid").unlink(missing_ok=True)
        (socket / f"{_SOCKET}.lock").unlink(missing_ok=True)


def _spawn(
    binaries: Binaries,
    runas: RunAs,
    data: Path,
    socket: Path,
    settings: Mapping[str, str],
    lock: int,
    *,
    end_with_us: bool,
) -> "subprocess.Popen[bytes]":
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


def _wait_ready(process: "subprocess.Popen[bytes]", data: Path, progress: Progress) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    slow = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log = data.parent / "postgres.log"
            lines = [line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line][-1:]
            raise ServerFailedError(
                f"PostgreSQL did not start ({' '.join(lines) or 'no reason given'}). Its log is {log}."
            )
        pid, state, _ = _pid_file(data)
        if pid == process.pid and state == "ready":
            return
        if time.monotonic() > slow:
            progress("The database is looking through its journal after a sudden end…")
            slow = deadline
        time.sleep(0.005)
    process.kill()
    raise ServerFailedError(
        f"PostgreSQL was not ready after {_READY_SECONDS:.0f} seconds. Its log is {data.parent}/postgres.log."
    )


def _plan(folder: Path) -> tuple[Path, Binaries, RunAs]:
    """Return where the database goes, from which programs and as whom.

    The server of a root session is an unprivileged user. PostgreSQL's programs look for each other with access(2),
    for which no capability counts: where that user cannot enter their folder (a virtual environment below `/root`),
    they are copied to `/var/lib/lms-tui`. Where root can keep no capability for its server (gVisor, `--cap-drop`),
    a private data folder cannot be entered either, and the database lives there too.
    """
    binaries = shipped_binaries()
    if os.geteuid() != 0:
        return folder, binaries, server_user(None)
    capability = ambient_capability()
    runas = server_user(capability)
    if capability is not None and reachable(binaries.root / "bin"):
        return folder, binaries, runas
    base = _reachable_base()
    if capability is None:
        folder = base / hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return folder, reachable_copy(binaries, base), runas


def _reachable_base() -> Path:
    """Return `/var/lib/lms-tui`, made where it is missing. Raises LocalError when it is not as it has to be."""
    base = REACHABLE
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or not reachable(base):
        raise LocalError(
            f"{base} must be a folder of root's that any user may enter. Mend it, or use an ordinary user."
        )
    return base


def find(folder: Path) -> str | None:
    """Return the URL of the server that is ready in `folder`, None where there is none; nothing is started."""
    data = _plan(folder.absolute())[0] / f"data-{MAJOR}"
    pid, state, socket = _pid_file(data)
    if pid and state == "ready" and socket is not None and _is_postmaster(pid, data):
        return server_url(socket)
    return None


def start(
    folder: Path,
    *,
    progress: Progress = _say_nothing,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
    end_with_us: bool = False,
) -> Server:
    """Start the server of `folder`, or take over one that a dead supervisor left running.

    At the first start the database is made; `progress` gets sentences for the screen. `settings` are added to
    `SETTINGS`. `durable=False` is for tests on a memory file system (no sync, fsync off). `end_with_us` lets
    Linux stop the server when the calling *thread* ends; for a long-lived thread only.

    Raises InUseError (another process or machine has the folder), ServerFailedError, LocalError.
    """
    folder, binaries, runas = _plan(folder.absolute())
    private_folder(folder)
    if runas.uid >= 0 and runas.capability < 0:
        os.chown(folder, 0, runas.gid)
        folder.chmod(0o710)
    lock = SupervisorLock(folder)
    try:
        return _start_locked(
            folder, binaries, runas, lock, progress, {**SETTINGS, **(settings or {})}, durable, end_with_us
        )
    except BaseException:
        lock.release()
        raise


def _start_locked(
    folder: Path,
    binaries: Binaries,
    runas: RunAs,
    lock: SupervisorLock,
    progress: Progress,
    settings: dict[str, str],
    durable: bool,
    end_with_us: bool,
) -> Server:
    data = folder / f"data-{MAJOR}"
    held = _take_server_lock(folder, data)
    if not isinstance(held, int):
        return Server(folder, data, held[1], binaries, lock, held[0], None)
    try:
        if not data.exists():
            progress("Making your database; this happens once…")
            make_cluster(binaries, runas, data, held, durable=durable)
        progress("Starting the database…")
        write_access(data, runas)
        socket = _socket_folder(folder, runas)
        _clear_stale(data, socket)
        if not durable:
            settings = {**settings, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        process = _spawn(binaries, runas, data, socket, settings, held, end_with_us=end_with_us)
    finally:
        os.close(held)
    _wait_ready(process, data, progress)
    return Server(folder, data, socket, binaries, lock, process.pid, process)
