"""Writes that are kept on disk first and sent by themselves: the reason why nothing answered is ever lost.

One SQLite file (WAL, `synchronous=FULL`) per account of the machine, shared by all its TUIs. A row belongs to a
service and a person and goes out under that person's session only. Of one attempt the writes go in order, of
several at the same time; an answer that changes while it waits is replaced, so that only the newest goes out.

A row leaves when the service acknowledged the same content. A refused one stays, named, and holds nobody up but
the submission of its own attempt (`outbox_file`), until the learner answered the question again. When a reply was
lost on its way back, the service holds content that this client itself sent: every content is noted here before it
is sent, so that such a conflict is recognised as our own and never shown.
"""

import asyncio
import contextlib
import logging
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import msgspec

from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError, NotKept, Refused, Unreachable
from lms_tui.client.outbox_file import OutboxFile
from lms_tui.client.outbox_items import Counts, Item, Kept, content
from lms_tui.wire import quizzes
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Answered, Ask, Operation, Reply, Request

_log = logging.getLogger(__name__)

Done = TypeVar("Done")

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0
_DOUBLED: Final = 10
"""Seconds between tries while nobody answers; doubled each time, with a fifth of jitter either way."""
_LONGEST_TOLD: Final = 900.0
"""Seconds, of what a service may ask to wait besides."""


