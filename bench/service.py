"""What the service costs beside a bare application that does the same by hand (`floor.py`), in one run.

    python bench/service.py [--quick] [--json PATH] [--folder PATH]

A PostgreSQL of its own on a disk, fsync on, one worker. Each operation is measured in interleaved pairs, floor and
service under the same load, and the median of the pairs' ratios counts: a machine that is busy for a while slows
both halves of a pair. CPU per request is the steadiest figure. See README.md.
"""

import sys
from contextlib import ExitStack
from statistics import median
from typing import Final, Literal

import msgspec
import psycopg

import load
import measuring
import pgbench
import rows
import servers
from floor import cursor
from lms_tui.local import postgres

GOAL: Final = 0.7
"""The service answers at least this part of what the floor answers."""
Operation = Literal["page", "save"]


class Scale(msgspec.Struct, frozen=True):
    """How much is measured."""

    sizes: tuple[int, int]
    pairs: int
    seconds: float
    connections: int


FULL: Final = Scale(sizes=(1_000, 100_000), pairs=5, seconds=4.0, connections=8)
QUICK: Final = Scale(sizes=(200, 1_000), pairs=1, seconds=0.3, connections=4)


class Run(msgspec.Struct, frozen=True):
    """One half of a pair; times in milliseconds, `cpu` that of the server's process for each request."""

    per_second: float
    p50: float
    p95: float
    cpu: float


