"""Our own supervisor of the embedded PostgreSQL: start, find again, stop, recover.

    server = start(folder, progress=print)      # folder is made, private; the database too at the first start
    server.url()                                # postgresql://lms_tui@/lms_tui?host=%2F…
    server.stop()

Works as an ordinary user and as root (see `runas.py`), without namespaces. In `folder`:
`data-18/` (PGDATA), `postgres.log`, `supervisor.lock`, `server.lock`, `run/` (the socket, when its path fits).
A database that an older PostgreSQL made (`data-16/`) is brought over first (see `majors.py`).
"""

import hashlib
import os
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from lms_tui.local.binaries import MAJOR, Binaries, reachable_copy, shipped_binaries
from lms_tui.local.cluster import (
    DATABASE,
    ROLE,
    Progress,
    clear_unfinished,
    make_cluster,
    write_access,
)
from lms_tui.local.errors import LocalError
from lms_tui.local.lock import SupervisorLock, try_lock
from lms_tui.local.majors import Older, bring_over, older_data
from lms_tui.local.paths import private_folder
from lms_tui.local.postmaster import (
    clear_stale,
    is_postmaster,
    pid_file,
    server_url,
    socket_folder,
    take_server_lock,
)
from lms_tui.local.runas import RunAs, ambient_capability, reachable, server_user
from lms_tui.local.spawning import SETTINGS, spawn, wait_ready

REACHABLE = Path("/var/lib/lms-tui")
"""Where the server of a root session lives when it cannot enter root's own folders."""


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
        return is_postmaster(self.pid, self.data)

    def is_homeless(self) -> bool:
        """Tell whether the folder was removed under the server; what stands at its path by now is another's."""
        return self._lock.is_lost()

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
            if not self.running() and (self.is_homeless() or _try_free(self.folder)):
                return True
            time.sleep(0.01)
        return False

    def forget(self) -> None:
        """Let the folder go without stopping, after the server has died by itself."""
        self._lock.release()


def _try_free(folder: Path) -> bool:
    descriptor = try_lock(folder / "server.lock")
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


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


def _programs_of(older: Older, runas: RunAs) -> Binaries:
    """Return the programs that made an older database, where the server's user can run them."""
    programs = shipped_binaries(older.major)
    if runas.uid >= 0 and not reachable(programs.root / "bin"):
        return reachable_copy(programs, _reachable_base())
    return programs


def find(folder: Path) -> str | None:
    """Return the URL of the server that is ready in `folder`, None where there is none; nothing is started."""
    data = _plan(folder.absolute())[0] / f"data-{MAJOR}"
    pid, state, socket = pid_file(data)
    if pid and state == "ready" and socket is not None and is_postmaster(pid, data):
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
    older = older_data(folder)
    held = take_server_lock(folder, data)
    if not isinstance(held, int):
        return Server(folder, data, held[1], binaries, lock, held[0], None)
    try:
        clear_unfinished(data)
        socket = socket_folder(folder, runas)
        if older is not None:
            programs = _programs_of(older, runas)
            bring_over(older, programs, binaries, runas, socket=socket, lock=held, durable=durable, progress=progress)
        elif not data.exists():
            progress("Making your database; this happens once…")
            make_cluster(binaries, runas, data, held, durable=durable)
        progress("Starting the database…")
        write_access(data, runas)
        clear_stale(data, socket)
        if not durable:
            settings = {**settings, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        process = spawn(binaries, runas, data, socket, settings, held, end_with_us=end_with_us)
    finally:
        os.close(held)
    wait_ready(process, data, progress)
    return Server(folder, data, socket, binaries, lock, process.pid, process)
