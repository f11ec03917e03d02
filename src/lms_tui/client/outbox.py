"""Writes that are kept on disk first and sent by themselves: the reason why nothing answered is ever lost.

One SQLite file (WAL, `synchronous=FULL`) per account of the machine, shared by all its TUIs. A row belongs to a
service and a person and goes out under that person's session only. Of one attempt the writes go in order, of
several at the same time; an answer that changes while it waits is replaced, so that only the newest goes out.

A row leaves when the service acknowledged the same content. A refused one stays, named, and holds nobody up. When
a reply was lost on its way back, the service holds content that this client itself sent: every content is noted
here before it is sent, so that such a conflict is recognised as our own and never shown.
"""

import asyncio
import contextlib
import logging
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, NotKept, Refused
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Answered, Ask, Operation, Reply, Request
from lms_tui.wire.operations import BY_NAME
from lms_tui.wire.text import clean

_log = logging.getLogger(__name__)

LANES: Final = 4
"""How many attempts (or lessons) are sent at the same time."""
Done = TypeVar("Done")

CLAIM_SECONDS: Final = 150.0
"""How long a process may take over what it claimed: longer than a call with its second try. A process that was
stopped, or a stranger that has the number of one long dead, holds nothing up for longer."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0
"""Seconds between tries while nobody answers; doubled each time, with a fifth of jitter either way."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL, user TEXT NOT NULL,
  operation TEXT NOT NULL, lane TEXT NOT NULL, slot TEXT NOT NULL,
  body BLOB NOT NULL, sent BLOB NOT NULL DEFAULT '[]',
  problem BLOB, tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0,
  claimed_by INTEGER, claimed_at REAL NOT NULL DEFAULT 0, created REAL NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS waiting ON items (service, user, operation, slot) WHERE problem IS NULL;
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies in the outbox for this person and service."""

    waiting: int
    refused: int
    others: int
    """Waiting writes of other people or for other services: a number, nothing of what is in them."""


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    operation: Operation[Any, Any]
    body: bytes
    sent: list[str]
    tries: int

    @property
    def request(self) -> Request:
        decoded: Request = msgspec.json.decode(self.body, type=self.operation.request)
        return decoded


class Outbox:
    """The outbox of one person at one service. Open it in a running event loop; `close` ends the sending.

    `service` names the service for ever, whatever its socket's path is today.
    """

    def __init__(self, path: Path, api: Api, *, service: str, user: UUID) -> None:
        self._path, self._api = path, api
        self._whose = (service, str(user))
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._watching: list[Callable[[], None]] = []
        self._following: list[Callable[[Delivered], None]] = []
        self._newer: dict[tuple[str, datetime | None], datetime] = {}
        self._waiting: list[tuple[Operation[Any, Any], Request]] = []
        self._wake = asyncio.Event()
        self._counts = Counts(0, 0, 0)
        self._disk: sqlite3.Connection | None = None
        self._sending: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    async def open(self) -> None:
        """Open the file (0600) and begin to send what waits. Raises NotKept when it cannot be used."""
        try:
            await self._on_disk(self._connect)
            await self._on_disk(self._all_due)  # a new start is a new chance: nothing waits out an old pause
            await self._recount()
        except NotKept:
            if self._disk is not None:
                await self._on_disk(self._disk.close)
            self._thread.shutdown()
            raise
        self._sending = asyncio.create_task(self._send_for_ever(), name="outbox")

    async def close(self) -> None:
        """Stop sending and close the file; what waits goes next time."""
        if self._sending is not None:
            self._sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending
        await self._on_disk(self._disconnect)
        self._thread.shutdown()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` in the event loop when the counts change; returns what ends that."""
        self._watching.append(listener)
        return lambda: self._watching.remove(listener)

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:
        """Call `listener` in the event loop for each write that the service took or refused; returns what ends that."""
        self._following.append(listener)
        return lambda: self._following.remove(listener)

    def counts(self) -> Counts:
        """Return how much waits and how much was refused, as of the last change here."""
        return self._counts

    async def put(self, operation: Operation[Ask, Answered], request: Ask) -> None:
        """Keep a write durably, then send it. Returns when it stands on disk, which is not yet "saved".

        Raises ValueError for an operation that may not wait, NotKept when the disk does not take it.
        """
        if not operation.waits:
            raise ValueError(f"{operation.name} cannot wait in the outbox")
        await self._on_disk(lambda: self._keep(operation, request))
        await self._recount()
        self.hurry()

    def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:
        """Return the writes of `operation` that are not acknowledged yet, the oldest first, from memory."""
        kind = operation.request
        return [request for waiting, request in self._waiting if waiting is operation and isinstance(request, kind)]

    def hurry(self) -> None:
        """Send at once what waits: after something new came, or when the service is back."""
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Wait until nothing can be sent any more for now: all went, was refused, or waits for its next try."""
        await self._idle.wait()

    # --- sending ------------------------------------------------------------------------------------------------

    async def _send_for_ever(self) -> None:
        while True:
            try:
                await self._send_round()
            except NotKept as error:  # a full disk may have room again
                _log.warning("the outbox stands still: %s", error)
                self._idle.set()
                await asyncio.sleep(LONGEST_PAUSE / 10)

    async def _send_round(self) -> None:
        """Send what is due, or wait until something is."""
        self._wake.clear()
        items = await self._on_disk(self._claim)
        if items:
            await asyncio.gather(*(self._send(item) for item in items))
            return
        self._idle.set()
        pause = await self._on_disk(self._next_due)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), pause)
        if self._wake.is_set():
            await self._on_disk(self._all_due)

    async def _send(self, item: _Item) -> None:
        request = item.request
        try:
            reply = await self._api.call(item.operation, request)
        except Refused as refused:
            await self._refused(item, request, refused)
        except ClientError:  # nobody there, or no session: it waits, and the status line says so
            await self._later(item)
        else:
            await self._acknowledged(item, request, reply)

    async def _acknowledged(self, item: _Item, request: Request, reply: Reply) -> None:
        base = reply.updated_at.isoformat() if isinstance(reply, quizzes.SavedAnswer) else None
        if await self._on_disk(lambda: self._drop_if_unchanged(item, base)):
            await self._recount()
            self._tell(Delivered(item.operation, request, reply))

    async def _refused(self, item: _Item, request: Request, refused: Refused) -> None:
        if refused.is_passing:
            await self._later(item)
            return
        stored = refused.problem.stored
        if refused.code == Code.ANSWER_CONFLICT and stored is not None and isinstance(request, quizzes.AnswerRequest):
            if _content(stored.answer) == _content(request.answer):
                await self._acknowledged(item, request, stored)
                return
            if _content(stored.answer) in item.sent:
                await self._on_disk(lambda: self._rebase(item, stored.updated_at.isoformat()))
                return
        await self._on_disk(lambda: self._mark_refused(item, msgspec.json.encode(refused.problem)))
        await self._recount()
        self._tell(Delivered(item.operation, request, refused))

    async def _later(self, item: _Item) -> None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**item.tries) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        await self._on_disk(lambda: self._postpone(item, time.time() + pause))

    def _tell(self, delivered: Delivered) -> None:
        for listener in tuple(self._following):
            listener(delivered)

    async def _recount(self) -> None:
        before = self._counts
        self._counts, self._waiting = await self._on_disk(self._look)
        if self._counts != before:
            for listener in tuple(self._watching):
                listener()

    # --- on disk: everything below runs in the one thread -------------------------------------------------------

    async def _on_disk(self, work: Callable[[], Done]) -> Done:
        """Run `work` in the one thread. Raises NotKept when the disk does not take or give it."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError) as error:
            raise NotKept(
                f"What you do cannot be kept on this machine: {self._path} {_fault(error)}. Try: lms-tui doctor"
            ) from error

    def _connect(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.close(descriptor)
        self._disk = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
        self._disk.execute("PRAGMA journal_mode=WAL")
        self._disk.execute("PRAGMA synchronous=FULL")
        self._disk.executescript(_SCHEMA)
        if not any(column[1] == "claimed_at" for column in self._disk.execute("PRAGMA table_info(items)")):
            with contextlib.suppress(sqlite3.OperationalError):  # another process was first
                self._disk.execute("ALTER TABLE items ADD COLUMN claimed_at REAL NOT NULL DEFAULT 0")

    def _disconnect(self) -> None:
        self._db.execute("UPDATE items SET claimed_by = NULL WHERE claimed_by = ?", (os.getpid(),))
        self._db.close()

    @property
    def _db(self) -> sqlite3.Connection:
        if self._disk is None:
            raise RuntimeError("the outbox is not open")
        return self._disk

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _keep(self, operation: Operation[Any, Any], request: Request) -> None:
        lane, slot = _place(request)
        with self._transaction() as db:
            where = "service = ? AND user = ? AND operation = ? AND slot = ?"
            key = (*self._whose, operation.name, slot)
            if isinstance(request, quizzes.AnswerRequest):
                # the screen may not have heard yet that its own last change was acknowledged
                request = msgspec.structs.replace(request, base=self._newest(slot, request.base))
            if isinstance(request, quizzes.AnswerRequest | quizzes.SubmitRequest):
                # a newer one makes an older refused one of the same slot pointless, and takes a waiting one's place
                db.execute(f"DELETE FROM items WHERE {where} AND problem IS NOT NULL", key)  # noqa: S608
                standing = db.execute(f"SELECT id, body FROM items WHERE {where}", key).fetchone()  # noqa: S608
                if standing is not None:
                    newest: Request = request
                    if isinstance(request, quizzes.AnswerRequest):
                        base = msgspec.json.decode(standing[1], type=quizzes.AnswerRequest).base
                        newest = msgspec.structs.replace(request, base=base)
                    db.execute(
                        "UPDATE items SET body = ?, due = 0 WHERE id = ?", (msgspec.json.encode(newest), standing[0])
                    )
                    return
            db.execute(
                "INSERT INTO items (service, user, operation, lane, slot, body, created) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (*self._whose, operation.name, lane, slot, msgspec.json.encode(request), time.time()),
            )

    def _claim(self) -> list[_Item]:
        """Take the first write of each lane that nobody alive is sending, and note its content as sent."""
        taken: list[_Item] = []
        with self._transaction() as db:
            heads = db.execute(
                "SELECT id, operation, body, sent, tries, due, claimed_by, claimed_at FROM items WHERE id IN"
                " (SELECT min(id) FROM items WHERE service = ? AND user = ? AND problem IS NULL GROUP BY lane)"
                " ORDER BY id",
                self._whose,
            ).fetchall()
            now = time.time()
            for id_, name, body, sent, tries, due, holder, since in heads:
                if len(taken) == LANES or due > now or _is_held(holder, now - since):
                    continue
                contents: list[str] = msgspec.json.decode(sent)
                if name == quizzes.ANSWER.name:
                    answer = msgspec.json.decode(body, type=quizzes.AnswerRequest).answer
                    contents = [*dict.fromkeys([*contents, _content(answer)])]
                db.execute(
                    "UPDATE items SET claimed_by = ?, claimed_at = ?, sent = ? WHERE id = ?",
                    (os.getpid(), now, msgspec.json.encode(contents), id_),
                )
                taken.append(_Item(id_, BY_NAME[name], body, contents, tries))
        return taken

    def _drop_if_unchanged(self, item: _Item, base: str | None) -> bool:
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
            self._newer[_place(request)[1], request.base] = after

    def _newest(self, slot: str, base: datetime | None) -> datetime | None:
        """Follow what this outbox itself had acknowledged since `base`; another terminal's changes are not in it."""
        while (newer := self._newer.get((slot, base))) is not None:
            base = newer
        return base

    def _rebase(self, item: _Item, base: str) -> None:
        with self._transaction():
            self._set_base(item, base)

    def _set_base(self, item: _Item, base: str) -> None:
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

    def _mark_refused(self, item: _Item, problem: bytes) -> None:
        """Keep a refused write aside; one that was replaced meanwhile is tried again with its newer content."""
        with self._transaction() as db:
            db.execute("UPDATE items SET claimed_by = NULL WHERE id = ?", (item.id,))
            db.execute("UPDATE items SET problem = ? WHERE id = ? AND body = ?", (problem, item.id, item.body))

    def _postpone(self, item: _Item, due: float) -> None:
        with self._transaction() as db:
            db.execute("UPDATE items SET claimed_by = NULL, tries = tries + 1, due = ? WHERE id = ?", (due, item.id))

    def _all_due(self) -> None:
        self._db.execute("UPDATE items SET due = 0 WHERE service = ? AND user = ?", self._whose)

    def _next_due(self) -> float | None:
        row = self._db.execute(
            "SELECT min(CASE WHEN coalesce(claimed_by, ?) = ? THEN due ELSE max(due, ?) END) FROM items"
            " WHERE service = ? AND user = ? AND problem IS NULL",
            (os.getpid(), os.getpid(), time.time() + 1.0, *self._whose),  # another's is looked at once a second
        ).fetchone()
        return None if row[0] is None else max(0.05, min(row[0] - time.time(), LONGEST_PAUSE))

    def _look(self) -> tuple[Counts, list[tuple[Operation[Any, Any], Request]]]:
        mine = "service = ? AND user = ?"
        row = self._db.execute(
            f"SELECT count(*) FILTER (WHERE {mine} AND problem IS NULL),"  # noqa: S608 - our own words
            f" count(*) FILTER (WHERE {mine} AND problem IS NOT NULL),"
            f" count(*) FILTER (WHERE NOT ({mine}) AND problem IS NULL) FROM items",
            self._whose * 3,
        ).fetchone()
        waiting = self._db.execute(
            f"SELECT operation, body FROM items WHERE {mine} AND problem IS NULL ORDER BY id",  # noqa: S608
            self._whose,
        )
        known = [(BY_NAME[name], body) for name, body in waiting if name in BY_NAME]
        return Counts(*row), [(op, msgspec.json.decode(body, type=op.request)) for op, body in known]


def _place(request: Request) -> tuple[str, str]:
    """Return a write's lane, in which order counts, and its slot, of which the newest counts."""
    fields = msgspec.to_builtins(request)
    lane = str(fields.get("attempt_id") or fields.get("lesson_id"))
    return lane, f"{lane}:{fields['question_id']}" if "question_id" in fields else lane


def _content(answer: quizzes.Answer) -> str:
    """Return an answer in one canonical form, as it looks after the cleaning that every reply goes through."""
    fields = {
        "chosen": sorted(str(option) for option in answer.chosen),
        "marked": {str(option): answer.marked[option] for option in sorted(answer.marked)},
        "blanks": [clean(blank) for blank in answer.blanks],
        "text": clean(answer.text),
    }
    return msgspec.json.encode(fields).decode()


def _fault(error: sqlite3.Error | OSError) -> str:
    return f"has a fault ({error.strerror if isinstance(error, OSError) else error})"


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
