"""The lock on the folder of a database: one supervisor at a time, and never two machines.

Two files are locked with `flock`. `supervisor.lock` is held by the process that looks after the server and
tells, inside, its machine and boot. `server.lock` is inherited by PostgreSQL and all its processes, so it is
free exactly when none of them lives, however hard any of them was killed. `flock` alone does not see another
machine on a shared folder (NFS, a synchronised home), which is what the text inside is for: a folder whose
lock names another machine is refused until that one stopped cleanly or the file is deleted by hand.
"""

import fcntl
import json
import os
import socket
from pathlib import Path

from lms_tui.local.errors import InUseError


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def this_host() -> dict[str, str]:
    """Return what tells this machine and its present boot: `host`, `machine`, `boot` ("" where unknown)."""
    return {
        "host": socket.gethostname(),
        "machine": _first_line("/etc/machine-id"),
        "boot": _first_line("/proc/sys/kernel/random/boot_id"),
    }


def _another_machine(text: str) -> str | None:
    """Return the name of the other machine in a lock's text, or None when it is free, ours or unreadable.

    The same boot is the same kernel, whatever a container calls itself: there `flock` decides. Unreadable
    text was never synced, so no server was ever started behind it.
    """
    try:
        told = json.loads(text)
    except ValueError:
        return None
    ours = this_host()
    if not isinstance(told, dict) or (told.get("boot") and told.get("boot") == ours["boot"]):
        return None
    if all(told.get(key) == ours[key] for key in ("host", "machine")):
        return None
    return str(told.get("host") or "another machine")


def try_lock(path: Path) -> int | None:
    """Open and lock `path` (0600, made when missing); return the descriptor, or None when another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


class SupervisorLock:
    """The right to look after the server in `folder`, held until `release`.

    Raises InUseError, with a sentence, when another process or another machine has it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "supervisor.lock"
        descriptor = try_lock(self.path)
        if descriptor is None:
            raise InUseError(f"The database in {folder} is already looked after by another process of this machine.")
        self._descriptor = descriptor
        other = _another_machine(os.pread(descriptor, 4096, 0).decode("utf-8", "replace"))
        if other is not None:
            os.close(descriptor)
            raise InUseError(
                f"The database in {folder} is in use on the machine “{other}”. Close lms-tui there. "
                f"If that machine is gone for good, delete {self.path} and start again."
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(this_host()).encode(), 0)
        os.fsync(descriptor)

    def is_lost(self) -> bool:
        """Tell whether what is locked stands no longer at its path: the folder was removed, and perhaps made again."""
        if self._descriptor < 0:
            return False
        try:
            return not os.path.samestat(os.fstat(self._descriptor), self.path.lstat())
        except FileNotFoundError:
            return True

    def release(self) -> None:
        """Say that the server was stopped cleanly, and let the folder go. Safe to call twice."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1
