"""The outbox's file: one SQLite database (WAL, `synchronous=FULL`, 0600), shared by all TUIs of the account.

Every method blocks, and belongs to one thread. Of a lane (an attempt, a lesson) the write with the smallest id goes
first. A submission stands behind all answers of its attempt, also those given after it, and does not go while an
answer to one of its questions was refused in a way that the learner can mend (`outbox_items.MENDABLE`): graded now,
it would count what they never agreed to.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from lms_tui.client.outbox_items import MENDABLE, Counts, Item, Kept, State, content, place
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Operation, Request

LANES: Final = 8
"""How many attempts (or lessons) are sent at the same time."""
CLAIM_SECONDS: Final = 150.0
"""How long a process may take over what it claimed: longer than a call with its second try. A process that was
stopped, or a stranger that has the number of one long dead, holds nothing up for longer."""
LONGEST_WAIT: Final = 60.0
"""Seconds after which a sender looks again, whatever is due."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL, user TEXT NOT NULL,
  operation TEXT NOT NULL, lane TEXT NOT NULL, slot TEXT NOT NULL,
  body BLOB NOT NULL, sent BLOB NOT NULL DEFAULT '[]',
  problem BLOB, tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0,
  claimed_by INTEGER, claimed_at REAL NOT NULL DEFAULT 0, created REAL NOT NULL, label TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX IF NOT EXISTS waiting ON items (service, user, operation, slot) WHERE problem IS NULL;
