"""Which build of the program this is: what `/health` tells, and what a start compares it with.

Either half may import it: the standard library only, and cheap, since it lies on the way to the first screen.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lms_tui.places import shipped


def build_id() -> str:
    """Return a short hash that is equal for all that runs from this installation as it is on the disk now.

    It changes with an upgrade and with an edit in a checkout. Not kept between calls: whoever looks for a service
    means the one that would be started now, and the service asks once, as it starts. Blocks for some milliseconds.
    """
    folders = [Path(__file__).parent]
    with suppress(FileNotFoundError):  # a service without migrations can serve; where they are needed it is said
        folders.append(shipped("migrations"))
    return fingerprint(*folders)


def fingerprint(*folders: Path) -> str:
    """Return a short hash of name, size and time of change of each `*.py` below `folders`.

    The contents are not read, which takes six times as long: an edit or an installation changes the time.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for line in sorted(_sources(os.fspath(folder), "")):
            digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def _sources(folder: str, inside: str) -> Iterator[str]:
    """One line for each source; what goes away meanwhile (an upgrade is under way) is not there."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            name = f"{inside}/{entry.name}"
            if entry.name.endswith(".py"):
                with suppress(FileNotFoundError):
                    seen = entry.stat()
                    yield f"{name}\0{seen.st_size}\0{seen.st_mtime_ns}\n"
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                yield from _sources(entry.path, name)
