"""What searching the catalog takes: 100,000 courses beside 1,000, one search at a time and 50 people typing.

    python bench/search.py [--quick] [--json PATH] [--folder PATH]

A PostgreSQL of its own on a disk, `lms-tui serve` with one worker. The courses are those of `shelves.py`, the searches
are of their words. See README.md.
"""

import http.client
import random
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

import msgspec
import psutil
import psycopg

import measuring
import rows
import servers
import shelves
import typists
from lms_tui.local import postgres

GOAL: Final = 100.0
"""Milliseconds that 95 of 100 searches take at most while 50 people type."""
PACE: Final = 0.15
"""Seconds between two keys, in the mean."""
LOOKS: Final = (3.0, 0.0)
"""Seconds for which they look at what they found, in the mean: as people do, and without a pause."""
_PATIENCE: Final = 120.0


class Scale(msgspec.Struct, frozen=True):
    """How much is measured."""

    sizes: tuple[int, int]
    rounds: int
    typists: int
    seconds: float


FULL: Final = Scale(sizes=(1_000, 100_000), rounds=9, typists=50, seconds=20.0)
QUICK: Final = Scale(sizes=(100, 300), rounds=2, typists=4, seconds=0.5)


class Place(msgspec.Struct):
    """A filled database with the service on it."""

    courses: int
    service: servers.Running
    tokens: list[str]


class Alone(msgspec.Struct):
    """One kind of request, asked when nobody else asks anything: each list in milliseconds, at each size."""

    kind: str
    path: str
    query: dict[str, list[str]]
    times: list[list[float]]
    """Until the reply was there."""
    service: list[list[float]]
    """CPU of the service's worker."""
    database: list[list[float]]
    """CPU of PostgreSQL's processes."""


class Crowd(msgspec.Struct):
    """Many who type, at one size: how long they look at what they found, and what came of it."""

    courses: int
    look: float
    keys_per_second: float
    given_up: int
    answered: int
    p50: float
    p95: float
    last_p50: float
    last_p95: float
    counted_p95: float
    worker_cpu: float
    """Cores that the service's worker took."""
    database_cpu: float
    """Cores that PostgreSQL's processes took."""
    load: float
    """How many processes ran or waited for a core, ours among them, in the mean of the last minute."""


def fill(server: postgres.Server, courses: int) -> str:
    """Make a database with so many courses; return its URL."""

    def rows_of(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        rows.add_people(connection)
        shelves.fill(connection, courses)
        rows.add_lessons(connection, 1, courses)
        rows.add_learning(connection)

    return servers.database(server, f"search_{courses}", rows_of)


def kinds() -> list[Alone]:
    """Return what is asked alone; of a search with several texts each round takes another."""
    author = next(iter(shelves.people()))[3]
    words = shelves.vocabulary()
    asked: dict[str, dict[str, list[str]]] = {
        "first page": {},
        "a letter": {"search": ["p"]},
        "two letters": {"search": ["pr"]},
        "three letters": {"search": ["pra"]},
        "a common word": {"search": ["practical"]},
        "a rare word": {"search": words[5_000:5_012]},
        "two common words": {"search": ["data python"]},
        "an author": {"search": [f"{author}"]},
        "author and common word": {"search": [f"{author} web"]},
        "word that is a name, and another": {"search": ["practical web"]},
        "in a category": {"search": ["practical"], "category_id": [str(rows.category(7))]},
        "of what is not taken": {"search": ["practical"], "state": ["not_taken"]},
        "by title": {"search": ["practical"], "sort": ["title"]},
        "a slip": {"search": ["practcial"]},
        "nothing": {"search": ["zzqqxx"]},
    }
    # what was counted is kept for a minute, so each round counts other words
    counted = ("counts of a common word", "/v1/catalog/counts", {"search": words[20:32]})
    listed = [*((kind, "/v1/catalog", query) for kind, query in asked.items()), counted]
    return [Alone(*one, times=[[], []], service=[[], []], database=[[], []]) for one in listed]


class _Line(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: Path, token: str) -> None:
        super().__init__("lms", timeout=_PATIENCE)
        self._path, self._token = path, token

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))

    def took(self, path: str) -> float:
        """Return how many milliseconds the reply took. Raises RuntimeError for one that is not a success."""
        began = time.perf_counter()
        self.request("GET", path, headers={"authorization": f"Bearer {self._token}"})
        with self.getresponse() as reply:
            body = reply.read()
        if reply.status != http.client.OK:
            raise RuntimeError(f"{path}: {body[:500].decode(errors='replace')}")
        return 1000 * (time.perf_counter() - began)


