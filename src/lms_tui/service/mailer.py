"""The sender of mails: one task of each worker, which takes what is due from the queue and sends it.

A look at the queue is one small statement a minute, and at once when this process has put something in. Where
something is due the mail server is asked first; each mail is then claimed and its code made in one transaction, sent,
and recorded. So while the server is away the codes from before go on working, and a claim is never longer than one
mail takes. Killed between sending and recording, another sender sends it once more after the claim, with a code that
voids the first.

The server away: the pauses grow from FIRST_PAUSE to an hour, with jitter, and nothing wakes the sender earlier. One
mail not taken for now: that one waits likewise, for GIVE_UP_DAYS at most. Not taken for ever: given up, with what the
server said.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import psycopg

from lms_tui.db.queries import mail as queries
from lms_tui.service import inviting, mail_text
from lms_tui.service.database import Pools
from lms_tui.service.settings import Mail
from lms_tui.service.smtp import AwayError, Line, NotTakenError

REST_SECONDS: Final = 60.0
FIRST_PAUSE: Final = 15.0
LONGEST_PAUSE: Final = 3600.0
GIVE_UP_DAYS: Final = 5
MAIL_SECONDS: Final = 240.0
"""The longest that one mail may take; less than its claim."""
_PER_LINE: Final = 100
"""Mails over one connection: servers end one that has been used for very many."""
_END_SECONDS: Final = 5.0
"""How long the end waits for the mail that is being sent."""
_PRUNE_SECONDS: Final = 24 * 3600.0
_RECORD_TRIES: Final = 6

_log = logging.getLogger(__name__)
Result = TypeVar("Result")


def pause(failures: int) -> float:
    """Return for how many seconds to wait after so many failures, one after the other; between half and all of what
    doubles each time, so that senders that failed together do not come back together."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 20)) * random.uniform(0.5, 1.0)  # noqa: S311


