"""A database that an older PostgreSQL made is brought to the one we run, by `pg_upgrade`, into a new folder.

The major version stands in the folder's name, `data-16`, and in its `PG_VERSION`. `data-18` appears whole or not at
all: everything is built under another name, synced and renamed. Files are copied, never linked, so the old folder
stays as it was, for whoever has to go back; it is never removed by us. Killed at any moment, the next start throws
away what was being built and does it again. A folder that a newer PostgreSQL has is refused, also where an older one
of ours still stands beside it: what was learned since would be missing there.

pg_upgrade passes over the rows of tables that were made in single-user mode (their ids are below 16384: tried);
`cluster.py` makes only a role and an empty database there, and no table may ever be made that way.

The wheel carries the programs of two majors (`binaries.py`). A database older than both is refused by name.
"""

import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from lms_tui.local.binaries import MAJOR, Binaries
from lms_tui.local.cluster import SUPERUSER, Progress, run_program, sync_folder, write_access
from lms_tui.local.errors import LocalError
from lms_tui.local.postmaster import PORT, clear_stale
from lms_tui.local.runas import RunAs

_STILL_SECONDS = 20.0
_SPARE = 200_000_000
"""Bytes that have to be left beside a copy: a new cluster's own tables and journal."""


@dataclass(frozen=True)
class Older:
    """The data folder of an older PostgreSQL, and which."""

    data: Path
    major: int


def older_data(folder: Path) -> Older | None:
    """Return the newest database of an older PostgreSQL in `folder`; None where ours is there or there is none.

    Raises LocalError, with what to do, when a newer PostgreSQL has been here, or a folder's name lies.
    """
    found = {
        int(path.name.removeprefix("data-")): path
        for path in folder.glob("data-*")
        if re.fullmatch(r"data-\d+", path.name) and path.is_dir()
    }
    if not found:
        return None
    newest = max(found)
    version = found[newest] / "PG_VERSION"
    told = version.read_text(encoding="ascii", errors="replace").strip() if version.is_file() else ""
    if newest > MAJOR or (told.isdigit() and int(told) > MAJOR):
        raise LocalError(
            f"The database in {folder} was brought to PostgreSQL {told} by a newer lms-tui; this one has PostgreSQL "
            f"{MAJOR}. Update lms-tui and start again."
        )
    if told != str(newest):
        raise LocalError(
            f"{found[newest]} does not hold a database of PostgreSQL {newest} (its PG_VERSION says “{told}”). "
            "Move that folder away, or a backup of it into its place, and start again."
        )
    return None if newest == MAJOR else Older(found[newest], newest)


def bring_over(
    older: Older, programs: Binaries, ours: Binaries, runas: RunAs, *, socket: Path, lock: int, durable: bool,
    progress: Progress,
) -> None:  # fmt: skip
    """Make `data-18` beside `older` with all that is in it; `programs` are those of the older PostgreSQL.

    `socket` is a private folder with a short path, `lock` the descriptor of the held `server.lock`. `progress` gets
    a sentence at least every 20 seconds. Raises LocalError, ServerFailedError; the old database is then as it was.
    """
    old, data = older.data, older.data.with_name(f"data-{MAJOR}")
    _room_beside(old)
    progress(
        f"Bringing your database from PostgreSQL {older.major} to {MAJOR}; the old one is kept in {old}. "
        "This may take minutes…"
    )
    work = data.with_name(f"{data.name}.new-{secrets.token_hex(4)}")
    work.mkdir(mode=0o700)
    runas.give(work)
    new = work / "data"

    def run(what: str, *command: str | Path) -> str:
        return run_program(runas, list(command), work, what, lock=lock)

    with _still_at_it(progress):
        clear_stale(old, socket)
        write_access(old, runas)
        # An orderly start and end: what a sudden end left in the old journal would not come along.
        run("could not open the old database", programs.program("postgres"), "--single", "-D", old, SUPERUSER)
        control = run("could not read the old database", programs.program("pg_controldata"), "-D", old)
        checked = _control(control, "Data page checksum version") != 0
        segment = _control(control, "Bytes per WAL segment") // 1_048_576
        run(
            "could not make the new database", ours.program("initdb"), "-D", new, "-U", SUPERUSER, "-A", "peer",
            "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions", f"--wal-segsize={segment}",
            "--data-checksums" if checked else "--no-data-checksums",
        )  # fmt: skip
        write_access(new, runas)
        run(
            "could not bring the database over", ours.program("pg_upgrade"), "--no-sync", "-U", SUPERUSER,
            "-b", programs.root / "bin", "-B", ours.root / "bin", "-d", old, "-D", new,
            "-s", socket, "-p", str(PORT), "-P", str(PORT),
        )  # fmt: skip
        if not checked:  # as a database has that we make ourselves
            run("could not add checksums", ours.program("pg_checksums"), "--enable", "--no-sync", "-D", new)
        if durable:
            method = ["--sync-method=syncfs"] if sys.platform == "linux" else []
            run("could not write its database to disk", ours.program("initdb"), "-D", new, "--sync-only", *method)
    new.rename(data)
    if durable:
        sync_folder(data.parent)
    shutil.rmtree(work)


def _room_beside(old: Path) -> None:
    """Raise LocalError when a copy of `old` does not fit beside it."""
    wanted = sum(path.lstat().st_size for path in old.rglob("*")) + _SPARE
    free = shutil.disk_usage(old).free
    if free < wanted:
        raise LocalError(
            f"Your database has to be copied for PostgreSQL {MAJOR}, which needs {wanted // 1_000_000:,} MB free in "
            f"{old.parent}; there are {free // 1_000_000:,} MB. Make room and start again."
        )


def _control(text: str, name: str) -> int:
    """Return a number from what `pg_controldata` printed."""
    found = re.search(rf"^{name}: +(\d+)$", text, re.MULTILINE)
    if found is None:
        raise LocalError(f"pg_controldata does not tell “{name}” of the old database.")
    return int(found[1])


@contextmanager
def _still_at_it(progress: Progress) -> Iterator[None]:
    """Say every 20 seconds that it goes on, so that who waits knows, and does not give up."""
    done = Event()

    def tell() -> None:
        seconds = 0.0
        while not done.wait(_STILL_SECONDS):
            seconds += _STILL_SECONDS
            progress(f"Still bringing your database to PostgreSQL {MAJOR} ({seconds:.0f} s)…")

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
