"""A fetched file into a folder of the learner's, under a name of its own: nothing that is there is ever overwritten."""

import os
import secrets
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

from lms_tui.client.errors import NotKept
from lms_tui.wire.text import clean_line

_LONGEST = 180
"""Bytes of a name without its ending: a number may be added."""
_LONGEST_ENDING = 20


def downloads() -> Path:
    """Return the learner's folder for downloads, as their desktop says (XDG), or else their home's."""
    import platformdirs  # noqa: PLC0415 - only when something is saved

    return Path(platformdirs.user_downloads_path())


def save(source: Path, folder: Path, name: str) -> Path:
    """Copy `source` into `folder`, made when missing, called `name`, or "name (2)" … where that is taken.

    It appears there whole or not at all. Blocks. Raises NotKept, with a sentence.
    """
    name = plain(name)
    stem, ending = Path(name).stem, Path(name).suffix
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{secrets.token_hex(8)}.part"
        try:
            with source.open("rb") as given, draft.open("xb") as made:
                shutil.copyfileobj(given, made)
            for number in count(1):
                path = folder / (name if number == 1 else f"{stem} ({number}){ending}")
                if _put(draft, path):
                    return path
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise NotKept(f"{name} cannot be saved in {folder}: {error.strerror or error}.") from error
    raise AssertionError("numbers do not end")


def save_as(source: Path, path: Path) -> Path:
    """Copy `source` to `path` itself. Raises NotKept where something is there already."""
    saved = save(source, path.parent, path.name)
    if saved != path:
        saved.unlink()
        raise NotKept(f"{path} is there already: nothing was saved. Name another file, or a folder.")
    return saved


def plain(name: str) -> str:
    """Return `name` as that of one file in a folder: no way elsewhere, not hidden, not too long."""
    name = " ".join(clean_line(name).replace("/", " ").split()).lstrip(". ")
    ending = Path(name).suffix if len(Path(name).suffix) <= _LONGEST_ENDING else ""
    stem = name.removesuffix(ending).encode()[:_LONGEST].decode(errors="ignore")
    return stem + ending or "file"


def _put(draft: Path, path: Path) -> bool:
    """Give the draft its name; False where that is taken. A disk without hard links gets a copy."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError:
        try:
            with path.open("xb") as made:
                try:
                    with draft.open("rb") as given:
                        shutil.copyfileobj(given, made)
                except BaseException:
                    with suppress(OSError):
                        path.unlink()
                    raise
        except FileExistsError:
            return False
    return True