class Mailer:
    """Sends the mails of one process's database. Nothing is done before `start`."""

    def __init__(self, pools: Pools, mail: Mail) -> None:
        self._pools, self._mail = pools, mail
        self._woken = asyncio.Event()
        self._ending = False
        self._failures = 0
        self._prune_at = 0.0
        self._line: Line | None = None
        self._threads = ThreadPoolExecutor(1, "mail")  # one line, and nobody else's threads wait for it
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look after the queue."""
        self._task = asyncio.create_task(self._run(), name="send mails")

    def wake(self) -> None:
        """Look at the queue now: something was put in, and is committed."""
        self._woken.set()

    async def close(self) -> None:
        """End, with the mail that is being sent at this moment, but not later than in some seconds."""
        self._ending = True
        self.wake()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_END_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self) -> None:
        while not self._ending:
            self._woken.clear()
            try:
                rest = await self._turn()
            except psycopg.Error as error:
                _log.warning("the queue of mails cannot be read: %s", type(error).__name__)
                rest = REST_SECONDS
            except Exception:  # noqa: BLE001 - a task that ended here would be missed by nobody; the queue is whole
                _log.exception("sending mails failed")
                rest = REST_SECONDS
            await self._wait(rest)

    async def _wait(self, seconds: float) -> None:
        """Wait; what is put in ends it, unless the server is away, and `close` always does."""
        ends = asyncio.get_running_loop().time() + seconds
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends):
                while not self._ending:
                    await self._woken.wait()
                    if not self._failures:
                        return
                    self._woken.clear()

    async def _turn(self) -> float:
        """Send all that is due; return for how many seconds there is nothing to do."""
        now = asyncio.get_running_loop().time()
        if now >= self._prune_at:
            self._prune_at = now + _PRUNE_SECONDS
            async with self._pools.writer.connection() as tx:
                await queries.prune(tx)
        if not (await self._pools.rows(queries.IS_DUE, {}))[0][0]:
            return REST_SECONDS * random.uniform(1.0, 1.25)  # noqa: S311 - workers look one after the other
        try:
            self._line = await self._in_thread(lambda: Line(self._mail))
            try:
                for _ in range(_PER_LINE):
                    if self._ending or not await self._next(self._line):
                        break
            finally:
                await self._in_thread(self._line.end)
        except AwayError as error:
            return await self._away(error)
        finally:
            self._line = None
        self._failures = 0
        return 0.0  # and look again: there may be more than one line carries

    async def _away(self, error: AwayError) -> float:
        """Tell that no mail goes out; return for how long to wait."""
        self._failures += 1
        seconds = pause(self._failures)
        fields = {"event": "mail_away", "failures": self._failures, "pause": round(seconds, 1)}
        _log.warning("%s", error, extra={"fields": fields})
        async with self._pools.writer.connection() as tx:
            await queries.away(tx, str(error))
        return seconds

    async def _next(self, line: Line) -> bool:
        """Send one mail; False where none is due. Raises AwayError."""
        async with self._pools.writer.connection() as tx:
            mail = await queries.claim(tx)
            if mail is None:
                return False
            letter = await self._letter(tx, mail)
        if letter is None:
            return True
        try:
            await self._send(line, letter)
        except NotTakenError as error:
            await self._not_taken(mail, str(error), forever=error.forever)
        except AwayError as error:
            fault = str(error)  # later than others: if it is this mail that the server cannot bear, they go first
            await self._record(lambda tx: queries.failed(tx, mail, fault, pause(mail.tries)))
            raise
        else:
            await self._record(lambda tx: queries.sent(tx, mail))
            _told("mail sent", "mail_sent", mail)
        return True

    async def _letter(self, tx: psycopg.AsyncConnection, mail: queries.Claimed) -> mail_text.Letter | None:
        """Make the code, which voids that of the try before; None where the mail is not to be sent any more."""
        write = inviting.write_reset if mail.kind == "reset" else inviting.write_invitation
        code = await write(tx, mail.code_id)
        to = None if code is None else await queries.addressee(tx, mail)
        if code is None or to is None:
            await queries.drop(tx, mail)
            _told("mail dropped: its code is used, replaced or void", "mail_dropped", mail)
            return None
        try:
            address = mail_text.written(to.email)
        except mail_text.UnwritableAddressError as error:
            await queries.failed(tx, mail, str(error), None)
            _told("mail given up", "mail_given_up", mail, fault=str(error))
            return None
        return mail_text.Letter(
            id=mail.id, kind=mail.kind, to=address, code=code.code, ends=code.expires_at, company=to.company
        )

    async def _send(self, line: Line, letter: mail_text.Letter) -> None:
        """Send it, in MAIL_SECONDS at most. Raises NotTakenError, AwayError."""
        message = mail_text.message(letter, self._mail)
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                await self._in_thread(lambda: line.send(message, letter.to))
        except TimeoutError as error:
            raise AwayError("The mail server takes too long for one mail.") from error

    async def _not_taken(self, mail: queries.Claimed, fault: str, *, forever: bool) -> None:
        forever = forever or mail.age > GIVE_UP_DAYS * 86_400
        await self._record(lambda tx: queries.failed(tx, mail, fault, None if forever else pause(mail.tries)))
        _told(
            "mail given up" if forever else "mail put off",
            f"mail_{'given_up' if forever else 'put_off'}",
            mail,
            fault=fault,
        )

    async def _record(self, write: Callable[[psycopg.AsyncConnection], Awaitable[None]]) -> None:
        """Write how it went. A database that is away for a moment is waited for: what is not recorded is sent again."""
        for attempt in range(1, _RECORD_TRIES + 1):
            try:
                async with self._pools.writer.connection() as tx:
                    await write(tx)
            except psycopg.OperationalError:
                if attempt == _RECORD_TRIES:
                    raise
                await asyncio.sleep(2.0**attempt / 2)
            else:
                return

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """Do what blocks; where nobody waits for it any more, its line is broken off, so that the thread is free."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except asyncio.CancelledError:
            if self._line is not None:
                self._line.abort()
            raise


def _told(said: str, event: str, mail: queries.Claimed, **more: str) -> None:
    fields = {"event": event, "mail": str(mail.id), "kind": mail.kind, "tries": mail.tries, **more}
    _log.info(said, extra={"fields": fields})
