"""A course folder, or one file, as a tar: the service opens no path that a client names, so the files travel."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lms_tui.client.errors import CourseRefused
from lms_tui.wire.course_tar import path_fault, size_fault
from lms_tui.wire.courses import ImportNote, Level
from lms_tui.wire.errors import STATUS, Code, Problem


def pack(source: Path, into: BinaryIO) -> int:
    """Write a tar of the folder, or of the one file, to `into`; return how many files went in.

    Hidden files and folders stay behind. Raises CourseRefused for links, files that are none (sockets, devices) and
    what passes the bounds, all faults at once, and for what cannot be read.
    """
    faults: list[ImportNote] = []
    try:
        files = [source] if source.is_file() else list(_walk(source, source, faults))
        if fault := size_fault(len(files), sum(path.stat().st_size for path in files)):
            faults.append(_fault(source.name, fault))
        if not faults:
            _write(files, source.parent if source.is_file() else source, into)
    except OSError as error:
        name = Path(error.filename).name if error.filename else source.name
        faults.append(_fault(name, f"cannot be read ({error.strerror or error}); check that it is there and readable"))
    if faults:
        raise CourseRefused(
            Problem(
                status=STATUS[Code.COURSE_REFUSED],
                code=Code.COURSE_REFUSED,
                title="Course refused",
                detail="The course cannot be sent: nothing was imported.",
                notes=faults,
            )
        )
    return len(files)


def _write(files: list[Path], base: Path, into: BinaryIO) -> None:
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            tar.add(path, path.relative_to(base).as_posix(), recursive=False, filter=_anonymous)


def _walk(folder: Path, root: Path, faults: list[ImportNote]) -> Iterator[Path]:
    """Regular files below `folder` in the order of their names; anything else is a fault."""
    for path in sorted(folder.iterdir()):
        name = path.relative_to(root).as_posix()
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            faults.append(_fault(name, "a link; courses hold files only, copy what it points to"))
        elif path.is_dir():
            yield from _walk(path, root, faults)
        elif not path.is_file():
            faults.append(_fault(name, "neither a file nor a folder; remove it"))
        elif fault := path_fault(name):
            faults.append(_fault(name, fault))
        else:
            yield path


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without what tells of the author's machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o644
    return entry


def _fault(file: str, reason: str) -> ImportNote:
    return ImportNote(level=Level.REFUSED, file=file, line=None, reason=reason)
