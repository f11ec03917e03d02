"""Where the spacing of practice is kept: one SQLite file (0600) per account of the machine, for all its TUIs.

A row belongs to a service, a person and a question. Each change is one transaction that reads and writes, so that two
TUIs lose nothing of each other. A kiosk keeps nothing: its spacing ends with the run.

Every method blocks, and opens the file anew: practice needs it a few times a day.
"""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from lms_tui.client.practice_spacing import Line
from lms_tui.client.sqlite_file import SqliteFile

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS practice (
  service TEXT NOT NULL, user TEXT NOT NULL, question TEXT NOT NULL,
  wrong_at TEXT NOT NULL, rights INTEGER NOT NULL, due TEXT, answered TEXT,
  PRIMARY KEY (service, user, question)) WITHOUT ROWID;
"""
_PROBE: Final = "SELECT service, user, question, wrong_at, rights, due, answered FROM practice LIMIT 1"
_LOST: Final = "When your questions come back cannot be kept"
_MINE: Final = "service = ? AND user = ?"


class PracticeFile:
    """The lines of one person (`whose`: the service's name and the user's id); `path` None keeps them in memory."""

    def __init__(self, path: Path | None, whose: tuple[str, str]) -> None:
        self.path, self._whose = path, whose
        self._file = None if path is None else SqliteFile(path, _SCHEMA, _PROBE, _LOST)
        self._memory: dict[UUID, Line] = {}

    def take_aside(self) -> Path | None:
        """Return once where a damaged file was put, if one was found."""
        if self._file is None:
            return None
        aside, self._file.set_aside = self._file.set_aside, None
        return aside

    def lines(self) -> dict[UUID, Line]:
        """Return every line. Raises NotKept when the disk does not give it."""
        if self._file is None:
            return dict(self._memory)

        def read(db: sqlite3.Connection) -> dict[UUID, Line]:
            rows = db.execute(
                f"SELECT question, wrong_at, rights, due, answered FROM practice WHERE {_MINE}",  # noqa: S608
                self._whose,
            )
            return {UUID(question): _line(rest) for question, *rest in rows}

        return self._file.run(read)

    def change(self, question: UUID, change: Callable[[Line | None], Line]) -> Line:
        """Put in place of a question's line what `change` makes of it, and return that. Raises NotKept."""
        if self._file is None:
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

        return self._file.run(changed)

    def forget(self) -> None:
        """Take away all lines of this person, from the disk too. Raises NotKept."""
        self._memory.clear()
        if self._file is None or not self._file.path.exists():
            return

        def forgotten(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete=ON")
            db.execute(f"DELETE FROM practice WHERE {_MINE}", self._whose)  # noqa: S608

        self._file.run(forgotten)


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
