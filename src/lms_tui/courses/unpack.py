"""A course that came as a tar, unpacked where the service is; `client.packing` packs it where the author sits."""

import shutil
import tarfile
from pathlib import Path
from typing import BinaryIO

from lms_tui.courses.model import Report
from lms_tui.wire.course_tar import path_fault, size_fault


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
                if fault := size_fault(len(paths) + 1, total):
                    report.refuse("the upload", None, fault)
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


def _check_entry(entry: tarfile.TarInfo, report: Report) -> None:
    if not entry.isreg():
        report.refuse(entry.name, None, "a link or a device; courses hold files only, remove it")
    if fault := path_fault(entry.name):
        report.refuse(entry.name, None, fault)
