"""Small secret files: 0600, in a folder of 0700 that is ours, written whole or not at all, never through a link."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Yield a descriptor of the folder. Raises OSError for a link, somebody else's folder, or one open to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to somebody else")
        if stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(descriptor, 0o700)
        yield descriptor
    finally:
        os.close(descriptor)


def write_private(folder: Path, name: str, content: bytes) -> None:
    """Put `content` into the file `name` of `folder`, in place of what was there. Raises OSError."""
    draft = f".{name}.{secrets.token_hex(8)}"
    with opened(folder) as place:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(draft, flags, 0o600, dir_fd=place), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, name, src_dir_fd=place, dst_dir_fd=place)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=place)
            raise


def read_private(folder: Path, name: str) -> bytes | None:
    """Return what the file holds, None where there is none. Raises OSError for a link or one that others can read."""
    if not folder.exists():
        return None
    with opened(folder) as place:
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                raise PermissionError(f"{folder / name} can be read by others")
            return file.read()


def remove_private(folder: Path, name: str) -> None:
    """Remove the file, if it is there. Raises OSError."""
    if folder.exists():
        with opened(folder) as place, suppress(FileNotFoundError):
            os.unlink(name, dir_fd=place)
