"""The data folder of the embedded PostgreSQL: made whole or not at all, and who may connect to it.

Authentication is `peer`: the kernel says who connects, so there is no password to store, leak or lose, and
another user of the machine is refused even when a folder's mode were wrong. Nothing listens on the network.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lms_tui.local.binaries import Binaries
from lms_tui.local.errors import ServerFailedError
from lms_tui.local.runas import RunAs

SUPERUSER = "postgres"
ROLE = "lms_tui"
DATABASE = "lms_tui"

Progress = Callable[[str], None]
"""Called with a sentence for the screen."""

_HBA = "local all all peer map=lms\n"
_BOOTSTRAP = f"CREATE ROLE {ROLE} LOGIN\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"


def clean_environment() -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: nothing of the user's `PG…` variables or locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def run_program(
    runas: RunAs, command: list[str | Path], cwd: Path, what: str, *, stdin: str = "", lock: int | None = None
) -> str:
    """Run a program of PostgreSQL as the server's user and return what it printed.

    It inherits the descriptor `lock`: when we are killed, whoever comes next waits until it has ended too.
    Raises ServerFailedError with `what` (a clause: "could not make the database") and its last lines.
    """
    done = subprocess.run(
        runas.command(command), cwd=cwd, env=clean_environment(), input=stdin, capture_output=True, text=True,
        check=False, pass_fds=() if lock is None else (lock,),
    )  # fmt: skip
    if done.returncode != 0:
        tail = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise ServerFailedError(f"PostgreSQL {what}: {tail or f'exit code {done.returncode}'}")
    return done.stdout


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_cluster(binaries: Binaries, runas: RunAs, data: Path, lock: int, *, durable: bool = True) -> None:
    """Make `data` with our role and our empty database in it; the folder appears only when all is on disk.

    UTF8, the builtin C.UTF-8 locale, checksums. `lock` is the descriptor of the held `server.lock`.
    """
    building = data.with_name(f"{data.name}.new-{secrets.token_hex(4)}")
    building.mkdir(mode=0o700)
    runas.give(building)

    def run(what: str, *command: str | Path, stdin: str = "") -> None:
        run_program(runas, list(command), building, what, stdin=stdin, lock=lock)

    initdb, postgres = binaries.program("initdb"), binaries.program("postgres")
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["-U", SUPERUSER, "-A", "peer", "-E", "UTF8"]
    run("could not make its database", initdb, "-D", building, "--no-sync", "--no-instructions", *access, *locale)
    run(
        "could not make its first role and database", postgres, "--single", "-D", building, "-F", SUPERUSER,
        stdin=_BOOTSTRAP,
    )  # fmt: skip
    if durable:
        # One sync of the file system is some ten writes on a slow card, where a sync per file is a thousand.
        method = ["--sync-method=syncfs"] if sys.platform == "linux" else []
        run("could not write its database to disk", initdb, "-D", building, "--sync-only", *method)
    building.rename(data)
    if durable:
        sync_folder(data.parent)


def clear_unfinished(data: Path) -> None:
    """Remove what an earlier start was building for `data` when it was killed. Called with `server.lock` held."""
    for leftover in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(leftover)


def write_access(data: Path, runas: RunAs) -> None:
    """Write who may connect: the user of this session alone, by the kernel's word, as any role."""
    names = [pwd.getpwuid(os.geteuid()).pw_name]
    if runas.uid >= 0:
        names.append(pwd.getpwuid(runas.uid).pw_name)  # pg_upgrade connects as the user that runs the server
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    ident = "".join(f"lms {name} all\n" for name in quoted)
    for name, text in (("pg_hba.conf", _HBA), ("pg_ident.conf", ident)):
        path = data / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        building = data / f"{name}.new"
        building.write_text(text, encoding="utf-8")
        building.chmod(0o600)
        runas.give(building)
        building.replace(path)
