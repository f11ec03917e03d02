"""The store of courses' files: a folder of this machine, or a bucket that speaks S3; both by obstore.

An object that we write is named by its content, `courses/<course>/<sha256>.<ending>` (domain.md, file): the same file
is kept once, a changed one gets a new name, and what a learner has open stays what it was. Nothing is ever
overwritten or removed here.

Which names there are is the database's to say, never a client's. obstore is loaded at the first use: 20 ms.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lms_tui.rules.files import ending_of
from lms_tui.service.settings import Settings

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Store

_PIECE: Final = 1024 * 1024
"""Bytes that are read at a time, each piece by a request of its own: a player may pause for as long as it likes."""
_LONGEST_KEY: Final = 200
_LONGEST_PART: Final = 255
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on its way into the store."""

    key: str
    """The object's name, at most 134 characters."""
    kind: str
    """Short form for `file_type`: the file's ending (`pdf`, `mp4`), `bin` where it has none to show."""
    source: Path | bytes
    """Where its content is now, or the content itself."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object of the store as it is now."""

    key: str
    size: int
    """Bytes."""
    version: str
    """64 hexadecimal digits that are others as soon as the content is: of an object of ours its SHA-256."""
    tag: str | None
    """What the store itself tells contents apart by."""


class StoreError(Exception):
    """The store does not answer, or does not let us in; what it said is in the log."""


def named(course: UUID, path: str, source: Path) -> StoredFile:
    """Return how the file `source`, which its course calls `path`, stands in the store. Reads all of it."""
    kind = ending_of(path) or "bin"
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(f"courses/{course}/{digest}.{kind}", kind, source)


def digest_of(key: str) -> str | None:
    """Return the SHA-256 in the name of an object of ours, None for another program's object."""
    found = re.fullmatch(r"courses/[0-9a-f-]{36}/([0-9a-f]{64})\.[a-z0-9]{1,16}", key)
    return found[1] if found else None


def is_plain(key: str) -> bool:
    """Tell whether `key` can name an object: parts that are names, nothing that leads up, away or into a terminal."""
    parts = key.split("/")
    return (
        0 < len(key) <= _LONGEST_KEY
        and key.isprintable()
        and all(part not in ("", ".", "..") and len(part.encode()) <= _LONGEST_PART for part in parts)
        and "\\" not in key
    )


class Store:
    """The store that `settings` name; nothing is opened or asked before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def keep(self, files: Iterable[StoredFile]) -> None:
        """Put in what is not there yet. Each object is whole or absent; what is there already is not sent again.

        Raises StoreError when the store does not take it.
        """
        todo = {file.key: file for file in files}
        if not todo:
            return
        import obstore  # noqa: PLC0415
        from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415

        store = await self._open()
        for key, file in todo.items():
            try:
                if await self.find(key) is not None:
                    continue
                if self._settings.bucket is None:
                    await obstore.put_async(store, key, file.source, mode="create", use_multipart=False)
                else:  # not every bucket knows "create only", and under this name no other content can stand
                    await obstore.put_async(store, key, file.source)
            except AlreadyExistsError:
                continue
            except (BaseError, OSError) as error:
                raise _told(error) from error

    async def find(self, key: str) -> Found | None:
        """Return the object called `key`, None where there is none. Raises StoreError."""
        if not is_plain(key):
            return None
        import obstore  # noqa: PLC0415
        from obstore.exceptions import BaseError  # noqa: PLC0415

        store = await self._open()
        try:
            about = await obstore.head_async(store, key)
        except (FileNotFoundError, ValueError):
            return None
        except BaseError as error:
            raise _told(error) from error
        tag = about["e_tag"]
        version = digest_of(key) or hashlib.sha256(f"{key}\0{tag}\0{about['size']}".encode()).hexdigest()
        return Found(key, about["size"], version, tag)

    async def pieces(self, found: Found, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes `start` to `end` (exclusive) of an object, a megabyte at a time at most.

        Raises StoreError, also where the object has become another one meanwhile.
        """
        import obstore  # noqa: PLC0415
        from obstore.exceptions import BaseError  # noqa: PLC0415

        while start < end:
            stop = min(end, start + _PIECE)
            try:
                part = await obstore.get_async(
                    self._opened, found.key, options={"range": (start, stop), "if_match": found.tag}
                )
                piece = bytes(await part.bytes_async())
            except (FileNotFoundError, ValueError, BaseError) as error:
                raise _told(error) from error
            if len(piece) != stop - start:
                raise StoreError(f"{found.key} is shorter than it was")
            yield piece
            start = stop

    async def _open(self) -> "LocalStore | S3Store":
        try:
            return await asyncio.to_thread(lambda: self._opened)
        except OSError as error:
            raise _told(error) from error

    @cached_property
    def _opened(self) -> "LocalStore | S3Store":
        """The store itself; a folder is made when missing."""
        from obstore.store import LocalStore, S3Store  # noqa: PLC0415

        bucket = self._settings.bucket
        if bucket is None:
            folder = self._settings.files
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return LocalStore(folder)
        given = {
            "endpoint": bucket.endpoint,
            "region": bucket.region,
            "access_key_id": bucket.key,
            "secret_access_key": bucket.secret,
        }
        return S3Store(
            bucket.name,
            config={name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
            client_options={
                "allow_http": (bucket.endpoint or "").startswith("http://"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=15)},
        )


def _told(error: Exception) -> StoreError:
    """Log what the store said, which names hosts and keys, and return the error that does not."""
    _log.warning("the store of files failed", extra={"fields": {"said": str(error).partition("\n")[0][:500]}})
    return StoreError("the store of files does not answer as it should")