def alone(ground: measuring.Ground, places: list[Place], asked: list[Alone], rounds: int) -> None:
    """Ask each kind in turn at both sizes, so that a busy moment slows both."""
    lines = [_Line(place.service.socket, place.tokens[0]) for place in places]
    for turn in range(-2, rounds):  # the first two warm up: plans, the words by which slips are corrected
        for one in asked:
            path = f"{one.path}?{urlencode({name: texts[turn % len(texts)] for name, texts in one.query.items()})}"
            for at, (place, line) in enumerate(zip(places, lines, strict=True)):
                service, database = measuring.cpu(place.service.worker), ground.database_cpu()
                took = line.took(path)
                time.sleep(0.002)  # until the log is written
                if turn >= 0:
                    one.times[at].append(took)
                    one.service[at].append(measuring.cpu(place.service.worker) - service)
                    one.database[at].append(ground.database_cpu() - database)
    for line in lines:
        line.close()


def searches(number: int) -> list[str]:
    """Return what is typed: two words of a title mostly, an author's name, and one in ten with a slip in it."""
    dice = random.Random(number)  # noqa: S311 - the same every time
    titles = [str(course[1]) for course in shelves.courses(number) if course[6]]
    names = [f"{person[2]} {person[3]}" for person in shelves.people()]
    found = []
    for at in range(400):
        if at % 5 == 4:
            text = dice.choice(names)
        else:
            words = dice.choice(titles).split()
            first = dice.randrange(len(words) - 1)
            text = " ".join(words[first : first + 2])
        if at % 10 == 9 and len(text) > 4:
            slip = dice.randrange(1, len(text) - 2)
            text = text[:slip] + text[slip + 1] + text[slip] + text[slip + 2 :]
        found.append(text.lower())
    return found


def crowd(ground: measuring.Ground, place: Place, scale: Scale, look: float) -> Crowd:
    """Have many type at once, in a process of its own. Raises RuntimeError when a reply is not a success."""
    typing = searches(place.courses)
    plan = typists.Plan(str(place.service.socket), scale.seconds, place.tokens[: scale.typists], typing, PACE, look)
    before, began = ground.database_cpu(), time.monotonic()
    typed, cpu = measuring.loaded(typists, plan, scale.seconds, typists.Typed, place.service)
    milliseconds = 1000 * (time.monotonic() - began)
    return Crowd(
        courses=place.courses,
        look=look,
        keys_per_second=typed.keys / scale.seconds,
        given_up=typed.given_up,
        answered=len(typed.answered),
        p50=typists.quantile(typed.answered, 0.5),
        p95=typists.quantile(typed.answered, 0.95),
        last_p50=typists.quantile(typed.last, 0.5),
        last_p95=typists.quantile(typed.last, 0.95),
        counted_p95=typists.quantile(typed.counted, 0.95),
        worker_cpu=cpu / milliseconds,
        database_cpu=max(0.0, ground.database_cpu() - before) / milliseconds,
        load=psutil.getloadavg()[0],
    )


def table(asked: list[Alone], crowds: list[Crowd], scale: Scale) -> str:
    """Return what was measured, to be read."""
    small, large = scale.sizes
    columns = f"{small:>9,}{large:>9,}{'growth':>8}"
    lines = [
        f"{'alone, median ms':34}{'until the reply':>26}{'CPU of the service':>26}{'CPU of PostgreSQL':>26}",
        " " * 34 + columns * 3,
    ]
    for one in asked:
        line = f"{one.kind:34}"
        for few, many in ([median(times) for times in lists] for lists in (one.times, one.service, one.database)):
            line += f"{few:>9.1f}{many:>9.1f}{many / max(few, 0.01):>8.1f}"
        lines.append(line)
    lines += [
        "",
        f"{scale.typists} people type".ljust(17)
        + f"{'keys/s':>8}{'given up':>10}{'answered':>10}{'p50 ms':>9}{'p95 ms':>9}"
        + f"{'last p50':>10}{'last p95':>10}{'counts p95':>12}{'cores':>7}{'PG':>6}{'load':>6}",
    ]
    lines += [
        f"{at.courses:>9,} look {at.look:.0f}s{at.keys_per_second:>8.0f}{at.given_up:>10}{at.answered:>10}"
        f"{at.p50:>9.1f}{at.p95:>9.1f}{at.last_p50:>10.1f}{at.last_p95:>10.1f}{at.counted_p95:>12.1f}"
        f"{at.worker_cpu:>7.2f}{at.database_cpu:>6.2f}{at.load:>6.1f}"
        for at in crowds
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    args = measuring.add_quick(measuring.arguments("Measure the search of the catalog.")).parse_args()
    scale = QUICK if args.quick else FULL
    learners = [rows.learner(one) for one in range(1, rows.LEARNERS + 1)]
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder))
        places = []
        for size in scale.sizes:
            measuring.say(f"filling {size:,} courses")
            url = fill(ground.server, size)
            running = stack.enter_context(servers.service(ground.folder, str(size), url))
            places.append(Place(size, running, ground.tokens(url, learners)))
        asked = kinds()
        alone(ground, places, asked, scale.rounds)
        crowds = [crowd(ground, place, scale, look) for look in LOOKS for place in places]
    print(table(asked, crowds, scale))
    measuring.keep(args.json, {"scale": scale, "alone": asked, "crowds": crowds, "goal": GOAL})
    return 0


if __name__ == "__main__":
    sys.exit(main())
