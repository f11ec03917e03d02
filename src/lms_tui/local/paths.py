"""Where lms-tui keeps its files: the XDG places, or one folder for everything when LMS_TUI_HOME is set.

Imported by the TUI's process: nothing heavy is imported here.
"""

import os
import stat
import tempfile
from pathlib import Path

import msgspec

from lms_tui.local.errors import LocalError

SOCKET_PATH_LIMIT = 107
"""The most bytes that the path of a Unix socket may have (`sun_path` less its final NUL)."""


class Places(msgspec.Struct, frozen=True):
    """The folders of one user: `data` (database, files), `state` (logs, outbox), `config`, `runtime` (sockets)."""

    data: Path
    state: Path
    config: Path
    runtime: Path


def private_folder(path: Path) -> Path:
    """Make `path` (0700) with what is missing above it, and return it.

    Raises LocalError when the folder is a link, belongs to somebody else or is open to others and cannot be
    closed: a socket or a secret in it could be another user's.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise LocalError(f"The folder {path} cannot be made: {error.strerror}.") from error
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        raise LocalError(f"{path} is not a folder of its own (a link, perhaps). Remove it and start again.")
    if found.st_uid != os.geteuid():
        raise LocalError(
            f"The folder {path} belongs to another user (number {found.st_uid}). Remove it or set LMS_TUI_HOME."
        )
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path


def places() -> Places:
    """Return this user's folders; none of them is made. LMS_TUI_HOME puts them all into one folder."""
    home = os.environ.get("LMS_TUI_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        return Places(root / "data", root / "state", root / "config", root / "run")
    import platformdirs  # noqa: PLC0415 - a few milliseconds that a kiosk's start does not need

    dirs = platformdirs.PlatformDirs("lms-tui", appauthor=False)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    run = Path(runtime) / "lms-tui" if runtime and Path(runtime).is_dir() else short_runtime()
    return Places(Path(dirs.user_data_dir), Path(dirs.user_state_dir), Path(dirs.user_config_dir), run)


def short_runtime() -> Path:
    """Return the folder in the shared temporary place for sockets whose own path would be too long."""
    return Path(tempfile.gettempdir()) / f"lms-tui-{os.geteuid()}"


def socket_fits(path: Path) -> bool:
    """Tell whether a Unix socket can have this path."""
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT
