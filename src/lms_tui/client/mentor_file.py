"""Threads with a mentor as they were read last, to be read without the service: one SQLite file (0600) of this machine.

A row is one thread of one person at one service, a `ThreadPage`: its newest messages without a gap, as far as they were
read. What does not join to what is kept takes its place, so nothing is missing in the middle. The file is small:
of a thread the newest messages are kept, of a person the threads that were read last.

It is written when a page was read or an answer has ended. A kiosk and guests keep nothing; signing out and an erasure
take all of the person away; a damaged file is removed. Every method blocks, and opens the file anew.
"""

import sqlite3
import time
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from lms_tui.client.sqlite_file import SqliteFile
from lms_tui.wire.mentor import Message
from lms_tui.wire.mentor_threads import ThreadLine, ThreadPage

MOST_MESSAGES: Final = 300
MOST_BYTES: Final = 512 * 1024
"""Of one thread, as it is kept; its newest message is kept however long it is."""
MOST_THREADS: Final = 100
"""Of one person at one service."""
MOST_OF_ALL: Final = 8 * 1024 * 1024
"""Bytes of one person's threads at one service."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS threads (
  service TEXT NOT NULL, user TEXT NOT NULL, thread TEXT NOT NULL, lesson TEXT NOT NULL,
  read_at REAL NOT NULL, page BLOB NOT NULL, PRIMARY KEY (service, user, thread)) WITHOUT ROWID;
"""
_PROBE: Final = "SELECT service, user, thread, lesson, read_at, page FROM threads LIMIT 1"
_LOST: Final = "What was said with the mentor cannot be kept on this machine"
_MINE: Final = "service = ? AND user = ?"
_PAGE: Final = msgspec.json.Decoder(ThreadPage)
_FIRST_WORDS: Final = 200


class MentorFile:
    """The threads of one person (`whose`: the service's name and the user's id); `path` None keeps nothing."""

    def __init__(self, path: Path | None, whose: tuple[str, str]) -> None:
        self._file = None if path is None else SqliteFile(path, _SCHEMA, _PROBE, _LOST, private=True)
        self._whose = whose

    def keep(self, page: ThreadPage, before: UUID | None = None) -> None:
        """Keep what was read: the newest messages, or with `before` those said before that message.

        What of the newest is kept already is replaced. An older page that does not join to what is kept is left out.
        Raises NotKept.
        """
        if self._file is None:
            return

        def kept(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete=ON")
            db.execute("BEGIN IMMEDIATE")  # another TUI waits here, and joins to what this one wrote
            whole = _joined(self._read(db, page.thread.id), page, before)
            if whole is not None:
                values = (str(whole.thread.id), str(whole.thread.lesson_id), time.time(), msgspec.json.encode(whole))
                db.execute("INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?, ?)", (*self._whose, *values))
                self._shorten(db)
            db.execute("COMMIT")

        self._file.run(kept)

    def thread(self, thread: UUID) -> ThreadPage | None:
        """Return what is kept of a thread; `earlier` tells whether more was said before it. Raises NotKept."""
        if self._file is None or not self._file.path.exists():
            return None
        return self._file.run(lambda db: self._read(db, thread))

    def threads(self, lesson: UUID | None = None) -> list[ThreadPage]:
        """Return the threads that are kept, of one lesson or of all, the newest first. Raises NotKept."""
        if self._file is None or not self._file.path.exists():
            return []

        def read(db: sqlite3.Connection) -> list[ThreadPage]:
            which = _MINE if lesson is None else f"{_MINE} AND lesson = ?"
            values = self._whose if lesson is None else (*self._whose, str(lesson))
            rows = db.execute(f"SELECT page FROM threads WHERE {which}", values)  # noqa: S608 - constants
            return [_decoded(row[0]) for row in rows]

        return sorted(self._file.run(read), key=lambda page: (page.thread.created_at, page.thread.id.int), reverse=True)

    def forget(self) -> None:
        """Take away all threads of this person, from the disk too. Raises NotKept."""
        if self._file is None or not self._file.path.exists():
            return

        def forgotten(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete=ON")
            db.execute(f"DELETE FROM threads WHERE {_MINE}", self._whose)  # noqa: S608 - constants

        self._file.run(forgotten)

    def _read(self, db: sqlite3.Connection, thread: UUID) -> ThreadPage | None:
        row = db.execute(
            f"SELECT page FROM threads WHERE {_MINE} AND thread = ?",  # noqa: S608 - constants
            (*self._whose, str(thread)),
        ).fetchone()
        return None if row is None else _decoded(row[0])

    def _shorten(self, db: sqlite3.Connection) -> None:
        """Take away those that were read longest ago, where there are too many or they are too large together."""
        rows = db.execute(
            f"SELECT thread, length(page) FROM threads WHERE {_MINE} ORDER BY read_at DESC",  # noqa: S608 - constants
            self._whose,
        ).fetchall()
        size = 0
        for number, (thread, length) in enumerate(rows, 1):
            size += length
            if number > 1 and (number > MOST_THREADS or size > MOST_OF_ALL):
                db.execute(f"DELETE FROM threads WHERE {_MINE} AND thread = ?", (*self._whose, thread))  # noqa: S608


def _decoded(page: bytes) -> ThreadPage:
    """Return a row's page. Raises ValueError for what we would not have written."""
    try:
        return _PAGE.decode(page)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def line_of(page: ThreadPage) -> ThreadLine:
    """Return a kept thread as it stands in a list; its numbers are those of what is kept."""
    begins = next((one.text for one in page.messages if one.role == "user"), "")
    return ThreadLine(thread=page.thread, messages=len(page.messages), begins=begins[:_FIRST_WORDS])


def _joined(kept: ThreadPage | None, page: ThreadPage, before: UUID | None) -> ThreadPage | None:
    """Return what is to be kept of a thread now; None: what is kept stays as it is."""
    old = [] if kept is None else kept.messages
    if before is None:
        ids = {message.id for message in page.messages}
        meets = next((at for at, message in enumerate(old) if message.id in ids), len(old))
        if kept is None or meets == len(old) or not page.earlier:
            return _newest(page, page.messages, earlier=page.earlier)
        return _newest(page, [*old[:meets], *page.messages], earlier=kept.earlier)
    if kept is None or not old or old[0].id != before:
        return None
    return _newest(page, [*page.messages, *old], earlier=page.earlier)


def _newest(page: ThreadPage, messages: list[Message], *, earlier: bool) -> ThreadPage:
    """Return the page with as many of the newest of `messages` as are kept of one thread."""
    size, first = 0, len(messages)
    for at in range(len(messages) - 1, max(-1, len(messages) - 1 - MOST_MESSAGES), -1):
        size += len(messages[at].text.encode(errors="replace"))
        if size > MOST_BYTES and first < len(messages):
            break
        first = at
    return msgspec.structs.replace(page, messages=messages[first:], earlier=earlier or first > 0)
