"""The service as an ASGI application: the table of operations made into answers.

Leaner than a framework's routing, since all there is to route is one table.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import msgspec
import psycopg

from lms_tui.build import build_id
from lms_tui.service import heads, openapi, uploads
from lms_tui.service.admitting import admit, client_of, is_private
from lms_tui.service.context import NOBODY, Context, Shared
from lms_tui.service.counts import CountsCache
from lms_tui.service.database import Pools, open_pools
from lms_tui.service.events import EVENT_STREAM, Events, send_events
from lms_tui.service.faults import Fault, from_exception
from lms_tui.service.floor import Floor
from lms_tui.service.leaving import CallerGoneError, ends_with_caller
from lms_tui.service.passwords import Passwords
from lms_tui.service.precedence import Precedence
from lms_tui.service.rate import Rate
from lms_tui.service.routing import Router, Values, decode
from lms_tui.service.settings import Settings
from lms_tui.service.spelling import Spelling
from lms_tui.service.sso_issuer import Provider
from lms_tui.service.store import Store, StoreError
from lms_tui.service.streaming import Stream, send_stream
from lms_tui.service.throttle import Throttle
from lms_tui.service.tokens import Tokens, keys_in
from lms_tui.service.usecases import EVENTS, STREAMS, USE_CASES
from lms_tui.wire.errors import CONTENT_TYPE, Code
from lms_tui.wire.operation import Operation

if TYPE_CHECKING:
    from lms_tui.mentor import provider
    from lms_tui.service.mailer import Mailer

BODY_LIMIT: Final = 256 * 1024
_HUNG_UP: Final = 499
"""In the log only: the caller did not wait for the answer."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)


class Service:
    """The application; opens its pools at lifespan start-up and closes them at shutdown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._build = build_id()  # here, before there is an event loop that would wait for the disk
        self._router = Router()
        self._shared: Shared | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def shared(self) -> Shared:
        """What the requests share. Raises Fault `unavailable` while the service is not open."""
        if self._shared is None:
            raise Fault(Code.UNAVAILABLE, "The service is not ready. Try again in a moment.", retry_after=1.0)
        return self._shared

    def open(self) -> Shared:
        """Open keys, pools and threads; nothing connects to the database yet, and no mail is sent."""
        keys = self._settings.session_keys or keys_in(self._settings.secrets)
        pools = open_pools(self._settings.database_url, self._settings.pool_size)
        precedence = Precedence()
        self._shared = Shared(
            settings=self._settings,
            pools=pools,
            tokens=Tokens(keys),
            passwords=Passwords(),
            throttle=Throttle(),
            floor=Floor(self._settings.sign_in_floor),
            counts=CountsCache(),
            store=Store(self._settings),
            spelling=Spelling(),
            rate=Rate(self._settings.rate),
            build=self._build,
            precedence=precedence,
            mailer=self._mailer(pools),
            issuers={issuer.name: Provider(issuer) for issuer in self._settings.issuers},
            mentor=self._mentor(precedence),
        )
        return self._shared

    def _mailer(self, pools: Pools) -> "Mailer | None":
        if self._settings.mail is None:
            return None
        from lms_tui.service.mailer import Mailer  # noqa: PLC0415 - most services send no mail, and start sooner

        return Mailer(pools, self._settings.mail)

    def _mentor(self, precedence: Precedence) -> "provider.Provider | None":
        if self._settings.mentor is None:
            return None
        from lms_tui.mentor.provider import Provider  # noqa: PLC0415 - many services have none

        return Provider(self._settings.mentor.provider, precedence.give)

    async def close(self) -> None:
        """Close what `open` opened."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._shared is not None:
            if self._shared.mailer is not None:
                await self._shared.mailer.close()
            for issuer in self._shared.issuers.values():
                await issuer.aclose()
            await self._shared.summing.close()
            if self._shared.mentor is not None:
                await self._shared.mentor.aclose()
            self._shared.passwords.close()
            await self._shared.spelling.close()
            await self._shared.pools.close()
            self._shared = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            shared = self.open()
        except (OSError, ValueError) as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        if shared.mailer is not None:
            shared.mailer.start()
        if shared.settings.family and shared.mentor is not None:
            self._ending = asyncio.create_task(_end_turns_of_gone(shared), name="end turns of workers that have gone")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and log it in one line."""
        began = time.perf_counter()
        line: dict[str, Any] = {"operation": None, "user": None, "request": uuid.uuid4().hex[:12]}
        line["status"] = await self._reply(scope, receive, send, line)
        line["ms"] = round(1000 * (time.perf_counter() - began), 2)
        _log.info("request", extra={"fields": line})

    async def _reply(self, scope: Scope, receive: Receive, send: Send, line: dict[str, Any]) -> int:
        """Send the answer, or the fault in its place; return its status."""
        more: list[heads.Header] = []
        try:
            answer = await self._answer(scope, receive, line)
            if isinstance(answer, Stream):
                await _stream(answer, scope, receive, send, line)
                return answer.status
            if isinstance(answer, Events):
                head = heads.of_events(EVENT_STREAM, scope.get("scheme", "http"))
                if broken := await send_events(answer, receive, send, head):
                    _log_failed(broken, broken, line)
                return 200
            status, kind, body = 200, "application/json", answer
        except CallerGoneError:
            return _HUNG_UP
        except Exception as error:  # noqa: BLE001 - the one place where whatever went wrong becomes an answer
            fault = from_exception(error)
            _log_failed(error, fault, line)
            status, kind, body = fault.problem.status, CONTENT_TYPE, msgspec.json.encode(fault.problem)
            more = heads.of_problem(fault.problem, self._router.methods(_raw_path(scope)))
        headers = heads.of_reply(kind, len(body), scope.get("scheme", "http")) + more
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        return status

    async def _answer(self, scope: Scope, receive: Receive, line: dict[str, Any]) -> bytes | Stream | Events:
        """Find the operation and run it, before the mentor's answers if it is over soon."""
        shared = self.shared
        if scope["path"] == "/openapi.json" and scope["method"] == "GET":
            return msgspec.json.encode(openapi.document())
        operation, in_path = self._router.find(scope["method"], _raw_path(scope))
        line["operation"] = operation.name
        soon = not (operation.streams or operation.events or operation.uploads)
        with shared.precedence if soon else nullcontext():
            return await self._run(operation, in_path, scope, receive, line)

    async def _run(
        self,
        operation: Operation[Any, Any],
        in_path: Values,
        scope: Scope,
        receive: Receive,
        line: dict[str, Any],
    ) -> bytes | Stream | Events:
        """Let the caller in or not, read the request, run the use case."""
        shared = self.shared
        caller = await admit(shared, operation, scope)
        line["user"] = caller.id if caller is not NOBODY else None
        if operation.has_body or operation.uploads:
            heads.check_body(operation, scope["headers"])
        body = await _read(receive) if operation.has_body else b""
        request = decode(operation, in_path, scope["query_string"], body)
        client = client_of(scope)
        if operation.streams:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            return await STREAMS[operation.name](Context(shared, caller, client), request, headers)
        if operation.events:
            return Events(operation, await EVENTS[operation.name](Context(shared, caller, client), request))
        case = USE_CASES[operation.name]
        context = Context(shared, caller, client, private=is_private(scope))
        if operation.method == "GET":
            async with ends_with_caller(receive):
                return msgspec.json.encode(await case(context, request))
        if not operation.uploads:
            return msgspec.json.encode(await case(context, request))
        async with uploads.received(receive) as file:
            return msgspec.json.encode(await case(Context(shared, caller, client, file), request))


