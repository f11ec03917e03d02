"""The configuration file, written by the program: one table of it changes, all else stays to the byte."""

import os
import secrets
import tomllib
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path

from lms_tui.local.errors import LocalError


def set_in_table(path: Path, table: str, given: Mapping[str, str | bool | None]) -> None:
    """Give the settings of `table` in the file these values; None takes one out. What holds already stays as written.

    The file is made (0600) where there is none, and replaced as a whole where there is; a link stays a link. Raises
    LocalError.
    """
    try:
        target = path.resolve()
        before = target.read_bytes().decode() if target.exists() else ""
        after = changed(before, table, given)
        if after != before:
            _replace(target, after.encode())
    except OSError as error:
        raise LocalError(f"{path} cannot be written: {error.strerror}.") from error


def changed(text: str, table: str, given: Mapping[str, str | bool | None]) -> str:
    """Return the text of a file with the values of `table` changed. Raises LocalError where that cannot be done."""
    import tomlkit  # noqa: PLC0415 - for those who set something up

    document = tomlkit.parse(text)
    if table not in document:
        document[table] = tomlkit.table()
    part = document[table]
    if not isinstance(part, MutableMapping):
        raise LocalError(f"{table} is no table. Change it by hand.")
    for name, value in given.items():
        if value is None:
            part.pop(name, None)
        elif name not in part or part[name] != value:
            part[name] = value
    after = tomlkit.dumps(document)
    wanted = tomllib.loads(text)
    wanted[table] = {name: value for name, value in {**wanted.get(table, {}), **given}.items() if value is not None}
    if tomllib.loads(after) != wanted:
        raise LocalError(f"[{table}] is written in a way that cannot be changed by a program. Change it by hand.")
    return after


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            draft.unlink()
        raise
