"""Calls to the service, typed by the table of operations.

    api = Api("unix:/run/user/1000/lms-tui/service-embedded.sock")
    page = await api.call(catalog.PAGE, catalog.PageRequest(search="sql"))

Every operation of `wire` is called the same way: its request goes in, its reply comes out, cleaned; whatever goes
wrong is an error of `client.errors`. The session's access token is added where the operation needs one, and
exchanged for a new one shortly before it ends or when the service refuses it: once, however many calls wait.
Used from one event loop. Nothing here is imported that a first frame would have to wait for.
"""

import asyncio
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, TypeVar

import msgspec

from lms_tui.client.decode import decode
from lms_tui.client.errors import (
    ClientError,
    NotUnderstood,
    SignInFailed,
    SignInNeeded,
    Unreachable,
    from_problem,
)
from lms_tui.client.line import Answer, Sink, Timeouts
from lms_tui.client.transport import Transport
from lms_tui.wire import OLDEST_WIRE, WIRE_VERSION
from lms_tui.wire.accounts import REFRESH, RefreshRequest, Session
from lms_tui.wire.errors import CONTENT_TYPE, Problem
from lms_tui.wire.operation import Access, Answered, Ask, Operation
from lms_tui.wire.system import HEALTH, Health, HealthRequest

_EARLY_SECONDS: Final = 30.0
_LINK: Final = re.compile(r"/v1/files/[A-Za-z0-9_-]{1,2000}")
_AWAY: Final = frozenset({502, 503, 504})
_HELD_BACK: Final = 429

Sent = TypeVar("Sent")
Renew = Callable[[Session], Awaitable[Session]]

_log = logging.getLogger(__name__)


