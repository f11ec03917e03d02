"""What 1,000 connections that only wait do to everybody else: the p99 of pages read beside them, and without them.

    python bench/half_open.py [--kind KIND …] [--held N] [--seconds N] [--json PATH] [--folder PATH]

`lms-tui serve` with one worker on a port and 1,000 courses. Four learners read pages of the catalog, each some 15 times
a second, over connections that are kept; a process of its own (`holders.py`) holds so many connections open for the
time, and opens each anew as soon as it is closed. Before and after it the same is measured without it. To hold: a p99
within twice that of the quiet times. Each kind:

- *nothing sent*, *half a head*, *half a body*: from 20 addresses, so that all of them are held;
- *one address*: half a head from the one address that the learners have too, which may hold 256;
- *no handshake*: over https, connections that never begin to encrypt, from that address.
"""

import asyncio
import random
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
import psycopg
import trustme

import holders
import measuring
import rows
import servers

GOAL: Final = 2.0
LEARNERS: Final = 4
A_SECOND: Final = 15
QUIET_PART: Final = 0.5
"""Of the time under load, before it and after it."""
_HEAD: Final = "GET /v1/catalog HTTP/1.1\r\nHost: lms\r\n"
_BODY: Final = "POST /v1/sign-in HTTP/1.1\r\nHost: lms\r\nContent-Length: 200\r\n\r\n{"
KINDS: Final = {
    "nothing sent": ("", 20),
    "half a head": (_HEAD, 20),
    "half a body": (_BODY, 20),
    "one address": (_HEAD, 1),
    "no handshake": ("", 1),
}


class Waits(msgspec.Struct):
    """Milliseconds that pages took."""

    pages: int
    p50: float
    p99: float
    longest: float


class Compared(msgspec.Struct):
    """One kind of connections that only wait."""

    kind: str
    held: float
    """In the mean, as those who hold them see it."""
    opened: int
    quiet: Waits
    beside: Waits
    ratio: float
    """Of the p99."""


async def learn(port: int, token: str, seconds: float, tls: ssl.SSLContext | None) -> list[float]:
    """Read pages for so long; return the milliseconds of each. Raises RuntimeError for one that is refused."""
    page = f"GET /v1/catalog HTTP/1.1\r\nHost: lms\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    found = []
    reader, writer = None, None
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await asyncio.sleep(random.expovariate(A_SECOND))  # people come when they like
        began = time.perf_counter()
        for again in range(2):  # one that was kept may be closed meanwhile: a client tries once more, and so do we
            if reader is None or writer is None:
                host = "localhost" if tls else None
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=host)
            try:
                writer.write(page)
                head = await reader.readuntil(b"\r\n\r\n")
            except (OSError, asyncio.IncompleteReadError):
                reader = None
                if again:
                    raise
                continue
            break
        assert reader is not None
        if b" 200 " not in head[:15]:
            raise RuntimeError(f"A page was refused: {head!r}")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        found.append(1000 * (time.perf_counter() - began))
    if writer is not None:
        writer.close()
    return found


def read(port: int, tokens: list[str], seconds: float, tls: ssl.SSLContext | None) -> list[float]:
    """Let all learners read at once."""

    async def together() -> list[float]:
        lanes = await asyncio.gather(*(learn(port, token, seconds, tls) for token in tokens))
        return [one for lane in lanes for one in lane]

    return asyncio.run(together())


def waits(found: list[float]) -> Waits:
    """Return the figures of so many pages."""
    ordered = sorted(found)
    return Waits(len(ordered), median(ordered), ordered[int(0.99 * (len(ordered) - 1))], ordered[-1])


def compare(kind: str, port: int, tokens: list[str], plan: holders.Plan, tls: ssl.SSLContext | None) -> Compared:
    """Measure one kind: quiet, beside those who hold, quiet."""
    part = plan.seconds * QUIET_PART
    read(port, tokens, 1.0, tls)  # connections to the database, plans, caches
    quiet = read(port, tokens, part, tls)
    holding = subprocess.Popen(
        [sys.executable, str(holders.__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert holding.stdin is not None
    assert holding.stdout is not None
    holding.stdin.write(msgspec.json.encode(plan))
    holding.stdin.close()
    holding.stdout.readline()  # they are there
    beside = read(port, tokens, plan.seconds, tls)
    held = msgspec.json.decode(holding.stdout.read(), type=holders.Held)
    holding.wait()
    quiet += read(port, tokens, part, tls)
    one, other = waits(quiet), waits(beside)
    return Compared(kind, held.mean, held.opened, one, other, other.p99 / one.p99)


@contextmanager
def certificate(folder: Path) -> Iterator[tuple[list[str], ssl.SSLContext]]:
    """Yield what `serve` takes to speak https, and what trusts it."""
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    key.touch(0o600)
    key.write_bytes(made.private_key_pem.bytes())
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    yield ["--tls-certificate", str(chain), "--tls-key", str(key)], trusting


def fill(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make 1,000 courses and their learners."""
    rows.add_people(connection)
    rows.add_courses(connection, 1, 1_000)
    rows.add_learning(connection)


def table(done: list[Compared]) -> str:
    """Return the figures as they are read."""
    lines = [
        f"{'':14}{'held':>7}{'opened':>8}{'quiet p50':>11}{'p99 ms':>8}{'beside p50':>12}{'p99 ms':>8}{'ratio':>7}"
    ]
    lines += [
        f"{one.kind:14}{one.held:>7.0f}{one.opened:>8}{one.quiet.p50:>11.1f}{one.quiet.p99:>8.1f}"
        f"{one.beside.p50:>12.1f}{one.beside.p99:>8.1f}{one.ratio:>7.2f}"
        for one in done
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    parser = measuring.arguments("Measure what connections that only wait do to everybody else.")
    parser.add_argument("--held", type=int, default=1_000, metavar="N", help="connections that wait")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="N", help="how long each kind is held")
    parser.add_argument("--kind", action="append", choices=KINDS, help="of these alone")
    args = parser.parse_args()
    done = []
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder, connections=60))
        url = servers.database(ground.server, "bench", fill)
        words, trusting = stack.enter_context(certificate(ground.folder))
        plain = stack.enter_context(servers.on_port(ground.folder, "http", url))
        tls = stack.enter_context(servers.on_port(ground.folder, "https", url, *words))
        for kind in args.kind or KINDS:
            measuring.say(kind)
            sent, addresses = KINDS[kind]
            tokens = ground.tokens(url, [rows.learner(one) for one in range(1, LEARNERS + 1)])
            port, trust = (tls, trusting) if kind == "no handshake" else (plain, None)
            plan = holders.Plan(port, args.held, args.seconds, sent, addresses)
            done.append(compare(kind, port, tokens, plan, trust))
    print(table(done))
    measuring.keep(args.json, {"goal": GOAL, "reached": all(one.ratio <= GOAL for one in done), "compared": done})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
