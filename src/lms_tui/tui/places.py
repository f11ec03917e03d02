"""Where each lesson was left, kept on this machine: a JSON file of the newest few hundred places."""

import json
import os
from pathlib import Path

_MOST = 1000


class ReadingPlaces:
    """Numbers by name, the newest last; a file that is broken or cannot be written costs only the places."""

    def __init__(self, path: Path) -> None:
        """Read the places from `path`, if it is there."""
        self._path = path
        self._places: dict[str, int] = {}
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError):
            found = {}
        if isinstance(found, dict):
            self._places = {str(name): place for name, place in found.items() if type(place) is int and place >= 0}

    def get(self, name: str) -> int:
        """Return the place kept under `name`, 0 when none is."""
        return self._places.get(name, 0)

    def put(self, name: str, place: int) -> None:
        """Keep `place` under `name`, on disk too."""
        self._places.pop(name, None)
        self._places[name] = place
        while len(self._places) > _MOST:
            del self._places[next(iter(self._places))]
        self._save()

    def _save(self) -> None:
        """Write the places to disk, whole or not at all (0600)."""
        draft = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(self._places, file)
            draft.replace(self._path)
        except OSError:
            draft.unlink(missing_ok=True)
