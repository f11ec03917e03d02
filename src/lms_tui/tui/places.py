"""Where each lesson and attempt was left, kept on this machine: a JSON file of the newest thousand."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

_MOST = 1000

Numbers = tuple[int, ...]


class ReadingPlaces:
    """Numbers by name, the newest last; a file that is broken or cannot be written costs only the places.

    Several programs of one learner may have the file: each writes only what it has put there itself.
    """

    def __init__(self, path: Path | None) -> None:
        """Read the places from `path`, if it is there; None keeps them for this run only, as on a kiosk."""
        self._path = path
        self._places = {} if path is None else _read(path)
        self._unsaved: dict[str, Numbers] = {}
        self._turn = threading.Lock()

    def get(self, name: str) -> int:
        """Return the first number kept under `name`, 0 when none is."""
        return next(iter(self.numbers(name)), 0)

    def numbers(self, name: str) -> Numbers:
        """Return the numbers kept under `name`, none when none are."""
        return self._places.get(name, ())

    def put(self, name: str, *numbers: int) -> None:
        """Keep `numbers` under `name`, on disk too: all of them or none."""
        self.note(name, *numbers)
        self.save()

    def note(self, name: str, *numbers: int) -> None:
        """Keep `numbers` in memory; the next `save` writes them."""
        _newest(self._places, name, numbers)
        self._unsaved[name] = numbers

    def forget(self, user: UUID) -> None:
        """Take away what was kept for `user`, on disk too, and where attempts were left, whosever they are."""
        self._places, self._unsaved = _without(self._places, user), _without(self._unsaved, user)
        if self._path is not None and self._path.exists():
            with self._turn, suppress(OSError), _alone(self._path.parent):
                _write(self._path, _without(_read(self._path), user), anew=True)

    def save(self) -> None:
        """Write what was put since the last time, whole or not at all (0600); may be called from any thread."""
        path = self._path
        if path is None:
            return
        with self._turn, suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(path.parent):
                mine, self._unsaved = self._unsaved, {}
                try:
                    _write(path, mine)
                except OSError:
                    self._unsaved = mine | self._unsaved
                    raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one program at a time change the file of places in `folder`, where its file system knows locks."""
    descriptor = os.open(folder / "places.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _without(places: dict[str, Numbers], user: UUID) -> dict[str, Numbers]:
    return {name: kept for name, kept in places.items() if str(user) not in name and not name.startswith("attempt:")}


def _write(path: Path, mine: dict[str, Numbers], *, anew: bool = False) -> None:
    """Put `mine` over what stands in the file, `anew` in its place."""
    places = {} if anew else _read(path)
    for name, numbers in mine.items():
        _newest(places, name, numbers)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(places))
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def _newest(places: dict[str, Numbers], name: str, numbers: Numbers) -> None:
    """Put the newest place at the end, and forget the oldest of too many."""
    places.pop(name, None)
    places[name] = numbers
    while len(places) > _MOST:
        del places[next(iter(places))]


def _read(path: Path) -> dict[str, Numbers]:
    """Return what the file holds and can be used."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, ValueError):
        return {}
    read = {str(name): _numbers(kept) for name, kept in found.items()} if isinstance(found, dict) else {}
    return {name: numbers for name, numbers in read.items() if numbers}


def _numbers(kept: Any) -> Numbers:
    """Return the numbers of one place; none where it is anything else."""
    found = tuple(kept) if isinstance(kept, list) else (kept,)
    return found if all(type(number) is int and number >= 0 for number in found) else ()