class Outbox:
    """The outbox of one person at one service. Open it in a running event loop; `close` ends the sending.

    `service` names the service for ever, whatever its socket's path is today.
    """

    def __init__(self, path: Path, api: Api, *, service: str, user: UUID) -> None:
        self._api = api
        self._file = OutboxFile(path, (service, str(user)))
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._asked: deque[_Job] = deque()
        self._watching: list[Callable[[], None]] = []
        self._following: list[Callable[[Delivered], None]] = []
        self._untold: deque[Delivered] = deque(maxlen=100)
        """What ended before anybody followed: sending begins with opening."""
        self._counts = Counts(0, 0, 0)
        self._wake = asyncio.Event()
        self._hurried = False
        self._sending: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()

    async def open(self) -> None:
        """Open the file (0600) and begin to send what waits. Raises NotKept when it cannot be used."""
        try:
            await self._on_disk(self._file.open, alone=True)
            await self._on_disk(self._file.all_due)  # a new start is a new chance: nothing waits out an old pause
            await self._recount()
        except NotKept:
            await self._on_disk(self._file.abandon, alone=True)
            self._thread.shutdown()
            raise
        self._sending = asyncio.create_task(self._send_for_ever(), name="outbox")

    async def close(self) -> None:
        """Stop sending and close the file; what waits goes next time."""
        if self._sending is not None:
            self._sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending
        await self._on_disk(self._file.close, alone=True)
        self._thread.shutdown()

    async def forget(self) -> None:
        """Take away all that lies here of this person, sent or not: a kiosk keeps nothing. Raises NotKept."""
        await self._on_disk(self._file.forget, alone=True)
        await self._recount()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` in the event loop when the counts change; returns what ends that."""
        self._watching.append(listener)
        return lambda: self._watching.remove(listener)

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:
        """Call `listener` in the event loop for each write that the service took or refused; returns what ends that.

        The first one also hears, at once, of those that ended since the outbox was opened.
        """
        self._following.append(listener)
        while self._untold:
            listener(self._untold.popleft())
        return lambda: self._following.remove(listener)

    def counts(self) -> Counts:
        """Return how much waits and how much was refused, as of the last change here."""
        return self._counts

    async def put(self, operation: Operation[Ask, Answered], request: Ask, label: str = "") -> None:
        """Keep a write durably, then send it. Returns when it stands on disk, which is not yet "saved".

        `label` says what it is, for whoever looks into the outbox.

        Raises ValueError for an operation that may not wait, NotKept when the disk does not take it.
        """
        if not operation.waits:
            raise ValueError(f"{operation.name} cannot wait in the outbox")
        await self._on_disk(lambda: self._file.keep(operation, request, label))
        await self._recount()
        self._look()

    async def kept(self) -> Sequence[Kept]:
        """Return all that lies here for this person, the oldest first; the counts are of the same moment, also where
        another terminal has changed them. Raises NotKept."""
        kept = await self._on_disk(self._file.kept)
        await self._recount()
        return kept

    async def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:
        """Return the writes of `operation` that are not acknowledged yet, the oldest first. Raises NotKept."""
        kind = operation.request
        found = [one.request for one in await self.kept() if one.operation is operation and one.problem is None]
        return [request for request in found if isinstance(request, kind)]

    async def refused(self, operation: Operation[Ask, Answered]) -> Sequence[tuple[Ask, Problem]]:
        """Return the writes of `operation` that the service would not take, each with why. Raises NotKept."""
        kind, found = operation.request, await self.kept()
        refused = [(one.request, one.problem) for one in found if one.operation is operation and one.problem]
        return [(request, why) for request, why in refused if isinstance(request, kind)]

    async def retry(self, id_: int) -> None:
        """Send a write now, whatever it waits for; one that was refused is tried again. Raises NotKept."""
        await self._on_disk(lambda: self._file.retry(id_))
        await self._recount()
        self.hurry()

    async def discard(self, id_: int) -> bool:
        """Take a write out that was refused; False where it is not refused any more, or is gone. Raises NotKept."""
        gone = await self._on_disk(lambda: self._file.discard(id_))
        await self._recount()
        self._look()  # what it held up may go
        return gone

    def hurry(self) -> None:
        """Send at once all that waits: the service is back, or somebody wants it."""
        self._hurried = True
        self._look()

    def _look(self) -> None:
        """Have the sender look at once at what is due."""
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
        if self._hurried:  # perhaps since the round before was under way
            self._hurried = False
            await self._on_disk(self._file.all_due)
        items = await self._on_disk(self._file.claim)
        if items:
            await asyncio.gather(*(self._send(item) for item in items))
            return
        self._idle.set()
        pause = await self._on_disk(self._file.next_due)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):  # `wait_for` of Python 3.11 loses an end that comes with the waking
                await self._wake.wait()

    async def _send(self, item: Item) -> None:
        request = item.request
        try:
            reply = await self._api.call(item.operation, request)
        except Refused as refused:
            await self._refused(item, request, refused)
        except ClientError as error:  # nobody there, or no session: it waits, and the status line says so
            await self._later(item, error.retry_after if isinstance(error, Unreachable) else None)
        else:
            await self._acknowledged(item, request, reply)

    async def _acknowledged(self, item: Item, request: Request, reply: Reply) -> None:
        base = reply.updated_at.isoformat() if isinstance(reply, quizzes.SavedAnswer) else None
        if await self._on_disk(lambda: self._file.drop_if_unchanged(item, base)):
            await self._recount()
            self._tell(Delivered(item.operation, request, reply))

    async def _refused(self, item: Item, request: Request, refused: Refused) -> None:
        if refused.is_passing:
            await self._later(item, refused.problem.retry_after)
            return
        stored = refused.problem.stored
        if refused.code == Code.ANSWER_CONFLICT and stored is not None and isinstance(request, quizzes.AnswerRequest):
            if content(stored.answer) == content(request.answer):
                await self._acknowledged(item, request, stored)
                return
            if content(stored.answer) in item.sent:
                await self._on_disk(lambda: self._file.rebase(item, stored.updated_at.isoformat()))
                return
        await self._on_disk(lambda: self._file.mark_refused(item, msgspec.json.encode(refused.problem)))
        await self._recount()
        self._tell(Delivered(item.operation, request, refused))

    async def _later(self, item: Item, told: float | None) -> None:
        """Try again after a pause, which comes on top of the seconds that the service told us to wait."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(item.tries, _DOUBLED)) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        pause += min(told or 0.0, _LONGEST_TOLD)
        await self._on_disk(lambda: self._file.postpone(item, time.time() + pause))

    def _tell(self, delivered: Delivered) -> None:
        if not self._following:
            self._untold.append(delivered)
        for listener in tuple(self._following):
            listener(delivered)

    async def _recount(self) -> None:
        before = self._counts
        self._counts = await self._on_disk(self._file.counts)
        if self._counts != before:
            for listener in tuple(self._watching):
                listener()

    # --- on disk: everything below runs in the one thread -------------------------------------------------------

    async def _on_disk(self, work: Callable[[], Done], *, alone: bool = False) -> Done:
        """Run `work` in the one thread, and return when what it wrote is durable.

        What is asked for while the disk is busy is done together, with one flush, unless it has to be `alone`.
        Raises NotKept when the disk does not take or give it.
        """
        loop = asyncio.get_running_loop()
        try:
            if alone:
                return await loop.run_in_executor(self._thread, work)
            job = _Job(work, loop.create_future())
            self._asked.append(job)
            self._thread.submit(self._work_off, loop)
            return cast("Done", await job.done)
        except (sqlite3.Error, OSError) as error:
            raise NotKept(
                f"What you do cannot be kept on this machine: {self._file.path} {_fault(error)}. Try: lms-tui doctor"
            ) from error

    def _work_off(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do all that is asked for by now; runs in the one thread."""
        jobs = [self._asked.popleft() for _ in range(len(self._asked))]
        ends: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            with self._file.together():
                for job in jobs:
                    try:
                        ends.append((job, job.work(), None))
                    except Exception as error:  # noqa: BLE001 - handed to whoever asked
                        ends.append((job, None, error))
        except Exception as error:  # noqa: BLE001 - nothing of it was kept
            ends = [(job, None, error) for job in jobs]
        if ends:
            loop.call_soon_threadsafe(_tell_ends, ends)


class _Job(msgspec.Struct, frozen=True):
    """Something to be done on the disk, and whom to tell."""

    work: Callable[[], Any]
    done: asyncio.Future[Any]


def _tell_ends(ends: Sequence[tuple[_Job, Any, BaseException | None]]) -> None:
    for job, result, error in ends:
        if job.done.done():  # whoever asked has gone
            continue
        if error is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(error)


def _fault(error: sqlite3.Error | OSError) -> str:
    return f"has a fault ({error.strerror if isinstance(error, OSError) else error})"
