"""A secret that stands in a file of its own."""

import os
import stat
from pathlib import Path

from lms_tui.local.errors import LocalError


def secret_in(path: Path, what: str) -> str:
    """Return the first line of a file that only its owner can read; `what` it is begins a sentence.

    Raises LocalError.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            line = file.readline(4096).decode().rstrip("\r\n")
    except OSError as error:
        raise LocalError(f"{what}, {path}, cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise LocalError(f"{what} in {path} is not UTF-8.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise LocalError(f"{path} holds a secret and others can read it. Close it: chmod 600 {path}")
    if not line:
        raise LocalError(f"{path} is empty: it has to hold {what[:1].lower()}{what[1:]}.")
    return line
