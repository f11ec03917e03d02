"""Files of courses on this machine: fetched once, kept in a private folder under the name of their content.

A file that is called by the digest of what is in it never goes stale. The folder (0700) holds CACHE_LIMIT bytes at
most; what was used longest ago goes first. It is shared by all windows of the account: each writes a draft of its own
and puts it in place whole. Which file may be had the service says anew each time, by the link; a copy here opens no way
round it, since its name is only learned with a link.
"""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from lms_tui.client.errors import NotKept, NotUnderstood
from lms_tui.client.line import Sink
from lms_tui.client.private_file import opened
from lms_tui.wire.files import FileLink

CACHE_LIMIT: Final = 2 * 2**30
"""Bytes; the file that is being fetched counts only afterwards, and is never the one that goes."""
_DRAFT_SECONDS: Final = 24 * 3600.0
"""Age at which a draft is one that a window left behind which was killed."""
_VERSION: Final = re.compile(r"[0-9a-f]{64}")
_KIND: Final = re.compile(r"[a-z0-9]{1,16}")

Progress = Callable[[int, int | None], None]
"""Takes how many bytes have come, and of how many, where that is known. Called in the event loop."""


class Fetches(Protocol):
    """What brings the bytes of a link: `client.api.Api`."""

    async def fetch(self, link: str, into: Sink) -> None:
        """Get what a link opens into `into`."""
        ...


class FileCache:
    """The folder of fetched files."""

    def __init__(self, folder: Path, limit: int = CACHE_LIMIT) -> None:
        """Nothing is made or read yet."""
        self._folder, self._limit = folder, limit

    async def fetch(
        self, api: Fetches, file: FileLink, *, progress: Progress = lambda _done, _size: None, most: int | None = None
    ) -> Path:
        """Return where the file lies on this machine, fetched over `api` unless it is there already.

        Cancelled in the middle it leaves nothing. Of more than `most` bytes the caller has no use. Raises NotUnderstood
        for a larger file, or one that is larger than the service said it is, NotKept where the disk does not take it,
        and what `Api.fetch` raises.
        """
        if _VERSION.fullmatch(file.version) is None:
            raise NotUnderstood("The service named a file in a way that this program does not know.")
        name = f"{file.version}.{file.kind if _KIND.fullmatch(file.kind) else 'bin'}"
        path = self._folder / name
        if await asyncio.to_thread(_used, path, file.size):
            return path
        draft = self._folder / f".{name}.{secrets.token_hex(8)}"
        into = _Draft(draft, progress, most, file.size)
        try:
            await api.fetch(file.link, into)
            await asyncio.to_thread(into.put, path)
        finally:
            await asyncio.shield(asyncio.to_thread(into.discard))
        await asyncio.to_thread(self._make_room, name)
        return path

    def _make_room(self, keep: str) -> None:
        """Remove what was used longest ago until the folder is as small as it may be. What cannot be removed stays."""
        found: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                about = path.lstat()
                if path.name.startswith("."):
                    if time.time() - about.st_mtime > _DRAFT_SECONDS:
                        path.unlink(missing_ok=True)
                else:
                    found.append((about.st_mtime, about.st_size, path))
            total = sum(size for _, size, _ in found)
            for _, size, path in sorted(found):
                if total <= self._limit:
                    return
                if path.name != keep:
                    path.unlink(missing_ok=True)
                    total -= size


def _used(path: Path, size: int | None) -> bool:
    """Tell whether the file is there, whole; if so it counts as used now."""
    try:
        if size is not None and path.lstat().st_size != size:
            return False
        os.utime(path, follow_symlinks=False)
    except OSError:
        return False
    return True


class _Draft:
    """A file while it is coming."""

    def __init__(self, path: Path, progress: Progress, most: int | None, said: int | None) -> None:
        self._path, self._progress, self._most, self._said = path, progress, most, said
        self._file: FileIO | None = None
        self._over = False
        self._lock = Lock()  # who is cancelled does not wait for the thread that is still at the disk
        self._size: int | None = None
        self._done = 0

    @property
    def may_begin_again(self) -> bool:
        return True

    async def begin(self, size: int | None) -> None:
        self._size, self._done = size, 0
        self._check(size or 0)
        await asyncio.to_thread(self._create)
        self._progress(0, size)

    async def take(self, piece: bytes) -> None:
        self._check(self._done + len(piece))
        await asyncio.to_thread(self._write, piece)
        self._done += len(piece)
        self._progress(self._done, self._size)

    def put(self, path: Path) -> None:
        """Put the whole file in its place."""
        if self._file is None:
            raise NotUnderstood("The service sent no file.")
        try:
            self._file.close()
            self._path.replace(path)
        except OSError as error:
            raise _not_kept(error) from error

    def discard(self) -> None:
        """Leave nothing that is not whole, now or later."""
        with self._lock:
            self._over = True
            self._drop()

    def _check(self, size: int) -> None:
        if self._most is not None and size > self._most:
            raise NotUnderstood(f"The file is larger than {self._most // 2**20} MiB.")
        said = next((said for said in (self._said, self._size) if said is not None), CACHE_LIMIT)
        if size > said:  # what has no size could be without an end
            raise NotUnderstood("The service sent more than it said that the file has.")

    def _create(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with self._lock, opened(self._path.parent) as folder:
                self._drop()
                if not self._over:
                    self._file = FileIO(os.open(self._path.name, flags, 0o600, dir_fd=folder), "w")
        except OSError as error:
            raise _not_kept(error) from error

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def _write(self, piece: bytes) -> None:
        left = memoryview(piece)
        try:
            with self._lock:
                while left and self._file is not None and not self._over:
                    left = left[self._file.write(left) :]
        except OSError as error:
            raise _not_kept(error) from error


def _not_kept(error: OSError) -> NotKept:
    return NotKept(f"The file cannot be kept on this machine: {error.strerror or error}.")
