"""A database in a file and back: `pg_dump` and `pg_restore`, for the embedded database and any other.

The file is PostgreSQL's custom format. It is written under a temporary name (0600), synced and renamed, so a
broken backup never stands under the name of a good one. Restoring is one transaction: all of it or nothing.
"""

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lms_tui.local.binaries import shipped_binaries
from lms_tui.local.errors import LocalError

KEPT_BACKUPS = 5


class DumpError(LocalError):
    """A backup or restore was refused or failed; the message is a sentence for the user."""


def _program(name: str) -> str:
    """Return the wheel's program, or the one on PATH. Raises DumpError when there is neither."""
    try:
        return str(shipped_binaries().program(name))
    except LocalError:
        found = shutil.which(name)
    if found is None:
        raise DumpError(f"This needs PostgreSQL's program {name}. Install postgresql-client or 'lms-tui[embedded]'.")
    return found


def _split(url: str) -> tuple[str, dict[str, str]]:
    """Return the URL without its password and the environment that carries it, since arguments are public."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
    parts = urlsplit(url)
    if any(key == "password" for key, _ in parse_qsl(parts.query)):
        raise DumpError("Put the database's password before the @ of its URL, not behind the question mark.")
    if parts.password is None:
        return url, env | {key: os.environ[key] for key in ("PGPASSWORD", "PGPASSFILE") if key in os.environ}
    user, _, rest = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=f"{user.partition(':')[0]}@{rest}").geturl()
    return bare, env | {"PGPASSWORD": unquote(parts.password)}


def _run(name: str, url: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs on the database at `url` and return what it printed."""
    bare, env = _split(url)
    command = [_program(name), f"--dbname={bare}", "--no-password", *arguments]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.strip()
    versions = re.search(r"server version: ([\d.]+).*?version: ([\d.]+)", said, re.DOTALL)
    if versions:
        raise DumpError(
            f"The database is PostgreSQL {versions[1]} and {name} here only {versions[2]}. "
            f"Use a {name} at least as new as the database."
        )
    lines = [line for line in said.splitlines() if line] or [f"exit code {done.returncode}"]
    raise DumpError(f"{name} failed: {lines[0]}")


def backup(url: str, file: Path) -> None:
    """Write the database at `url` into `file`, which must not exist.

    Raises DumpError, with nothing left behind, when it exists or cannot be written, or the dump fails.
    """
    if file.exists() or file.is_symlink():
        raise DumpError(f"{file} exists already. Choose another name; backups are never overwritten.")
    building = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={building}")
        for path in (building, file.parent):
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        os.link(building, file)  # unlike a rename, this refuses a file that appeared in the meantime
    except OSError as error:
        raise DumpError(f"The backup {file} cannot be written: {error.strerror}.") from error
    finally:
        building.unlink(missing_ok=True)


_NOT_EMPTY = """SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'lms_tui') LIMIT 1"""


def is_empty(url: str) -> bool:
    """Tell whether the database has no table or view in `public` and `lms_tui`."""
    return not _run("psql", url, "--no-psqlrc", "--tuples-only", "--no-align", f"--command={_NOT_EMPTY}").strip()


def restore(url: str, file: Path, *, replace: bool = False) -> None:
    """Read the backup `file` into the database at `url`, in one transaction.

    A database that is not empty is refused unless `replace`: then what the backup holds takes the place of what
    is there (other tables stay). Raises DumpError; the database is then as it was.
    """
    try:
        with file.open("rb") as source:
            head = source.read(5)
    except OSError as error:
        raise DumpError(f"The backup {file} cannot be read: {error.strerror}.") from error
    if head != b"PGDMP":
        raise DumpError(f"{file} is not a backup of lms-tui (PostgreSQL's custom format).")
    if not replace and not is_empty(url):
        raise DumpError("The database is not empty. Add --yes to replace what is in it by the backup.")
    clean = ["--clean", "--if-exists"] if replace else []
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", *clean]
    _run("pg_restore", url, *options, str(file.absolute()))


def backup_before_migration(url: str, folder: Path, revision: str) -> Path:
    """Write a backup of the embedded database into `folder` and keep the last KEPT_BACKUPS; return its path.

    `revision` is the version migrated from; names sort by age.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    older = sorted(folder.glob("[0-9]*-*.dump"))
    number = int(older[-1].name.partition("-")[0]) + 1 if older else 1
    written = folder / f"{number:06d}-{re.sub('[^A-Za-z0-9_]', '_', revision)}.dump"
    backup(url, written)
    for old in [*older, written][:-KEPT_BACKUPS]:
        old.unlink()
    return written
