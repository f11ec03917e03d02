"""Connections and how long they may keep a worker waiting: uvicorn's protocol with bounds that it does not have.

uvicorn waits for ever for the rest of a request, for the first byte of one, and for whoever does not read the reply;
and it takes in as long a head as is sent. Here, by `Limits`:

- who has no request under way has `head_seconds` to bring the head of one, of `head_bytes` and `head_fields` at most;
- a body has `body_seconds`, and a second more for each `body_rate` bytes that have come, so that an upload may take as
  long as it takes. Time in which we ourselves do not read does not count;
- of a reply that waits to be read something has to be read in `write_seconds`.

One client, by address, has `per_client` connections to a worker, and all have `most`. Whoever comes then takes the
place of the connection, of the same client or of the one that has most, that has kept us waiting longest. Only where
every one of them has a request at work is the newcomer turned away, with 503. So a stranger who holds connections open
locks nobody out, not even behind the same address; and nothing else does, which uvicorn's `limit_concurrency` would.

Deadlines are looked at four times a second, over all connections of the worker (a millisecond for 1,000 of them), so
that few are ended at once and others wait for that little: a request costs looks at the clock alone.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from lms_tui.service.clients import network
from lms_tui.service.faults import Fault
from lms_tui.wire.errors import CONTENT_TYPE, Code

_log = logging.getLogger(__name__)

_ONCE: Final = (b"authorization", b"content-type", b"content-encoding")
"""Of which a second one could be read differently by whatever stands in front of us. Lengths the parser sees to."""

_LAST_WORDS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)


@dataclass(frozen=True)
class Limits:
    """What one worker bears; see above."""

    head_seconds: float = 10.0
    head_bytes: int = 16 * 1024
    head_fields: int = 64
    body_seconds: float = 30.0
    body_rate: int = 2048
    """Bytes a second."""
    write_seconds: float = 300.0
    """A player that has been halted reads nothing meanwhile."""
    per_client: int = 256
    most: int = 4096
    look_seconds: float = 0.25
    """How often the deadlines are looked at."""


class Watch:
    """All connections of one worker. It goes to the worker as it is made, and counts from there."""

    def __init__(self, limits: Limits | None = None, proxies: Iterable[str] = ()) -> None:
        """Take the limits, and the networks of proxies, each of which is many clients: `per_client` is not for them."""
        self.limits = limits or Limits()
        self._proxies = tuple(map(ipaddress.ip_network, proxies))
        self._clients: dict[str, dict[Guarded, None]] = {}
        self._all: dict[Guarded, None] = {}
        self._looked, self._looking = 0.0, False
        self._ended = 0  # since the last look

    def __len__(self) -> int:
        """How many connections there are."""
        return len(self._all)

    def came(self, one: "Guarded") -> None:
        """Take note of a connection, and make room for it where there are too many."""
        if not self._looking:
            self._looked, self._looking = one.loop.time(), True
            one.loop.call_later(self.limits.look_seconds, self._look, one.loop)
        beside = self._clients.setdefault(one.client_name, {})
        self._all[one] = beside[one] = None
        if len(beside) > self.limits.per_client and self._is_one(one):
            self._make_room(one, beside)
        elif len(self._all) > self.limits.most:
            self._make_room(one, max(self._clients.values(), key=len), self._all)

    def waits(self, one: "Guarded") -> None:
        """Take note that a connection has been answered, and so is the last of those that keep us waiting."""
        if one in self._all:
            beside = self._clients[one.client_name]
            del self._all[one], beside[one]
            self._all[one] = beside[one] = None

    def ended(self) -> None:
        """Take note that a connection is ended by us, for being late or one too many."""
        self._ended += 1

    def went(self, one: "Guarded") -> None:
        """Take note of a connection's end; it may be told twice."""
        self._all.pop(one, None)
        beside = self._clients.get(one.client_name, {})
        beside.pop(one, None)
        if not beside:
            self._clients.pop(one.client_name, None)

    def _is_one(self, one: "Guarded") -> bool:
        """Whether its address stands for one client."""
        return one.client is not None and not any(
            ipaddress.ip_address(one.client[0]) in network for network in self._proxies
        )

    def _make_room(self, newcomer: "Guarded", *among: "dict[Guarded, None]") -> None:
        self.ended()
        for some in among:
            longest = next((one for one in some if one.keeps_us_waiting), newcomer)  # they stand in that order
            if longest is not newcomer:
                self.went(longest)
                longest.transport.abort()
                return
        newcomer.refuse(Fault(Code.UNAVAILABLE, "Too many connections. Try again in a moment.", retry_after=1.0))

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        gap, self._looked = now - self._looked, now
        for one in tuple(self._all):
            one.look(now, gap)
        if self._ended:  # in one line, however many: a log is not to be filled so
            _log.info("connections ended: late, or too many", extra={"fields": {"connections": self._ended}})
            self._ended = 0
        self._looking = bool(self._all)
        if self._looking:
            loop.call_later(self.limits.look_seconds, self._look, loop)


