"""A course folder as a tar: packed where the author sits, unpacked where the service is.

The service opens no path that a client names, so the files travel. Both sides keep the same bounds: the client to
say so early, the service because it trusts nobody.
"""

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from lms_tui.courses.model import Report

MOST_FILES = 5000
MOST_BYTES = 256 * 1024 * 1024
"""Of all files together."""
LONGEST_PATH = 255
DEEPEST = 12


def pack(source: Path, into: BinaryIO) -> int:
    """Write a tar of the folder, or of the one file, to `into`; return how many files went in.

    Hidden files and folders stay behind. Raises CourseError for links, files that are none (sockets, devices) and
    what passes the bounds, all faults at once.
    """
    report = Report()
    files = [source] if source.is_file() else list(_walk(source, source, report))
    total = 0
    for path in files:
        total += path.stat().st_size
    _check_bounds(len(files), total, source.name, report)
    report.check()
    base = source.parent if source.is_file() else source
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            tar.add(path, path.relative_to(base).as_posix(), recursive=False, filter=_anonymous)
    return len(files)


def unpack(stream: BinaryIO, folder: Path) -> list[str]:
    """Unpack a tar into the empty `folder`; return the paths of its files.

    Raises CourseError at the first entry that is no regular file or folder, leads out of the folder, comes twice or
    passes the bounds, and where the bytes are no tar. What stood before the fault is then in `folder`: the caller
    throws it away.
    """
    paths: list[str] = []
    total = 0
    report = Report()
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                if entry.isdir():
                    continue
                total += entry.size
                _check_bounds(len(paths) + 1, total, "the upload", report)
                _check_entry(entry, report)
                if entry.name in paths[-1:] or (folder / entry.name).exists():
                    report.refuse(entry.name, None, "comes twice in the upload; pack the folder again")
                report.check()
                _write(tar, entry, folder / entry.name)
                paths.append(entry.name)
    except (tarfile.TarError, OSError, ValueError) as error:
        report.refuse("the upload", None, f"cannot be unpacked ({error}); send the course again")
        report.check()
    return paths


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    """Write a checked entry as a new file. By hand: the `filter` of `extract` is missing in Debian 12's Python 3.11.2,
    and of an entry nothing counts but its bytes."""
    content = tar.extractfile(entry)
    if content is None:
        raise tarfile.ExtractError(f"{entry.name} has no content")
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file)


def _walk(folder: Path, root: Path, report: Report) -> Iterator[Path]:
    """Regular files below `folder` in the order of their names; anything else is a fault."""
    for path in sorted(folder.iterdir()):
        name = path.relative_to(root).as_posix()
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            report.refuse(name, None, "a link; courses hold files only, copy what it points to")
        elif path.is_dir():
            yield from _walk(path, root, report)
        elif not path.is_file():
            report.refuse(name, None, "neither a file nor a folder; remove it")
        else:
            _check_path(name, report)
            yield path


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without what tells of the author's machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o644
    return entry


def _check_entry(entry: tarfile.TarInfo, report: Report) -> None:
    if not entry.isreg():
        report.refuse(entry.name, None, "a link or a device; courses hold files only, remove it")
    _check_path(entry.name, report)


def _check_path(name: str, report: Report) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or any(not letter.isprintable() for letter in name):
        report.refuse(name, None, "a path that leads out of the folder or has letters no name should have; rename it")
    if len(name.encode(errors="replace")) > LONGEST_PATH or len(path.parts) > DEEPEST:
        report.refuse(name, None, f"longer than {LONGEST_PATH} bytes or deeper than {DEEPEST} folders; shorten it")


def _check_bounds(count: int, total: int, name: str, report: Report) -> None:
    if count > MOST_FILES:
        report.refuse(name, None, f"more than {MOST_FILES} files; is it the right folder?")
    if total > MOST_BYTES:
        report.refuse(name, None, f"more than {MOST_BYTES // 2**20} MB of files; link to videos, leave out the rest")
