"""Where the spacing of practice is kept: one SQLite file (0600) per account of the machine, for all its TUIs.

A row belongs to a service, a person and a question. Each change is one transaction that reads and writes, so that two
TUIs lose nothing of each other. A file that is damaged is set aside, with a sentence, and a new one begun: what is in
it is worth a few days of practice, never a crash. A kiosk keeps nothing: its spacing ends with the run.

Every method blocks, and opens the file anew: practice needs it a few times a day.
"""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from lms_tui.client.errors import NotKept
from lms_tui.client.practice_spacing import Line

_log = logging.getLogger(__name__)
Done = TypeVar("Done")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS practice (
  service TEXT NOT NULL, user TEXT NOT NULL, question TEXT NOT NULL,
  wrong_at TEXT NOT NULL, rights INTEGER NOT NULL, due TEXT, answered TEXT,
  PRIMARY KEY (service, user, question)) WITHOUT ROWID;
"""
_MINE: Final = "service = ? AND user = ?"
_BESIDE: Final = ("", "-journal", "-wal", "-shm")


class PracticeFile:
    """The lines of one person (`whose`: the service's name and the user's id); `path` None keeps them in memory."""

    def __init__(self, path: Path | None, whose: tuple[str, str]) -> None:
        self.path, self._whose = path, whose
        self.set_aside: Path | None = None
        """Where a damaged file was put, if one was found."""
        self._memory: dict[UUID, Line] = {}

    def lines(self) -> dict[UUID, Line]:
        """Return every line. Raises NotKept when the disk does not give it."""
        if self.path is None:
            return dict(self._memory)

        def read(db: sqlite3.Connection) -> dict[UUID, Line]:
            rows = db.execute(
                f"SELECT question, wrong_at, rights, due, answered FROM practice WHERE {_MINE}",  # noqa: S608
                self._whose,
            )
            return {UUID(question): _line(rest) for question, *rest in rows}

        return self._on_disk(read)

    def change(self, question: UUID, change: Callable[[Line | None], Line]) -> Line:
        """Put in place of a question's line what `change` makes of it, and return that. Raises NotKept."""
        if self.path is None:
            self._memory[question] = change(self._memory.get(question))
            return self._memory[question]

        def changed(db: sqlite3.Connection) -> Line:
            db.execute("BEGIN IMMEDIATE")  # another TUI waits here, and reads what this one wrote
            row = db.execute(
                f"SELECT wrong_at, rights, due, answered FROM practice WHERE {_MINE} AND question = ?",  # noqa: S608
                (*self._whose, str(question)),
            ).fetchone()
            line = change(None if row is None else _line(row))
            values = (line.wrong_at.isoformat(), line.rights, _text(line.due), _text(line.answered))
            db.execute(
                "INSERT OR REPLACE INTO practice VALUES (?, ?, ?, ?, ?, ?, ?)", (*self._whose, str(question), *values)
            )
            db.execute("COMMIT")
            return line

        return self._on_disk(changed)

    def forget(self) -> None:
        """Take away all lines of this person, from the disk too. Raises NotKept."""
        self._memory.clear()
        if self.path is None or not self.path.exists():
            return

        def forgotten(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete=ON")
            db.execute(f"DELETE FROM practice WHERE {_MINE}", self._whose)  # noqa: S608

        self._on_disk(forgotten)

    def _on_disk(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        """Run `work` on the file; a damaged one is set aside first, and a new one begun. Raises NotKept."""
        try:
            try:
                return self._with_file(work)
            except sqlite3.OperationalError:
                raise  # locked, full, read-only: the file itself is sound
            except (sqlite3.DatabaseError, ValueError, TypeError) as error:  # or what is no date, no id, no number
                _log.warning("%s is damaged: %s", self.path, error)
                self._put_aside()
                return self._with_file(work)
        except (sqlite3.Error, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise NotKept(
                f"When your questions come back cannot be kept: {self.path} has a fault ({why}). Try: lms-tui doctor"
            ) from error

    def _with_file(self, work: Callable[[sqlite3.Connection], Done]) -> Done:
        with contextlib.closing(self._connected()) as db:
            return work(db)

    def _connected(self) -> sqlite3.Connection:
        path = self.path
        assert path is not None  # noqa: S101 - a kiosk opens no file
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        os.close(descriptor)
        db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
            db.execute("SELECT service, user, question, wrong_at, rights, due, answered FROM practice LIMIT 1")
        except sqlite3.Error as error:
            db.close()
            if "no such column" in str(error):  # somebody else's table
                raise sqlite3.DatabaseError(str(error)) from error
            raise
        return db

    def _put_aside(self) -> None:
        path = self.path
        assert path is not None  # noqa: S101
        aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
        for end in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}{end}").replace(f"{aside}{end}")
        self.set_aside = aside


def _line(row: list[object] | tuple[object, ...]) -> Line:
    """Return a row's line. Raises ValueError or TypeError for what we would not have written."""
    wrong_at, rights, due, answered = row
    if not isinstance(rights, int):
        raise TypeError("rights is no number")
    return Line(
        datetime.fromisoformat(str(wrong_at)),
        rights,
        None if due is None else date.fromisoformat(str(due)),
        None if answered is None else date.fromisoformat(str(answered)),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
