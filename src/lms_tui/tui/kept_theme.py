"""The theme that was chosen last, kept on this machine for the next start: a file that holds its name."""

from pathlib import Path
from typing import Final

from lms_tui.client.private_file import read_private, write_private

_FILE: Final = "theme"
_LONGEST: Final = 200
"""Bytes: no name of a file is longer with what belongs to it."""


def read(folder: Path) -> str | None:
    """Return the name kept in `folder`; None where there is none, or nothing that could be one.

    Whether there is a theme of that name is for `themes` to say.
    """
    try:
        found = read_private(folder, _FILE)
        return found.decode().strip() or None if found is not None and len(found) <= _LONGEST else None
    except (OSError, UnicodeDecodeError):
        return None


def write(folder: Path, name: str) -> None:
    """Keep `name` in `folder`, in place of the one before. Raises OSError; it waits for the disk."""
    write_private(folder, _FILE, f"{name}\n".encode())
