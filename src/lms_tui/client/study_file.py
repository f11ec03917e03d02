"""Study time that the service does not have yet: one SQLite file (0600), shared by all TUIs of the account.

A row is one person's course at one service. `minutes` are studied and not sent, and `seconds` beyond them, left by the
end of a run: they go with the minute that they make up with later ones; `seen` is what stood at the service
as this machine saw it last, NULL while it never did. `sent` is a write that was handed to the network: (`seen`, `sent`)
go out again, unchanged, until an answer settles them. It is written down *before* it is sent, so that after a kill it
is known that it may have arrived.

What an answer means (`settle`):

- counted: these minutes stand there.
- not counted, and the write had never been sent before: it is certain that it was not counted, so its minutes are
  free again and go out with what stands now.
- not counted, and the write had been sent before without an answer: less than `seen + sent` stands, and it is as
  certain, since the time only grows. At least `seen + sent` stands, and it was this write that was counted, or another
  machine's in its place. Nobody can tell, so it is taken as counted. That is the rule: a minute may be lost, when a
  reply is lost and another machine studies the same course meanwhile; never is one counted twice.

One terminal at a time sends (`claimed`), so the terminals of one machine are never in each other's way.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from lms_tui.wire.statistics import MOST_MINUTES, StudyRequest, StudyTime

CLAIM_SECONDS: Final = 150.0
"""How long a terminal may take over a write; after that another may send it again."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS study (
  service TEXT NOT NULL, user TEXT NOT NULL, course TEXT NOT NULL,
  minutes INTEGER NOT NULL DEFAULT 0, seen INTEGER, sent INTEGER, tries INTEGER NOT NULL DEFAULT 0,
  claimed REAL NOT NULL DEFAULT 0, seconds INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (service, user, course)) WITHOUT ROWID
"""
_LATER_COLUMN: Final = "ALTER TABLE study ADD COLUMN seconds INTEGER NOT NULL DEFAULT 0"
"""What files of earlier builds do not have."""
_MINE: Final = "service = ? AND user = ? AND course = ?"


class Telling(msgspec.Struct, frozen=True):
    """A write to be sent."""

    request: StudyRequest
    number: int
    """How often this write has been handed to the network, this time included."""

    @property
    def unsure(self) -> bool:
        """Whether it may have arrived by an earlier try."""
        return self.number > 1


class StudyFile:
    """The study time of one person at one service, in the file at `path`. Every method blocks, and opens the file."""

    def __init__(self, path: Path, *, service: str, user: UUID) -> None:
        self._path, self._whose = path, (service, str(user))

    def add(self, course: UUID, minutes: int, seconds: int = 0) -> None:
        """Keep `minutes` and `seconds` of studying `course`. Raises sqlite3.Error and OSError, as all methods do."""
        more, seconds = divmod(seconds, 60)
        with self._transaction() as db:
            db.execute(
                "INSERT INTO study (service, user, course, minutes, seconds) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET minutes = minutes + excluded.minutes + (seconds + excluded.seconds) / 60,"
                " seconds = (seconds + excluded.seconds) % 60",
                (*self._whose, str(course), minutes + more, seconds),
            )

    def courses(self) -> list[UUID]:
        """Return the courses with minutes that the service does not have, or may not have."""
        if not self._path.exists():  # asked for at each start, also by those who never study
            return []
        with self._transaction() as db:
            rows = db.execute(
                "SELECT course FROM study WHERE service = ? AND user = ? AND (minutes > 0 OR sent IS NOT NULL)"
                " ORDER BY course",
                self._whose,
            ).fetchall()
        return [UUID(row[0]) for row in rows]

    def next(self, course: UUID) -> Telling | None:
        """Take the next write of `course` for sending; None where there is none, or another terminal sends it."""
        key = (*self._whose, str(course))
        with self._transaction() as db:
            now = time.time()  # read under the lock: an earlier one would lie before another terminal's claim
            row = db.execute(f"SELECT minutes, seen, sent, tries, claimed FROM study WHERE {_MINE}", key).fetchone()  # noqa: S608
            if row is None or abs(now - row[4]) < CLAIM_SECONDS:
                return None
            minutes, seen, sent, tries, _ = row
            if sent is None:
                if minutes <= 0:
                    return None
                tries = 0
                if seen is None:  # ask what stands first: what is never guessed is never unsure
                    sent, seen = 0, 0
                else:
                    sent = min(minutes, MOST_MINUTES)
                minutes -= sent
            db.execute(
                f"UPDATE study SET minutes = ?, seen = ?, sent = ?, tries = ?, claimed = ? WHERE {_MINE}",  # noqa: S608
                (minutes, seen, sent, tries + 1, now, *key),
            )
        return Telling(StudyRequest(course_id=course, seen=seen, minutes=sent), tries + 1)

    def settle(self, telling: Telling, stands: StudyTime) -> None:
        """Take over the answer to `telling`: see the rule of this module.

        An answer that comes after another terminal has taken the write over changes nothing: that one settles it.
        """
        request = telling.request
        may_be_ours = telling.unsure and stands.minutes >= request.seen + request.minutes
        again = 0 if stands.counted or may_be_ours else request.minutes
        with self._transaction() as db:
            db.execute(
                f"UPDATE study SET minutes = minutes + ?, seen = ?, sent = NULL, tries = 0, claimed = 0"  # noqa: S608
                f" WHERE {_MINE} AND sent = ? AND tries = ?",
                (again, stands.minutes, *self._whose, str(request.course_id), request.minutes, telling.number),
            )

    def unanswered(self, telling: Telling) -> None:
        """Note that no answer came: the write goes out again, by whoever is next."""
        key = (*self._whose, str(telling.request.course_id), telling.number)
        with self._transaction() as db:
            db.execute(f"UPDATE study SET claimed = 0 WHERE {_MINE} AND tries = ?", key)  # noqa: S608

    def forget(self, course: UUID) -> None:
        """Let the study time of a course go in which the service records none for this person any more."""
        with self._transaction() as db:
            db.execute(f"DELETE FROM study WHERE {_MINE}", (*self._whose, str(course)))  # noqa: S608

    def forget_all(self) -> None:
        """Let all study time of this person go."""
        with self._transaction() as db:
            db.execute("PRAGMA secure_delete=ON")
            db.execute("DELETE FROM study WHERE service = ? AND user = ?", self._whose)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the open file in a transaction; opened each time, once a minute, so that nothing is held meanwhile."""
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        db = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                db.execute(_SCHEMA)
                if "seconds" not in {column[1] for column in db.execute("PRAGMA table_info(study)")}:
                    db.execute(_LATER_COLUMN)
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        finally:
            db.close()
