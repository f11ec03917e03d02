"""Who runs PostgreSQL: ourselves, or, when we are root, an unprivileged user that is given its files.

An unprivileged session runs the server itself. A root session cannot (PostgreSQL refuses), so the server
runs as the user `nobody` in a group of its own number that nobody else is in: other processes of `nobody`
can neither trace it (the groups differ) nor enter its folders (which stand in folders of root's, or of
that group). See `drop.py` for how the change is made and what reaches into `/root`.
"""

import ctypes
import os
import pwd
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lms_tui.local.errors import LocalError

GROUP = 61817
"""The group number of the server of a root session; no name is needed, and no other process has it."""

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
_PR_GET_SECUREBITS = 27
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_IS_SET = 1
_SECBIT_NO_CAP_AMBIENT_RAISE = 1 << 6
_DROP = Path(__file__).with_name("drop.py")


@dataclass(frozen=True)
class RunAs:
    """The user, group and capability (-1: none, unchanged) under which PostgreSQL's programs run."""

    uid: int = -1
    gid: int = -1
    capability: int = -1

    def command(self, command: Sequence[str | os.PathLike[str]], *, end_with_us: bool = False) -> list[str]:
        """Return the command line that runs `command` as this user.

        With `end_with_us`, Linux sends it SIGINT when the *thread* that started it ends, so start it from a
        thread that lives as long as it shall.
        """
        words = [os.fspath(word) for word in command]
        if self.uid < 0 and not end_with_us:
            return words
        parent = os.getpid() if end_with_us else 0
        change = [str(number) for number in (parent, self.uid, self.gid, self.capability)]
        return [sys.executable, "-I", "-S", os.fspath(_DROP), *change, "--", *words]

    def give(self, *paths: Path) -> None:
        """Give the files or folders themselves (not what is in them) to this user; nothing for ourselves."""
        if self.uid >= 0:
            for path in paths:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def ambient_capability() -> int | None:
    """Return the capability that a root session can keep for its server, or None where there is none.

    None: kernels and sandboxes without ambient capabilities (gVisor), containers that dropped both.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_GET_SECUREBITS, 0, 0, 0, 0) & _SECBIT_NO_CAP_AMBIENT_RAISE:
        return None
    if libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_IS_SET, CAP_DAC_OVERRIDE, 0, 0) < 0:
        return None
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    sets = {line.split(":")[0]: int(line.split()[1], 16) for line in status.splitlines() if line.startswith("Cap")}
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if sets.get("CapPrm", 0) & sets.get("CapBnd", 0) & (1 << capability):
            return capability
    return None


def reachable(path: Path) -> bool:
    """Tell whether any user may search every folder above `path` (and `path` itself if it is one)."""
    resolved = path.resolve()
    folders = [*resolved.parents, *([resolved] if resolved.is_dir() else [])]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders if folder.exists())


def server_user(capability: int | None) -> RunAs:
    """Return who runs the server of this session; `capability` is what a root session may keep for it.

    Raises LocalError when we are root and the machine has no unprivileged user by name (`initdb` needs one).
    """
    if os.geteuid() != 0:
        return RunAs()
    for name in ("nobody", "daemon", "bin"):
        try:
            uid = pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
        return RunAs(uid, GROUP, -1 if capability is None else capability)
    raise LocalError(
        "PostgreSQL does not run as root, and this machine has no user `nobody` to run it. "
        "Start lms-tui as an ordinary user, or name a database with --database."
    )