class Compared(msgspec.Struct):
    """One operation at one size, floor and service in pairs."""

    operation: Operation
    courses: int
    floor: list[Run]
    service: list[Run]
    pgbench_per_second: float | None

    @property
    def ratio(self) -> float:
        """Median of the pairs' ratios of requests per second, service to floor."""
        return median(ours.per_second / bare.per_second for bare, ours in zip(self.floor, self.service, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """Median of the pairs' ratios of CPU per request, floor to service: as `ratio`, 1 is as cheap as the floor."""
        return median(bare.cpu / ours.cpu for bare, ours in zip(self.floor, self.service, strict=True))


class Place(msgspec.Struct):
    """A filled database with both servers on it."""

    courses: int
    url: str
    paths: list[str]
    floor: servers.Running
    service: servers.Running


def fill(server: postgres.Server, courses: int) -> str:
    """Make a database with so many courses; return its URL."""

    def rows_of(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        rows.add_people(connection)
        rows.add_courses(connection, 1, courses)
        rows.add_learning(connection)

    return servers.database(server, f"bench_{courses}", rows_of)


def paths(url: str) -> list[str]:
    """Return where the first page of the catalog is, and seven others spread over all of it."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT title, id FROM (SELECT title, id, row_number() OVER w AS place, count(*) OVER () AS total"
            " FROM courses WHERE is_published AND archived IS NOT TRUE WINDOW w AS (ORDER BY title, id)) c"
            " WHERE mod(place, total / 8) = 0 ORDER BY place LIMIT 7"
        ).fetchall()
    return ["/v1/catalog", *(f"/v1/catalog?after={cursor(*place)}" for place in found)]


def connections(operation: Operation, place: Place, ground: measuring.Ground, number: int) -> list[load.Connection]:
    """Return what each connection sends, with a session issued now."""
    learners = [rows.learner(one) for one in range(1, number + 1)]
    made = []
    for one, token in enumerate(ground.tokens(place.url, learners), 1):
        if operation == "page":
            made.append(load.Connection(token, [*place.paths[one % 8 :], *place.paths[: one % 8]]))
        else:
            path = f"/v1/attempts/{rows.attempt(one)}/answers/{rows.question()}"
            made.append(load.Connection(token, save=load.Save(path, [str(rows.option(n)) for n in range(1, 5)])))
    return made


def clear_answers(url: str) -> None:
    """Take all answers away, so that each run begins with a first answer."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM student_question_answers")


def measure(server: servers.Running, sent: list[load.Connection], seconds: float) -> Run:
    """Load `server` from a process of its own. Raises RuntimeError when a reply is not a success."""
    plan = load.Plan(str(server.socket), seconds, sent)
    found, cpu = measuring.loaded(load, plan, seconds, load.Measured, server)
    return Run(found.per_second, found.quantile(0.5), found.quantile(0.95), cpu / len(found.latencies))


def check_same(place: Place, ground: measuring.Ground) -> None:
    """Raise RuntimeError unless floor and service answer the same bytes to every request for a page."""
    token = connections("page", place, ground, 1)[0].token
    for path in place.paths:
        if servers.get(place.floor, path, token) != servers.get(place.service, path, token):
            raise RuntimeError(f"Floor and service answer differently to {path}: the comparison means nothing.")


def compare(places: list[Place], ground: measuring.Ground, scale: Scale) -> list[Compared]:
    """Measure all pairs: those of the sizes too are interleaved, so that the page's growth is that of one moment."""
    asked: list[tuple[Operation, Place]] = [("page", place) for place in places] + [("save", places[-1])]
    done = [Compared(operation, place.courses, [], [], None) for operation, place in asked]
    for pair in range(-1, scale.pairs):  # the first warms up: connections, plans, caches
        measuring.say(f"pair {pair + 1} of {scale.pairs}" if pair >= 0 else "warming up")
        for (operation, place), found in zip(asked, done, strict=True):
            halves = [(place.floor, found.floor), (place.service, found.service)]
            for server, runs in halves if pair % 2 else reversed(halves):
                if operation == "save":
                    clear_answers(place.url)
                sent = connections(operation, place, ground, scale.connections)
                run = measure(server, sent, scale.seconds if pair >= 0 else min(1.0, scale.seconds))
                if pair >= 0:
                    runs.append(run)
    for (operation, place), found in zip(asked, done, strict=True):
        found.pgbench_per_second = pgbench.measure(
            ground.folder, place.url, operation, scale.connections, max(1, round(scale.seconds))
        )
    return done


def table(done: list[Compared]) -> str:
    """Return what was measured, to be read."""
    lines = [f"{'':22}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'ratio':>8}{'by CPU':>8}"]
    for one in done:
        for name, runs in (("floor", one.floor), ("service", one.service)):
            figures = [median(getattr(run, field) for run in runs) for field in Run.__struct_fields__]
            line = f"{one.operation:5}{one.courses:>8,} {name:8}{figures[0]:>9.0f}"
            line += "".join(f"{figure:>9.2f}" for figure in figures[1:])
            lines.append(line + (f"{one.ratio:>8.2f}{one.cpu_ratio:>8.2f}" if name == "service" else ""))
        told = "not installed" if one.pgbench_per_second is None else f"{one.pgbench_per_second:>8.0f}"
        lines.append(f"{one.operation:5}{one.courses:>8,} pgbench {told:>9}")
    lines.append(f"The page at {done[1].courses:,} courses takes {growth(done):.2f}x of that at {done[0].courses:,}.")
    return "\n".join(lines)


def growth(done: list[Compared]) -> float:
    """Return the median, over the pairs, of the service's time for a page at the large size to that at the small."""
    small, large = done[0].service, done[1].service
    return median(few.per_second / many.per_second for few, many in zip(small, large, strict=True))


def report(done: list[Compared], scale: Scale) -> dict[str, object]:
    """Return what was measured, as the JSON file has it."""
    compared = [
        {
            **msgspec.to_builtins(one),
            "ratio": one.ratio,
            "cpu_ratio": one.cpu_ratio,
            "goal": GOAL,
            "reached": one.ratio >= GOAL,
        }
        for one in done
    ]
    return {"scale": msgspec.to_builtins(scale), "compared": compared, "page_growth": growth(done)}


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    args = measuring.add_quick(measuring.arguments("Measure the service beside a bare application.")).parse_args()
    scale = QUICK if args.quick else FULL
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder))
        places = []
        for size in scale.sizes:
            measuring.say(f"filling {size:,} courses")
            url, name = fill(ground.server, size), str(size)
            bare = stack.enter_context(servers.floor(ground.folder, name, url))
            ours = stack.enter_context(servers.service(ground.folder, name, url))
            places.append(Place(size, url, paths(url), bare, ours))
            check_same(places[-1], ground)
        done = compare(places, ground, scale)
    print(table(done))
    measuring.keep(args.json, report(done, scale))
    return 0


if __name__ == "__main__":
    sys.exit(main())
