"""Files of courses in the configured store: a folder of this machine, written through obstore.

An object is named by its content, `courses/<course>/<sha256>.<ending>` (domain.md, file): the same file is kept once,
a changed one gets a new name, and what a learner has open stays what it was. Nothing is ever overwritten or removed
here.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

_ENDING = re.compile(r"[a-z0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on its way into the store."""

    key: str
    """The object's name, at most 134 characters."""
    kind: str
    """Short form for `file_type`: the file's ending (`pdf`, `mp4`), `bin` where it has none to show."""
    source: Path
    """Where its content is now."""


def named(course: UUID, path: str, source: Path) -> StoredFile:
    """Return how the file `source`, which its course calls `path`, stands in the store. Reads all of it."""
    ending = PurePosixPath(path).suffix.removeprefix(".").lower()
    kind = ending if _ENDING.fullmatch(ending) else "bin"
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(f"courses/{course}/{digest}.{kind}", kind, source)


async def keep(folder: Path, files: Iterable[StoredFile]) -> None:
    """Put what is not there yet into the store `folder`, which is made when missing. Each object is whole or absent.

    Raises OSError when the store does not take it.
    """
    todo = {file.key: file for file in files}
    if not todo:
        return
    import obstore  # noqa: PLC0415 - 20 ms that only an import with files needs
    from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415
    from obstore.store import LocalStore  # noqa: PLC0415

    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    store = LocalStore(folder)
    for key, file in todo.items():
        try:
            await obstore.put_async(store, key, file.source, mode="create", use_multipart=False)
        except AlreadyExistsError:
            continue
        except BaseError as error:
            raise OSError(f"the store of files does not take {key}: {error}") from error
