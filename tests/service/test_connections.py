"""What a connection may do to a worker, by raw sockets: half requests, slow ones, too many, and such as two readers
would understand differently. The deadlines are fractions of a second here."""

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest
import trustme

from lms_tui.service.connections import Guarded, Limits, Watch
from lms_tui.service.loop import Loop
from lms_tui.wire.errors import CONTENT_TYPE

from .listening import listening

QUICK: Final = Limits(
    head_seconds=0.4,
    head_bytes=2000,
    head_fields=20,
    body_seconds=0.4,
    body_rate=1000,
    write_seconds=0.5,
    per_client=30,
    most=60,
    look_seconds=0.05,
)
PLAIN: Final = b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n"
SLOWLY: Final = 0.1
TICK: Final = 0.001
"""A timer of uvloop's goes off that much too early at most: it counts whole milliseconds, and cuts off what is over."""
PATIENCE: Final = 10.0
LARGE: Final = 20 * 2**20


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what was asked: `/slow` waits a second, `/late` does before it reads, `/large` is 20 MiB, `/early`
    does not read the body."""
    body = b""
    path = scope["path"]
    if path in ("/slow", "/late"):
        await asyncio.sleep(1.0)
    more = path != "/early"
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    told = json.dumps({"method": scope["method"], "path": path, "body": len(body)}).encode()
    if path == "/large":
        told = b"x" * LARGE
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
    await send({"type": "http.response.body", "body": told})


@contextmanager
def guarded(limits: Limits = QUICK, proxies: tuple[str, ...] = ()) -> Iterator[tuple[Any, Watch]]:
    """Serve `app` within `limits`; yields what it listens on and the watch over its connections."""
    watch = Watch(limits, proxies)
    with listening(app, http=partial(Guarded, watch), lifespan="off") as sock:
        yield sock.getsockname(), watch


@pytest.fixture(scope="module")
def place() -> Iterator[Any]:
    """Where a service with these limits listens."""
    with guarded() as (address, _):
        yield address


def opened(place: Any, sent: bytes = b"") -> socket.socket:
    """Return a connection on which `sent` has gone out."""
    connection = socket.create_connection(place, PATIENCE)
    connection.sendall(sent)
    return connection


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other end closes."""
    came = b""
    try:
        while piece := connection.recv(65536):
            came += piece
    except ConnectionResetError:
        pass
    return came


def taken(connection: socket.socket, sent: bytes) -> bool:
    """Send something; tell whether the other end still takes it."""
    try:
        connection.sendall(sent)
    except OSError:
        return False
    return True


def asked(place: Any, sent: bytes) -> bytes:
    """Return all that is answered to `sent` until the connection is closed, by whomever."""
    with opened(place, sent) as connection:
        return rest(connection)


def status(answer: bytes) -> int:
    """Return the status of the first reply."""
    return int(answer.split(b" ", 2)[1])