class Api:
    """One service, and the session of whoever is signed in to it."""

    def __init__(self, service: str, *, timeouts: Timeouts | None = None, ca: str | None = None) -> None:
        """Take the address (`unix:/path`, `https://…`, `http://` to this machine), and the file of the authorities
        to trust in place of the known ones; nothing connects yet.

        Raises ValueError with a sentence for an address that cannot be one.
        """
        self._transport = Transport(service, timeouts or Timeouts(), ca)
        self._session: Session | None = None
        self._due = 0.0
        self._clock: datetime | None = None
        self._renewing: asyncio.Task[Session] | None = None
        self.renew: Renew = self._exchange_refresh_token
        """How a new session is had in place of one that ends; the owner's is asked for again."""
        self.as_guest = False
        """Whether, while nobody is signed in, what guests may ask is asked as one: a session that ends makes nobody a
        guest unasked."""
        self.on_session: Callable[[Session | None], None] = lambda _session: None
        """Called with each session that took the place of another by itself, and with None when it has ended."""

    @property
    def session(self) -> Session | None:
        """The session whose token calls carry, if any."""
        return self._session

    def use(self, session: Session | None, *, service_time: datetime | None = None) -> None:
        """Carry the tokens of `session` from now on; None: of nobody.

        `service_time` is the service's clock now, when known: this machine's may be wrong.
        """
        self._session = session
        if session is not None:
            left = (session.access_expires_at - (service_time or datetime.now(UTC))).total_seconds()
            self._due = time.monotonic() + left - min(_EARLY_SECONDS, left / 10)

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """Ask the service and return its reply, every text in it safe to show.

        `upload` is the body of an operation that takes one: a file, open for reading and seekable.
        Raises Unreachable, NotUnderstood, or Refused in one of its kinds.
        """
        return await self._carried(operation, lambda token: self._ask(operation, request, token, upload))

    async def pour(self, operation: Operation[Ask, Answered], request: Ask, into: Sink) -> None:
        """Ask for a reply that is a stream of events, whose bytes go to `into` as they come (`events.events` reads
        them). Raises as `call` does, also in the middle."""
        path, rest = operation.address(request)

        async def poured(token: str | None) -> None:
            headers = {"content-type": "application/json", **_authorization(token)}
            answer = await self._send(
                operation.method, path, headers=headers, body=msgspec.json.encode(rest), into=into
            )
            if answer.status != 200:
                raise _error(answer)

        await self._carried(operation, poured)

    async def check(self) -> Health:
        """Return how the service is. Raises Unreachable, or NotUnderstood when it speaks another wire version."""
        health = await self.call(HEALTH, HealthRequest())
        if not OLDEST_WIRE <= health.wire <= WIRE_VERSION:
            older = "This program" if health.wire > WIRE_VERSION else "The service"
            raise NotUnderstood(f"{older} is too old: it speaks version {min(health.wire, WIRE_VERSION)} of the wire.")
        return health

    async def fetch(self, link: str, into: Sink) -> None:
        """Get what a link of the service opens, of whatever size, piece by piece into `into`.

        No token goes with it: the link is all that is needed. Raises NotFound for a link that is over, Unreachable,
        NotUnderstood, and what `into` raises.
        """
        if _LINK.fullmatch(link) is None:  # an address of somebody else's, perhaps
            raise NotUnderstood("The service named a file in a way that this program does not know.")
        answer = await self._send("GET", link, into=into)
        if answer.status != 200:
            raise _error(answer)

    def address_of(self, link: str) -> str | None:
        """Return the address under which a player or browser opens a link; None over a socket, where none can."""
        return None if self._is_here or _LINK.fullmatch(link) is None else self._transport.service + link

    @property
    def _is_here(self) -> bool:
        """Whether the service is on this machine, and so has its clock."""
        return self._transport.service.startswith("unix:")

    async def aclose(self) -> None:
        """Close all connections and give up what is under way."""
        if self._renewing is not None:
            self._renewing.cancel()
        await self._transport.aclose()

    async def _carried(self, operation: Operation[Any, Any], send: Callable[[str | None], Awaitable[Sent]]) -> Sent:
        """Do `send` with the token that `operation` needs; once more with a new one where the old has ended."""
        if operation.access in (Access.ANYONE, Access.OWNER):
            return await send(None)
        session = self._session
        if session is None and self.as_guest and operation.access is Access.GUEST:
            return await send(None)
        if session is None:
            raise SignInNeeded("You are not signed in.")
        if time.monotonic() >= self._due:
            session = await self._renewed(session)
        try:
            return await send(session.access)
        except SignInNeeded:
            session = await self._renewed(session)
            return await send(session.access)

    async def _ask(
        self, operation: Operation[Ask, Answered], request: Ask, token: str | None, upload: BinaryIO | None
    ) -> Answered:
        """One request and its reply; the session stays as it is, but for a reply that is one (its clock is noted)."""
        path, rest = operation.address(request)
        headers = _authorization(token)
        query: dict[str, Any] = rest
        body: bytes | BinaryIO | None = None
        if operation.has_body:
            query, body = {}, msgspec.json.encode(rest)
            headers["content-type"] = "application/json"
        elif operation.uploads:
            body = upload
            headers["content-type"] = "application/x-tar"
        began = time.monotonic()
        answer = await self._send(operation.method, path, query=query, headers=headers, body=body)
        _log.debug("%s: %d in %.0f ms", operation.name, answer.status, 1000 * (time.monotonic() - began))
        if answer.status != 200:
            raise _error(answer)
        try:
            reply = decode(answer.body, operation.response)
        except msgspec.MsgspecError as error:
            raise _unreadable(operation.name, error) from error
        if isinstance(reply, Session):
            self._clock = None if self._is_here else _date(answer)
        return reply

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | BinaryIO | None = None,
        into: Sink | None = None,
    ) -> Answer:
        """One request and its answer; a read that the service holds back for a moment is asked again."""
        given: dict[str, Any] = {"query": query or {}, "headers": headers or {}, "body": body, "into": into}
        answer = await self._transport.send(method, path, **given)
        if answer.status != _HELD_BACK or method != "GET":
            return answer
        from lms_tui.client import held_back  # noqa: PLC0415 - this is rare, and a start is not to wait for it

        for _ in range(held_back.TIMES):
            wait = held_back.pause(answer)
            if wait is None:
                break
            await asyncio.sleep(wait)
            answer = await self._transport.send(method, path, **given)
        return answer

    def take(self, session: Session) -> None:
        """Carry a session that a call has just returned, timed by the service's own clock.

        Where it would be over by that clock, two clocks disagree, and asking anew before each call would help nobody:
        the service refuses it when it has ended.
        """
        self.use(session, service_time=self._clock)
        if self._due <= time.monotonic():
            self._due = math.inf

    async def _renewed(self, used: Session) -> Session:
        """Return a session newer than `used`, asked for once by however many calls need it.

        Raises SignInNeeded when there is no going on: the session is then over for all.
        """
        if self._session is None:
            raise SignInNeeded("You are not signed in.")
        if self._session is not used:
            return self._session
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew_now(used), name="renew session")
            self._renewing.add_done_callback(self._renewal_done)
        return await asyncio.shield(self._renewing)

    async def _renew_now(self, used: Session) -> Session:
        try:
            fresh = await self.renew(used)
        except (SignInNeeded, SignInFailed) as error:
            if self._session is used:
                self.use(None)
                self.on_session(None)
            raise SignInNeeded("Your session has ended. Sign in again.") from error
        if self._session is not used:  # signed out, or in as somebody else, while we asked
            raise SignInNeeded("You are not signed in.")
        self.take(fresh)
        self.on_session(fresh)
        return fresh

    def _renewal_done(self, task: asyncio.Task[Session]) -> None:
        self._renewing = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("session not renewed: %s", error)

    async def _exchange_refresh_token(self, used: Session) -> Session:
        return await self.call(REFRESH, RefreshRequest(refresh=used.refresh))


def _authorization(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


def _date(answer: Answer) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - of 3 ms, for a service somewhere else

    try:
        return parsedate_to_datetime(answer.date)
    except ValueError:
        return None  # no such header, or not a date: this machine's clock has to do


def _error(answer: Answer) -> ClientError:
    """Return what an answer that is no success stands for; a proxy in front of the service may answer too."""
    if answer.kind == CONTENT_TYPE:
        try:
            return from_problem(decode(answer.body, Problem))
        except msgspec.MsgspecError as error:
            return _unreadable("a refusal", error)
    if answer.status in _AWAY:
        return Unreachable("The service is away for the moment.")
    return NotUnderstood(f"Something that is not the service answered there (status {answer.status}).")


def _unreadable(what: str, error: Exception) -> NotUnderstood:
    _log.warning("unreadable reply to %s: %s", what, error)
    return NotUnderstood("The service answered something that this program cannot read. Is one of them out of date?")