CREATE INDEX IF NOT EXISTS heads ON items (service, user, lane, id, operation) WHERE problem IS NULL;
CREATE INDEX IF NOT EXISTS refused ON items (service, user, lane) WHERE problem IS NOT NULL;
"""

_LATER_COLUMNS: Final = {
    "claimed_at": "claimed_at REAL NOT NULL DEFAULT 0",
    "label": "label TEXT NOT NULL DEFAULT ''",
}
"""Columns that files of earlier builds do not have."""

_MINE: Final = "service = ? AND user = ?"
_NEWER: Final = (
    "SELECT 1 FROM items AS newer WHERE newer.problem IS NULL AND newer.service = items.service"
    " AND newer.user = items.user AND newer.operation = items.operation AND newer.slot = items.slot"
    " AND newer.id <> items.id"
)
_CODES: Final = ", ".join(f"'{code}'" for code in MENDABLE)
_HELD: Final = (
    f"operation = '{quizzes.SUBMIT.name}' AND EXISTS (SELECT 1 FROM items AS answer"  # noqa: S608 - our own words
    " WHERE answer.service = items.service AND answer.user = items.user AND answer.lane = items.lane"
    f" AND answer.operation = '{quizzes.ANSWER.name}' AND answer.problem IS NOT NULL"
    f" AND json_extract(CAST(answer.problem AS TEXT), '$.code') IN ({_CODES})"
    # the id of the answer's question stands in the submission: it is one of those that are graded
    " AND instr(CAST(items.body AS TEXT), substr(answer.slot, length(answer.lane) + 2)) > 0)"
)


_WAITING: Final = f"SELECT count(*) FROM items WHERE {_MINE} AND problem IS NULL"  # noqa: S608
_COUNT: Final = (
    f"SELECT ({_WAITING}), (SELECT count(*) FROM items WHERE {_MINE} AND problem IS NOT NULL),"  # noqa: S608
    f" (SELECT count(*) FROM items WHERE problem IS NULL) - ({_WAITING}),"
    f" ({_WAITING} AND operation = '{quizzes.SUBMIT.name}' AND {_HELD})"
)
"""Each number by an index alone: with thousands of rows it is asked for at every change."""


class OutboxFile:
    """The rows of one person (`whose`: the service's name and the user's id) in the file at `path`."""

    def __init__(self, path: Path, whose: tuple[str, str]) -> None:
        self.path, self._whose = path, whose
        self._newer: dict[tuple[str, datetime | None], datetime] = {}
        self._disk: sqlite3.Connection | None = None
        self._depth = 0
        self._counted: tuple[tuple[int, int], Counts] | None = None

    def open(self) -> None:
        """Open the file, made where there is none, for the owner alone."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.close(descriptor)
        self._disk = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        self._disk.execute("PRAGMA journal_mode=WAL")
        self._disk.execute("PRAGMA synchronous=FULL")
        self._disk.executescript(_SCHEMA)
        there = {column[1] for column in self._disk.execute("PRAGMA table_info(items)")}
        for name, column in _LATER_COLUMNS.items():
            if name not in there:
                with contextlib.suppress(sqlite3.OperationalError):  # another process was first
                    self._disk.execute(f"ALTER TABLE items ADD COLUMN {column}")

    def close(self) -> None:
        """Let go of what this process took for sending, and close the file."""
        self._db.execute("UPDATE items SET claimed_by = NULL WHERE claimed_by = ?", (os.getpid(),))
        self._db.close()

    def forget(self) -> None:
        """Take away all that lies here of this person, from the disk too."""
        with self._transaction() as db:
            db.execute(f"DELETE FROM items WHERE {_MINE}", self._whose)  # noqa: S608
        self._db.execute("VACUUM")  # what was deleted stands in the file until it is written over
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def abandon(self) -> None:
        """Close the file as it is, when it cannot be used."""
        if self._disk is not None:
            self._disk.close()

    @property
    def _db(self) -> sqlite3.Connection:
        if self._disk is None:
            raise RuntimeError("the outbox is not open")
        return self._disk

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Have all that is written within become durable together, with one flush of the disk, at its end.

        What fails alone undoes itself alone. Raises sqlite3.Error where nothing of it could be kept.
        """
        self._depth = 1
        try:
            yield
        except BaseException:
            self._end("ROLLBACK")
            raise
        else:
            self._end("COMMIT")
        finally:
            self._depth = 0

    def _end(self, how: str) -> None:
        if self._db.in_transaction:
            self._db.execute(how)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        if not self._depth:
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            return
        self._db.execute("SAVEPOINT one")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK TO one")
            raise
        finally:
            if self._db.in_transaction:
                self._db.execute("RELEASE one")

    def keep(self, operation: Operation[Any, Any], request: Request, label: str = "") -> None:
        """Write it down, in place of one of the same slot that waits or was refused; `label` says what it is."""
        lane, slot = place(request)
        if isinstance(request, quizzes.AnswerRequest):
            # the screen may not have heard yet that its own last change was acknowledged
            request = msgspec.structs.replace(request, base=self._newest(slot, request.base))
        with self._transaction() as db:
            # something new is a new chance for what waits before it; other lanes keep their pauses
            db.execute(
                f"UPDATE items SET due = 0 WHERE {_MINE} AND lane = ? AND problem IS NULL AND due > 0",  # noqa: S608
                (*self._whose, lane),
            )
            if isinstance(request, quizzes.AnswerRequest | quizzes.SubmitRequest) and self._replace(
                operation, slot, request
            ):
                return
            db.execute(
                "INSERT INTO items (service, user, operation, lane, slot, body, created, label)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*self._whose, operation.name, lane, slot, msgspec.json.encode(request), time.time(), label),
            )
            if isinstance(request, quizzes.AnswerRequest):  # a submission that is not on its way goes behind it
                db.execute(
                    "UPDATE items SET id = (SELECT max(id) + 1 FROM items) WHERE claimed_by IS NULL"  # noqa: S608
                    f" AND problem IS NULL AND operation = ? AND slot = ? AND {_MINE}",
                    (quizzes.SUBMIT.name, lane, *self._whose),
                )

    def _replace(
        self, operation: Operation[Any, Any], slot: str, newest: quizzes.AnswerRequest | quizzes.SubmitRequest
    ) -> bool:
        """Take the place of a waiting write of the slot; a refused one has become pointless. False: none waits."""
        where = f"{_MINE} AND operation = ? AND slot = ?"
        key = (*self._whose, operation.name, slot)
        self._db.execute(f"DELETE FROM items WHERE {where} AND problem IS NOT NULL", key)  # noqa: S608
        standing = self._db.execute(f"SELECT id, body FROM items WHERE {where}", key).fetchone()  # noqa: S608
        if standing is None:
            return False
        if isinstance(newest, quizzes.AnswerRequest):
            base = msgspec.json.decode(standing[1], type=quizzes.AnswerRequest).base
            newest = msgspec.structs.replace(newest, base=base)
        self._db.execute("UPDATE items SET body = ?, due = 0 WHERE id = ?", (msgspec.json.encode(newest), standing[0]))
        return True

    def claim(self) -> list[Item]:
        """Take the first write of each lane that nobody alive is sending, and note its content as sent."""
        taken: list[Item] = []
        with self._transaction() as db:
            heads = db.execute(
                "SELECT id, operation, body, sent, tries, due, claimed_by, claimed_at FROM items WHERE id IN"  # noqa: S608
                f" (SELECT min(id) FROM items WHERE {_MINE} AND problem IS NULL AND NOT ({_HELD}) GROUP BY lane)"
                " ORDER BY id",
                self._whose,
            ).fetchall()
            now = time.time()
            for id_, name, body, sent, tries, due, holder, since in heads:
                operation = _operation(name)
                if len(taken) == LANES or due > now or _is_held(holder, now - since) or operation is None:
                    continue  # what this build does not know is a newer one's to send
                contents: list[str] = msgspec.json.decode(sent)
                if name == quizzes.ANSWER.name:
                    answer = msgspec.json.decode(body, type=quizzes.AnswerRequest).answer
                    contents = [*dict.fromkeys([*contents, content(answer)])]
                db.execute(
                    "UPDATE items SET claimed_by = ?, claimed_at = ?, sent = ? WHERE id = ?",
                    (os.getpid(), now, msgspec.json.encode(contents), id_),
                )
                taken.append(Item(id_, operation, body, contents, tries))
        return taken

    def drop_if_unchanged(self, item: Item, base: str | None) -> bool:
        """Take the acknowledged write out; if it was replaced meanwhile, let the newer one go on from there."""
        with self._transaction() as db:
            gone = db.execute("DELETE FROM items WHERE id = ? AND body = ?", (item.id, item.body)).rowcount == 1
            if not gone and base is not None:
                self._set_base(item, base)
        if gone and base is not None and isinstance(request := item.request, quizzes.AnswerRequest):
            self._note_newer(request, base)
        return gone

    def _note_newer(self, request: quizzes.AnswerRequest, base: str) -> None:
        after = datetime.fromisoformat(base)
        if after != request.base:
            self._newer[place(request)[1], request.base] = after

    def _newest(self, slot: str, base: datetime | None) -> datetime | None:
        """Follow what this outbox itself had acknowledged since `base`; another terminal's changes are not in it."""
        while (newer := self._newer.get((slot, base))) is not None:
            base = newer
        return base

    def rebase(self, item: Item, base: str) -> None:
        """Send it once more at once, on what the service holds now."""
        with self._transaction():
            self._set_base(item, base)

    def _set_base(self, item: Item, base: str) -> None:
        row = self._db.execute("SELECT body FROM items WHERE id = ?", (item.id,)).fetchone()
        if row is None:
            return
        newest = msgspec.json.decode(row[0], type=quizzes.AnswerRequest)
        self._note_newer(newest, base)
        newest = msgspec.structs.replace(newest, base=datetime.fromisoformat(base))
        self._db.execute(
            "UPDATE items SET body = ?, claimed_by = NULL, due = 0, tries = 0 WHERE id = ?",
            (msgspec.json.encode(newest), item.id),
        )

    def mark_refused(self, item: Item, problem: bytes) -> None:
        """Keep a refused write aside; one that was replaced meanwhile is tried again with its newer content."""
        with self._transaction() as db:
            db.execute("UPDATE items SET claimed_by = NULL WHERE id = ?", (item.id,))
            db.execute("UPDATE items SET problem = ? WHERE id = ? AND body = ?", (problem, item.id, item.body))

    def postpone(self, item: Item, due: float) -> None:
        """Let it wait until `due` (seconds of the epoch)."""
        with self._transaction() as db:
            db.execute("UPDATE items SET claimed_by = NULL, tries = tries + 1, due = ? WHERE id = ?", (due, item.id))

    def all_due(self) -> None:
        """End every pause."""
        with self._transaction() as db:
            db.execute("UPDATE items SET due = 0 WHERE service = ? AND user = ? AND due > 0", self._whose)

    def next_due(self) -> float | None:
        """Return the seconds until something is to be looked at again; None where nothing can go by itself."""
        row = self._db.execute(
            "SELECT min(CASE WHEN coalesce(claimed_by, ?) = ? THEN due ELSE max(due, ?) END) FROM items"  # noqa: S608
            f" WHERE {_MINE} AND problem IS NULL AND NOT ({_HELD})",
            (os.getpid(), os.getpid(), time.time() + 1.0, *self._whose),  # another's is looked at once a second
        ).fetchone()
        return None if row[0] is None else max(0.05, min(row[0] - time.time(), LONGEST_WAIT))

    def retry(self, id_: int) -> None:
        """Let a write go at once, a refused one as if it had just been given.

        One that was refused becomes pointless when a newer one of its slot waits: that one goes instead.
        """
        with self._transaction() as db:
            db.execute(f"DELETE FROM items WHERE id = ? AND problem IS NOT NULL AND EXISTS ({_NEWER})", (id_,))  # noqa: S608
            db.execute("UPDATE items SET problem = NULL, due = 0, tries = 0 WHERE id = ?", (id_,))

    def discard(self, id_: int) -> bool:
        """Take a write out that was refused; what still waits is left alone: False."""
        gone = self._db.execute(
            f"DELETE FROM items WHERE id = ? AND problem IS NOT NULL AND {_MINE}",  # noqa: S608 - our own words
            (id_, *self._whose),
        )
        return gone.rowcount == 1

    def counts(self) -> Counts:
        """Return how much lies here; counted again only after a change, by this process or another."""
        version: tuple[int, int] = (self._db.total_changes, self._db.execute("PRAGMA data_version").fetchone()[0])
        if self._counted is None or self._counted[0] != version:
            self._counted = version, Counts(*self._db.execute(_COUNT, self._whose * 4).fetchone())
        return self._counted[1]

    def kept(self) -> list[Kept]:
        """Return all that lies here for this person, the oldest first; writes of a newer program are passed over."""
        rows = self._db.execute(
            "SELECT id, operation, body, label, created, tries, due, problem, lane, claimed_by, claimed_at, "  # noqa: S608
            f"problem IS NULL AND {_HELD} FROM items WHERE {_MINE} ORDER BY id",
            self._whose,
        )
        found: list[Kept] = []
        lanes: set[str] = set()
        now = time.time()
        for id_, name, body, label, created, tries, due, problem, lane, holder, since, held in rows:
            if (operation := _operation(name)) is None:
                continue
            state = State.BEHIND if lane in lanes else State.NEXT
            if problem is not None:
                state = State.REFUSED
            elif held:
                state = State.HELD
            else:
                lanes.add(lane)
                if holder == os.getpid() or _is_held(holder, now - since):
                    state = State.SENDING
            found.append(
                Kept(
                    id=id_,
                    operation=operation,
                    request=msgspec.json.decode(body, type=operation.request),
                    label=label,
                    created=created,
                    tries=tries,
                    due=due,
                    state=state,
                    problem=None if problem is None else msgspec.json.decode(problem, type=Problem),
                )
            )
        return found


def _operation(name: str) -> Operation[Any, Any] | None:
    """Return the operation of that name, None where this build has none."""
    from lms_tui.wire.operations import BY_NAME  # noqa: PLC0415 - all areas: not before something waits

    return BY_NAME.get(name)


def _is_held(holder: int | None, seconds: float) -> bool:
    """Tell whether another process claimed a row `seconds` ago and may still be at it; a clock set back ends it."""
    return holder not in (None, os.getpid()) and 0 <= seconds < CLAIM_SECONDS and _lives(holder)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