def code(answer: bytes) -> str:
    """Return the code of the problem that is the one and only reply."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"content-type: {CONTENT_TYPE}".encode() in head
    assert b"connection: close" in head
    return str(json.loads(body)["code"])


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", b""),
        (b"\r\n", b"too_slow"),
        (b"GE", b"too_slow"),
        (b"GET /plain HTTP/1.1\r\nHos", b"too_slow"),
        (b"GET /plain HTTP/1.1\r\nHost: x\r\n", b"too_slow"),
        (b"POST /plain HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf", b"too_slow"),
        (b"POST /plain HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", b"too_slow"),
        (b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf", b'"body": 0}'),
        (PLAIN, b'"body": 0}'),
        (PLAIN + b"GET /plain HTTP/1.1\r\n", b'"body": 0}'),
    ],
)
def test_whoever_sends_half_of_something_is_not_waited_for(place: Any, sent: bytes, expected: bytes) -> None:
    began = time.monotonic()
    with opened(place, sent) as connection:
        answer = rest(connection)
        took = time.monotonic() - began
    assert expected in answer
    assert bool(answer) == bool(sent)
    assert QUICK.head_seconds - TICK <= took < 3.0


def test_bytes_that_trickle_in_prolong_nothing(place: Any) -> None:
    for head, drop in ((b"GET /", b"a"), (PLAIN, b"\r\n"), (b"POST /plain HTTP/1.1\r\nHost: x\r\nX-Long: ", b"a")):
        with opened(place, head) as connection:
            began = time.monotonic()
            while time.monotonic() - began < PATIENCE and taken(connection, drop):
                time.sleep(SLOWLY / 2)
            assert time.monotonic() - began < 3.0


def test_an_upload_may_take_as_long_as_it_comes_fast_enough_and_as_we_read_it(place: Any) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with opened(place, head % (b"/plain", 2000)) as connection:
        began = time.monotonic()
        for _ in range(10):
            connection.sendall(b"b" * 200)
            time.sleep(SLOWLY)
        assert b'"body": 2000' in rest(connection)
        assert time.monotonic() - began > 2 * QUICK.body_seconds
    faster = replace(QUICK, body_seconds=0.7, body_rate=10**7)
    with guarded(faster) as (there, _), opened(there, head % (b"/late", 2**21)) as connection:
        connection.sendall(b"b" * (2**21 - 1))  # which is read after a second, longer than it may take
        time.sleep(13 * SLOWLY)
        connection.sendall(b"b")
        assert b'"body": 2097152' in rest(connection)


def test_a_reply_that_nobody_reads_goes_and_one_that_is_read_slowly_comes_whole() -> None:
    with guarded() as (place, watch):
        with opened(place, PLAIN.replace(b"/plain", b"/large")) as connection:
            deadline = time.monotonic() + PATIENCE
            while not len(watch) and time.monotonic() < deadline:
                time.sleep(0.01)
            while len(watch) and time.monotonic() < deadline:
                time.sleep(0.02)
            assert not len(watch)
        sent = b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with opened(place, sent) as connection:
            came = 0
            while piece := connection.recv(2**20):
                came += len(piece)
                time.sleep(SLOWLY / 2)
            assert came > LARGE


def test_a_head_has_its_bounds_also_one_that_never_ends(place: Any) -> None:
    field = b"X-%d: %s\r\n"
    many = b"".join(field % (number, b"a") for number in range(20))
    long = field % (0, b"a" * 3000)
    start = b"GET /plain HTTP/1.1\r\nHost: x\r\n"
    for sent in (start + many + b"\r\n", start + long + b"\r\n", start + long, start[:-2] + b"a" * 3000):
        assert code(asked(place, sent)) == "head_too_large"
    assert code(asked(place, b"GET /" + b"a" * 3000)) == "head_too_large"
    assert code(asked(place, PLAIN.replace(b"/plain", b"/" + b"a" * 3000))) == "head_too_large"
    almost = b"".join(field % (number, b"a" * 80) for number in range(19))
    assert status(asked(place, start + almost + b"\r\n")) == 200
    long_body = b"POST /plain HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b"b" * 5000
    assert b'"body": 5000' in asked(place, long_body)  # what comes with a head does not count as one


POST: Final = b"POST / HTTP/1.1\r\nHost: x\r\n"
GET: Final = b"GET / HTTP/1.1\r\nHost: x\r\n"
AMBIGUOUS: Final = {
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +5\r\n\r\nhello",
    "a negative length": POST + b"Content-Length: -5\r\n\r\nhello",
    "a length in hex": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "a list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "a length over all": POST + b"Content-Length: 99999999999999999999\r\n\r\nhello",
    "an unknown encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "an encoding twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    "gzip in transfer": POST + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
    "a bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "an endless chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    "a space before the colon": POST + b"Content-Length : 5\r\n\r\nhello",
    "a folded header": POST + b"X-A: a\r\n Content-Length: 5\r\n\r\nhello",
    "lines that end in LF": b"GET / HTTP/1.1\nHost: x\n\n",
    "lines that end in CR": b"GET / HTTP/1.1\rHost: x\r\r",
    "NUL in a header": GET + b"X-A: a\0b\r\n\r\n",
    "NUL in the target": b"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "two authorizations": GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a tunnel": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method that is known": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("what", AMBIGUOUS)
def test_what_two_readers_could_read_differently_is_refused_and_nothing_after_it_is_read(place: Any, what: str) -> None:
    answer = asked(place, AMBIGUOUS[what] + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"smuggled" not in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert status(answer) == 400
    assert code(answer) == "bad_request"


def test_whole_targets_old_clients_and_upgrades_are_answered_as_ever(place: Any) -> None:
    assert b'"/plain"' in asked(place, b"GET http://elsewhere.example/plain HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b'"/plain"' in asked(place, b"GET /plain HTTP/1.0\r\n\r\n")
    upgrade = b"GET /plain HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    for kind in (b"websocket", b"h2c"):
        answer = asked(place, upgrade % kind)
        assert status(answer) == 200
        assert answer.count(b"HTTP/1.1 ") == 1


def test_two_requests_at_once_are_answered_in_their_order(place: Any) -> None:
    answer = asked(place, PLAIN.replace(b"/plain", b"/slow") + PLAIN)
    assert answer.index(b'"/slow"') < answer.index(b'"/plain"')


@pytest.mark.parametrize(
    "half", [b"", b"GET /plain HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"]
)
def test_a_hundred_half_open_connections_keep_nobody_out(half: bytes) -> None:
    with guarded(Limits(per_client=30, most=60)) as (place, watch), ExitStack() as stack:
        held = [stack.enter_context(opened(place, half)) for _ in range(100)]
        for _ in range(20):
            began = time.monotonic()
            with opened(place, PLAIN) as connection:
                assert status(connection.recv(65536)) == 200
            assert time.monotonic() - began < 2.0
        assert len(watch) <= 30
        assert held[0].recv(10) == b"" if half == b"" else True


def test_who_is_being_answered_stays_and_whoever_comes_when_all_are_is_told_to_come_again() -> None:
    with guarded(Limits(per_client=5, most=60)) as (place, _), ExitStack() as stack:
        slow = PLAIN.replace(b"/plain", b"/slow").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        busy = [stack.enter_context(opened(place, slow)) for _ in range(5)]
        time.sleep(0.2)
        refused = asked(place, b"")
        assert status(refused) == 503
        assert code(refused) == "unavailable"
        for connection in busy:
            assert status(rest(connection)) == 200
        assert status(asked(place, slow)) == 200


def test_who_was_answered_lately_stays_before_who_came_later_and_waits() -> None:
    with guarded(Limits(per_client=5, most=60)) as (place, _), ExitStack() as stack:
        first = stack.enter_context(opened(place, PLAIN))
        assert status(first.recv(65536)) == 200
        waiting = [stack.enter_context(opened(place)) for _ in range(4)]
        time.sleep(0.1)
        first.sendall(PLAIN)
        assert status(first.recv(65536)) == 200
        stack.enter_context(opened(place))
        assert waiting[0].recv(1) == b""
        first.sendall(PLAIN)
        assert status(first.recv(65536)) == 200


def test_the_whole_number_has_a_bound_and_a_proxy_is_not_one_client() -> None:
    with guarded(Limits(per_client=5, most=12), ("127.0.0.0/8",)) as (place, watch), ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(opened(place))
        deadline = time.monotonic() + PATIENCE
        while len(watch) != 12 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(watch) == 12


@pytest.mark.parametrize(
    ("hard", "connections", "open_files", "told"),
    [(5000, 1000, 1128, False), (1000, 872, 1000, True), (100, 1, 100, True)],
)
def test_as_many_files_may_be_open_as_the_system_lets_us_and_too_few_are_told(
    hard: int, connections: int, open_files: int, told: bool
) -> None:
    program = f"""if True:
        import logging, resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (90, {hard}))
        from lms_tui.service.descriptors import connections_for
        told = []
        logging.Logger.warning = lambda *given, **more: told.append(given)
        print(connections_for(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0], bool(told))
    """
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(connections), str(open_files), str(told)]


class QuickLoop(Loop):
    """The loop of `serve`, in a hurry."""

    handshake_seconds = 0.4


def test_whoever_never_begins_to_encrypt_is_not_waited_for() -> None:
    def context(*_: Any) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost").configure_cert(made)
        return made

    how: dict[str, Any] = {"http": partial(Guarded, Watch(QUICK)), "lifespan": "off", "ssl_context_factory": context}
    with listening(app, loop=f"{__name__}:QuickLoop", **how) as sock:
        for sent in (b"", b"\x16\x03\x01"):
            began = time.monotonic()
            assert asked(sock.getsockname(), sent) == b""
            assert QuickLoop.handshake_seconds - TICK <= time.monotonic() - began < 3.0
