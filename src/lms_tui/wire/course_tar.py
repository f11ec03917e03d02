"""The bounds of a course that travels as a tar: the client keeps them to say so early, the service as it trusts nobody.

A fault is a sentence in the way of an import's notes; '' where there is none.
"""

from pathlib import PurePosixPath
from typing import Final

MOST_FILES: Final = 5000
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of all files together."""
LONGEST_PATH: Final = 255
DEEPEST: Final = 12


def path_fault(name: str) -> str:
    """Return what is wrong with the path of a file inside the course."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or any(not letter.isprintable() for letter in name):
        return "a path that leads out of the folder or has letters no name should have; rename it"
    if len(name.encode(errors="replace")) > LONGEST_PATH or len(path.parts) > DEEPEST:
        return f"longer than {LONGEST_PATH} bytes or deeper than {DEEPEST} folders; shorten it"
    return ""


def size_fault(files: int, total: int) -> str:
    """Return what is wrong with so many files of `total` bytes."""
    if files > MOST_FILES:
        return f"more than {MOST_FILES} files; is it the right folder?"
    if total > MOST_BYTES:
        return f"more than {MOST_BYTES // 2**20} MB of files; link to videos, leave out the rest"
    return ""
