"""Failed sign-ins: how long each kind of failure takes, side by side, and whether one can be told from another.

    python bench/sign_in.py [--times N] [--cost N] [--json PATH] [--folder PATH]

A PostgreSQL of its own and `lms-tui serve` with one worker on its socket. N tries of each kind of failure, in an order
by chance, LANES at a time; the throttle is lifted by clearing its table. (In lanes of their own, one that takes a
thread for long would wait for the threads of others alone.) With a bcrypt cost whose hashes take longer than the floor
(14 does on most machines) the floor has to rise by itself. To hold: medians within 10 % of each other.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Final

import httpx
import msgspec
import psycopg
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

import measuring
import servers

MOST_APART: Final = 1.1
LANES: Final = 2
PASSWORD: Final = "correct horse"  # noqa: S105 - of people who are made for this
KINDS: Final = {
    "unknown address": "nobody@x.org",
    "wrong, Argon2id": "argon2@x.org",
    "wrong, bcrypt": "bcrypt@x.org",
    "archived, right": "gone@x.org",
    "ambiguous, right": "twice@x.org",
}


class Figure(msgspec.Struct):
    """One kind of failure: milliseconds until the answer."""

    kind: str
    p50: float
    p5: float
    p95: float


class Figures(msgspec.Struct):
    """All of them; `apart` is the largest median to the smallest."""

    cost: int
    times: int
    bcrypt: float
    """Milliseconds that one hash of this cost took, alone."""
    failures: list[Figure]
    apart: float
    reached: bool


def fill(cost: int) -> Callable[[psycopg.Connection[tuple[object, ...]]], None]:
    """Return what makes the people."""
    argon2, bcrypt = Argon2Hasher().hash(PASSWORD), BcryptHasher(rounds=cost).hash(PASSWORD)
    people = (
        ("argon2@x.org", argon2, False),
        ("bcrypt@x.org", bcrypt, False),
        ("gone@x.org", bcrypt, True),
        ("Twice@x.org", bcrypt, False),
        ("twicE@x.org", bcrypt, False),
    )

    def rows(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        for person in people:
            connection.execute(
                "WITH made AS (INSERT INTO users (email, first_name, last_name, archived) VALUES (%(email)s, 'A', 'L',"
                " %(gone)s) RETURNING id)"
                " INSERT INTO credentials (user_id, password_hash) SELECT id, %(hash)s FROM made",
                dict(zip(("email", "hash", "gone"), person, strict=True)),
            )

    return rows


async def lane(server: servers.Running, url: str, kinds: list[str], found: dict[str, list[float]]) -> None:
    """Take the next of `kinds` and fail so, until none is left; add the milliseconds to what is found of it."""
    transport = httpx.AsyncHTTPTransport(uds=str(server.socket))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://lms", timeout=60) as http,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as database,
    ):
        while kinds:
            kind = kinds.pop()
            email = KINDS[kind]
            password = PASSWORD if email in ("gone@x.org", "twice@x.org") else "wrong"
            await database.execute("DELETE FROM lms_tui.throttle")
            began = time.perf_counter()
            reply = await http.post("/v1/sign-in", json={"email": email, "password": password})
            found.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
            if reply.status_code != httpx.codes.UNAUTHORIZED:
                raise RuntimeError(f"{email} was answered {reply.status_code}: {reply.text}")


async def measure(server: servers.Running, url: str, times: int) -> list[Figure]:
    """Let the lanes run, after each kind has failed once."""
    await lane(server, url, list(KINDS), {})
    kinds = times * list(KINDS)
    random.shuffle(kinds)
    taken: dict[str, list[float]] = {}
    await asyncio.gather(*(lane(server, url, kinds, taken) for _ in range(LANES)))
    found = []
    for kind in KINDS:
        waited = sorted(taken[kind])
        p5, p95 = (waited[int(share * (len(waited) - 1))] for share in (0.05, 0.95))
        found.append(Figure(kind, median(waited), p5, p95))
    return found


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    parser = measuring.arguments("Measure how long each kind of failed sign-in takes.")
    parser.add_argument("--times", type=int, default=200, metavar="N", help="tries of each kind")
    parser.add_argument("--cost", type=int, default=10, metavar="N", help="of bcrypt, as the power of two")
    args = parser.parse_args()
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder, connections=60))
        url = servers.database(ground.server, "bench", fill(args.cost))
        running = stack.enter_context(servers.service(ground.folder, "sign-in", url))
        began = time.perf_counter()
        BcryptHasher(rounds=args.cost).hash(PASSWORD)
        took = 1000 * (time.perf_counter() - began)
        found = asyncio.run(measure(running, url, args.times))
    medians = [one.p50 for one in found]
    apart = max(medians) / min(medians)
    print(f"bcrypt of cost {args.cost}: {took:.0f} ms\n{'':20}{'p5 ms':>9}{'p50 ms':>9}{'p95 ms':>9}")
    for one in found:
        print(f"{one.kind:20}{one.p5:>9.1f}{one.p50:>9.1f}{one.p95:>9.1f}")
    held = "" if apart <= MOST_APART else "   NOT HELD"
    print(f"medians apart: {apart:.3f} (goal {MOST_APART}){held}")
    measuring.keep(args.json, Figures(args.cost, args.times, took, found, apart, apart <= MOST_APART))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
