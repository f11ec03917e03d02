"""A small SQLite file (0600) of this machine that all TUIs of an account share, opened anew for each piece of work.

One that is damaged is set aside and a new one begun: what is in such a file can be had again or done without, so it is
worth a sentence, never a crash. Every method blocks.
"""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from lms_tui.client.errors import NotKept

_log = logging.getLogger(__name__)
Done = TypeVar("Done")

_BESIDE: Final = ("", "-journal", "-wal", "-shm")


class SqliteFile:
    """The file at `path` with the tables of `schema`.

    `probe` is a SELECT of each column, by which somebody else's table is known; `lost` says what cannot be kept where
    the disk does not take it. A damaged one that is `private` is removed in place of set aside.
    """

    def __init__(self, path: Path, schema: str, probe: str, lost: str, *, private: bool = False) -> None:
        self.path, self._schema, self._probe, self._lost, self._private = path, schema, probe, lost, private
        self.set_aside: Path | None = None
        """Where a damaged file was put, if one was found."""

    def run(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        """Run `work` on the file, which is not in a transaction; a damaged one is set aside first, and a new one begun.

        `work` raises ValueError or TypeError for what we would not have written. Raises NotKept.
        """
        try:
            try:
                return self._with_file(work)
            except sqlite3.OperationalError:
                raise  # locked, full, read-only: the file itself is sound
            except (sqlite3.DatabaseError, ValueError, TypeError) as error:
                _log.warning("%s is damaged: %s", self.path, error)
                self._put_aside()
                return self._with_file(work)
        except (sqlite3.Error, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise NotKept(f"{self._lost}: {self.path} has a fault ({why}). Try: lms-tui doctor") from error

    def _with_file(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        with contextlib.closing(self._connected()) as db:
            return work(db)

    def _connected(self) -> sqlite3.Connection:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        os.close(descriptor)
        db = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(self._schema)
            db.execute(self._probe)
        except sqlite3.Error as error:
            db.close()
            if "no such column" in str(error):  # somebody else's table
                raise sqlite3.DatabaseError(str(error)) from error
            raise
        return db

    def _put_aside(self) -> None:
        if self._private:
            for end in _BESIDE:
                Path(f"{self.path}{end}").unlink(missing_ok=True)
            return
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
        for end in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.path}{end}").replace(f"{aside}{end}")
        self.set_aside = aside