class Guarded(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        watch: Watch,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._watch, self._limits = watch, watch.limits
        self.client_name = ""
        """The client by its network; '' over a Unix socket."""
        self.since = 0.0
        """When the present wait began: for a head, for a body, or for the reply."""
        self._head = 0  # bytes that have come while there was no request under way
        self._body: int | None = None  # bytes of the body that have come; None: it is whole, or there is no request
        self._unsent, self._stuck = 0, 0.0  # bytes that wait to be read by the other end, and since when that many
        self._refusal: Fault | None = None

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether it is the other end that has to do something now."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered or self._body is not None or self.flow.write_paused

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since = self.loop.time()
        self.client_name = network(self.client[0]) if self.client else ""
        self._watch.came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.went(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():  # refused: what still comes is nobody's
            return
        if self._body is None:
            self._head += len(data)
        super().data_received(data)
        if self._body is None and self._head > self._limits.head_bytes and not self.transport.is_closing():
            self.refuse(_head_too_large())

    def on_headers_complete(self) -> None:
        self._check_head()
        super().on_headers_complete()
        self.since = self.loop.time()
        self._head = self._body = 0

    def on_body(self, body: bytes) -> None:
        self._body = (self._body or 0) + len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._body = None
        self.since = self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        self._watch.waits(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say as we say everything what uvicorn would say in plain text; it has logged it."""
        self.refuse(self._refusal or Fault(Code.BAD_REQUEST, msg))

    def look(self, now: float, gap: float) -> None:
        """End what has waited for too long; `gap` seconds have gone by since the last look."""
        if self._is_stuck(now):
            self.transport.abort()
        elif self.transport.is_closing():
            pass
        elif self._unsent:  # the reply before is being read
            self.since = now
        elif self._body is not None and self.flow.read_paused:
            self.since += gap
        elif self._is_late(now - self.since):
            self._watch.ended()
            self.refuse(Fault(Code.TOO_SLOW, "The request came too slowly. Send it again."))

    def _is_late(self, waited: float) -> bool:
        if self._body is not None:
            return waited > self._limits.body_seconds + self._body / self._limits.body_rate
        return waited > self._limits.head_seconds and (self.cycle is None or self.cycle.response_complete)

    def refuse(self, fault: Fault) -> None:
        """Say `fault` and close; without a word where a reply is under way, or nothing has been asked."""
        cycle, asked = self.cycle, bool(self._head) or self._body is not None or fault.code != Code.TOO_SLOW
        if cycle is not None and not cycle.response_complete:
            asked = asked and not cycle.response_started and not self.pipeline
            cycle.disconnected = True
            cycle.message_event.set()
        if asked:
            body = msgspec.json.encode(fault.problem)
            own = ((b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(body)).encode()), *_LAST_WORDS)
            lines = [name + b": " + value + b"\r\n" for name, value in (*self.server_state.default_headers, *own)]
            self.transport.write(b"".join((STATUS_LINE[fault.problem.status], *lines, b"\r\n", body)))
        self.transport.close()

    def _check_head(self) -> None:
        """Raise what the parser hands to `send_400_response`."""
        headers = self.headers
        names = [name for name, _ in headers]
        if len(headers) > self._limits.head_fields or (
            self._head > self._limits.head_bytes and _size(self.url, headers) > self._limits.head_bytes
        ):
            self._refusal = _head_too_large()
        elif (version := self.parser.get_http_version()) not in ("1.1", "1.0"):
            self._refusal = Fault(Code.BAD_REQUEST, "This speaks HTTP/1.1.")
        elif names.count(b"host") != 1 and version == "1.1":  # RFC 9112, 3.2
            self._refusal = Fault(Code.BAD_REQUEST, "A request names one host.")
        elif any(names.count(name) > 1 for name in _ONCE):
            self._refusal = Fault(Code.BAD_REQUEST, "A header that stands once is given twice.")
        if self._refusal is not None:
            raise self._refusal

    def _is_stuck(self, now: float) -> bool:
        """Whether a reply waits to be read and nothing of it has been for too long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent:
            self._unsent, self._stuck = unsent, now
        return bool(unsent) and now - self._stuck > self._limits.write_seconds


def _head_too_large() -> Fault:
    return Fault(Code.HEAD_TOO_LARGE, "The head of the request is too large.")


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) for name, value in headers)