async def _end_turns_of_gone(shared: Shared) -> None:
    """End the turns of the worker whose place this one has taken: its learners may be asking at another machine."""
    from lms_tui.service.mentor_turns import end_gone  # noqa: PLC0415 - where there is a mentor

    try:
        await end_gone(shared)
    except psycopg.Error as error:  # away: who is refused for one of them looks again
        _log.info("turns of workers that have gone are not ended: %s", error)


def _log_failed(error: BaseException, fault: Fault, line: dict[str, Any]) -> None:
    """Log what is a fault of ours, with what finds it again."""
    if fault.code in (Code.INTERNAL, Code.UNAVAILABLE):
        extra = {"fields": {**line, "reference": fault.problem.reference}}
        _log.error("request failed", exc_info=error.__cause__ or error, extra=extra)


def _raw_path(scope: Scope) -> str:
    """Return the path as it came, with its percent encodings."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


async def _stream(stream: Stream, scope: Scope, receive: Receive, send: Send, line: dict[str, Any]) -> None:
    """Send a file. Where the store fails in the middle nothing more can be said: the connection ends too short."""
    try:
        more = heads.for_transport(scope.get("scheme", "http"))
        await send_stream(stream, receive, send, more, head=scope["method"] == "HEAD")
    except StoreError as error:
        _log.error("file broke off", exc_info=error, extra={"fields": line})


async def _read(receive: Receive) -> bytes:
    """Return the body. Raises Fault `too_large` over BODY_LIMIT, before more than that is held."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Fault(Code.BAD_REQUEST, "The request broke off.")
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise Fault(Code.TOO_LARGE, f"A request has at most {BODY_LIMIT // 1024} KiB.")
        more = message.get("more_body", False)
    return bytes(body)


def create_app(settings: Settings) -> Service:
    """Return the service as an ASGI application."""
    return Service(settings)
