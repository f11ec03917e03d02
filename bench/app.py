"""Measures the app beside an empty Textual app, in one run, turn by turn: start, memory, keys, bytes, idle.

    python bench/app.py [--probe ../shared/probe] [--repeat 5] [--courses 100000] [--idle 60] [--json out.json]

The instrument is `tui_probe.py`, and the empty app its `apps/hello.py`. The app runs on an embedded database of its
own, filled with `--courses` courses beside the shipped ones; the first real screen with data is home. Everything
else that runs on the machine disturbs the service, which is outside the probe's control group: run it alone.
"""

import argparse
import compileall
import dataclasses
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg

import lms_tui
import rows
from lms_tui.local.cluster import SUPERUSER
from lms_tui.local.postgres import find

HOME_READY = r"Browse the catalog[\s\S]*\d courses"
"""What home shows once the service has answered."""
CATALOG = "enter expect:Category wait:500"
LESSON = "enter expect:Category / text:marathon wait:1500 enter wait:700 enter wait:700 enter wait:700"
"""From home to the catalog, and through a search and a course's outline to a long lesson."""
GIVE_MENTOR = """
INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives, difficulty_level)
SELECT l.id, 'Be kind.', 'Knows all of it.', 'beginner' FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id
JOIN courses c ON c.id = ch.course_id WHERE c.title = 'A marathon of a lesson'"""
TAKE_MENTOR = "DELETE FROM ai_mentor_lessons WHERE learning_objectives = 'Knows all of it.'"
PAGES, FOCUS = {"pagedown", "pageup", "home", "end"}, {"tab", "shift+tab"}
ARROWS = {"down", "up"}


@dataclasses.dataclass(frozen=True)
class Figure:
    """A reading, what it is held against, and the limit of the issue."""

    name: str
    ours: float
    unit: str
    limit: float
    base: float | None = None
    """The empty app's reading in the same run; the limit then is one of the ratio."""
    ratio: float | None = None
    """The median of the ratios of pairs, where runs are pairs."""

    @property
    def held(self) -> float:
        """What the limit is for."""
        if self.base is None:
            return self.ours
        return self.ratio if self.ratio is not None else self.ours / self.base

    @property
    def met(self) -> bool:
        """Whether it is within the limit."""
        return self.held <= self.limit


class Bench:
    """The runs, on one home with one database."""

    def __init__(self, probe: ModuleType, apps: Path, home: Path, repeat: int, say: Callable[[str], None]) -> None:
        self.probe, self.home, self.repeat, self.say = probe, home, repeat, say
        self.hello = [sys.executable, str(apps / "hello.py")]
        self.app = [str(Path(sys.executable).with_name("lms-tui"))]

    def empty(self, **wanted: Any) -> Any:
        """The empty app as the probe runs it."""
        return self.probe.Spec(cmd=self.hello, name="empty app", ready="READY", **wanted)

    def ours(self, **wanted: Any) -> Any:
        """Our app as the probe runs it, on this bench's home unless `env` says another."""
        wanted.setdefault("env", {"LMS_TUI_HOME": str(self.home), "LMS_TUI_IDLE_SECONDS": "36000"})
        wanted.setdefault("ready", HOME_READY)
        return self.probe.Spec(cmd=self.app, name="lms-tui", **wanted)

    def pairs(self, ours: Any, empty: Any) -> tuple[list[Any], list[Any]]:
        """Run both in turn; return their results."""
        one, two = self.probe.interleave([ours, empty], self.repeat, 1, self.say)
        return one, two

    def service(self, code: str) -> str:
        """A shell command that runs `code` with the functions of `local.service`, outside what is measured."""
        script = f"from lms_tui.local.service import *; {code}"
        return f'LMS_TUI_HOME="{self.home}" LMS_TUI_IDLE_SECONDS=36000 "{sys.executable}" -c "{script}"'

    @property
    def start_service(self) -> str:
        """Have the service run, started by nobody who is measured."""
        return self.service("ensure_service(progress=print)")


def ratio(name: str, metric: str, unit: str, limit: float, runs: tuple[list[Any], list[Any]]) -> Figure:
    """The median of the pairs' ratios of one reading."""
    ours, empty = ([run.metrics[metric] for run in side] for side in runs)
    paired = statistics.median(a / b for a, b in zip(ours, empty, strict=True))
    return Figure(name, statistics.median(ours), unit, limit, statistics.median(empty), paired)


def start(bench: Bench, cpu: float | None) -> Iterator[Figure]:
    """From exec to the first plain frame and to home with data; on a whole core also memory and the cold starts."""
    runs = bench.pairs(bench.ours(cpu=cpu, idle=0.2, setup=bench.start_service), bench.empty(cpu=cpu, idle=0.2))
    if cpu:
        yield ratio(f"live home at {cpu:.0f} % of a core", "t_ready_ms", "ms", 1.6, runs)
        return
    yield ratio("first plain frame", "t_first_paint_ms", "ms", 0.3, runs)
    yield ratio("live home, the service runs", "t_ready_ms", "ms", 1.6, runs)
    yield ratio("CPU until live home", "cpu_ready_ms", "ms", 1.6, runs)
    yield ratio("memory of the app alone", "rss_mb", "MB", 1.4, runs)
    cold = bench.pairs(bench.ours(idle=0.2, setup=bench.service("stop_service()")), bench.empty(idle=0.2))
    yield ratio("live home, nothing runs", "t_ready_ms", "ms", 4.0, cold)
    times = []
    for _ in range(min(3, bench.repeat)):
        with tempfile.TemporaryDirectory(prefix="lms-first-", dir="/var/tmp") as folder:
            spec = bench.ours(idle=0.1, env={"LMS_TUI_HOME": folder}, timeout=60.0)
            times.append(bench.probe.measure(spec).metrics["t_ready_ms"] / 1000)
            stop = "from lms_tui.local.service import *; stop_service()"
            subprocess.run([sys.executable, "-c", stop], env={**os.environ, "LMS_TUI_HOME": folder}, check=True)
    yield Figure("the very first start", statistics.median(times), "s", 5.0)


def keys(bench: Bench, size: str) -> Iterator[Figure]:
    """Latency and bytes of moves, pages and focus changes, and how soon a screen that is opened begins to show."""
    subprocess.run(bench.start_service, shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602
    cells = 2.5 if size == "120x40" else 1.0
    for place, opening, script, arrows in (
        ("catalog", CATALOG, "down*7 up*7 pagedown*10 pageup*5 end home tab*3", "move"),
        ("lesson", LESSON, "down*20 up*10 pagedown*6 pageup*4 home end", "line"),
    ):
        result = bench.probe.measure(bench.ours(size=size, keys=f"{opening} {script}", idle=0.2))
        empty = statistics.median(
            bench.probe.measure(bench.empty(size=size, keys="down*40", idle=0.2)).metrics["key_p50_ms"]
            for _ in range(bench.repeat)
        )
        bench.say(f"{place} {size}: {'; '.join(result.details['warnings']) or 'every screen came'}")
        count = len(bench.probe.parse_keys(script))
        pressed = result.details["keys"][-count:]
        yield from _of_keys(f"{place} {size}", arrows, pressed, empty, cells)
        opened = [key["first_ms"] for key in result.details["keys"][:-count] if key["key"] == "enter"]
        yield Figure(f"{place} {size}: opened, first byte", max(opened), "ms", 50)


def mentor(bench: Bench, pairs: int) -> Iterator[Figure]:
    """What a lesson's mentor costs while it is not opened: the same lesson opened with one and without, in turn."""
    url = find(bench.home / "data" / "postgres")
    assert url is not None, "the service has started, but not its database"
    found: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    with psycopg.connect(url, user=SUPERUSER, autocommit=True) as connection:
        for number in range(2 * pairs):
            has_mentor = number % 2 == 0
            connection.execute(GIVE_MENTOR if has_mentor else TAKE_MENTOR)
            result = bench.probe.measure(bench.ours(keys=LESSON, idle=0.2))
            found[has_mentor].append([key for key in result.details["keys"] if key["key"] == "enter"][-1])
    for reading, unit in (("latency_ms", "ms"), ("cpu_ms", "ms"), ("bytes", "B")):
        ours, empty = ([key[reading] for key in found[has_mentor]] for has_mentor in (True, False))
        paired = statistics.median(a / b for a, b in zip(ours, empty, strict=True))
        name = f"lesson with a mentor to one without: {reading.removesuffix('_ms')}"
        yield Figure(name, statistics.median(ours), unit, 1.1, statistics.median(empty), paired)


def _of_keys(place: str, arrows: str, pressed: list[dict[str, Any]], empty: float, cells: float) -> Iterator[Figure]:
    """The figures of one screen. An arrow that moves the text by a `line` repaints what a page does."""
    limits = {"move": (10, 400), "line": (50, 2500), "page": (50, 2500), "focus": (50, 2500)}
    for kind, names in ((arrows, ARROWS), ("page", PAGES), ("focus", FOCUS)):
        answered = [key for key in pressed if key["key"] in names and key["latency_ms"] is not None]
        if not answered:
            continue
        times = [key["latency_ms"] for key in answered]
        latency, most = limits[kind]
        if names is ARROWS:
            yield Figure(f"{place}: {kind}, p50", statistics.median(times), "ms", 1.5, empty)
        yield Figure(f"{place}: {kind}, p95", percentile(times, 0.95), "ms", latency)
        yield Figure(f"{place}: {kind}, most bytes", max(key["bytes"] for key in answered), "B", most * cells)


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` of them lie, between two of them by their distance."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def idle(bench: Bench, seconds: float) -> Iterator[Figure]:
    """What a screen that nobody touches costs."""
    ours = bench.probe.measure(bench.ours(idle=seconds, setup=bench.start_service)).metrics
    empty = bench.probe.measure(bench.empty(idle=seconds)).metrics
    yield Figure(f"CPU of {seconds:.0f} s at rest", ours["idle_cpu_pct"], "%", 1.3, empty["idle_cpu_pct"])
    yield Figure(f"bytes of {seconds:.0f} s at rest", ours["idle_bytes_s"] * seconds, "B", 0)


def long_read(folder: Path) -> Path:
    """Write a course of one lesson of 1,200 lines: prose, lists, code and tables by turns."""
    prose = "A sentence of the usual length that says **nothing** but `something`, with a [link](https://example.org). "
    parts = [
        f"## Part {number}\n\n{prose * 4}\n\n- {prose}\n- one\n- two\n\n```sql\nSELECT {number} AS number;\n```\n\n"
        "| a | b |\n|---|---|\n| one | two |\n"
        for number in range(60)
    ]
    (folder / "way").mkdir(parents=True)
    (folder / "course.toml").write_text(
        'title = "A marathon of a lesson"\ncategory = "Category 1"\npublished = true\n\n'
        '[[chapters]]\ntitle = "The way"\nfolder = "way"\nlessons = ["all.md"]\n'
    )
    (folder / "way" / "all.md").write_text('+++\ntitle = "All of it"\n+++\n\n' + "\n".join(parts))
    return folder


def fill(bench: Bench, courses: int) -> None:
    """Make the database, with the shipped courses, one with a long lesson, and `courses` more."""
    subprocess.run(bench.start_service, shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602
    url = find(bench.home / "data" / "postgres")
    assert url is not None, "the service has started, but not its database"
    with psycopg.connect(url, user=SUPERUSER, autocommit=True) as connection:
        rows.add_people(connection)
        rows.add_courses(connection, 1, courses)
        with tempfile.TemporaryDirectory() as folder:
            command = [*bench.app, "course", "import", str(long_read(Path(folder) / "course"))]
            env = {**os.environ, "LMS_TUI_HOME": str(bench.home)}
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
        connection.execute("VACUUM ANALYZE")


def table(figures: list[Figure]) -> str:
    """All figures with their limits, the missed ones marked."""
    lines = [f"{'':44}{'lms-tui':>10}{'empty app':>11}{'ratio':>8}{'limit':>8}"]
    for one in figures:
        base, times = ("", "") if one.base is None else (f"{one.base:.1f}", f"{one.held:.2f}")
        end = "" if one.met else "  MISSED"
        lines.append(f"{one.name:44}{one.ours:>8.1f} {one.unit:2}{base:>10}{times:>8}{one.limit:>8g}{end}")
    return "\n".join(lines)


def load_probe(folder: Path) -> ModuleType:
    """Import the instrument. Raises SystemExit with a sentence where it is not."""
    path = folder / "tui_probe.py"
    if not path.is_file():
        raise SystemExit(f"bench/app.py: there is no {path}. Name its folder: --probe PATH")
    spec = importlib.util.spec_from_file_location("tui_probe", path)
    assert spec is not None and spec.loader is not None  # noqa: PT018 - it is a file
    module = importlib.util.module_from_spec(spec)
    sys.modules["tui_probe"] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Measure everything; 0 when every limit is met, else 1."""
    here = Path(__file__).resolve()
    parser = argparse.ArgumentParser(description="Measure the app beside an empty Textual app.")
    parser.add_argument("--probe", type=Path, default=here.parents[2] / "shared" / "probe", help="its folder")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--courses", type=int, default=100_000)
    parser.add_argument("--idle", type=float, default=60.0, help="seconds")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures here too")
    args = parser.parse_args()
    probe = load_probe(args.probe)
    # As an installed program is: where no bytecode is written, an edited tree would be compiled at each start.
    compileall.compile_dir(Path(lms_tui.__file__).parent, quiet=1)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="lms-bench-", dir="/var/tmp") as folder:
        bench = Bench(probe, args.probe / "apps", Path(folder), args.repeat, lambda line: print(line, file=sys.stderr))
        try:
            fill(bench, args.courses)
            figures += [*start(bench, None), *start(bench, 20.0)]
            for size in ("80x24", "120x40"):
                figures += keys(bench, size)
            figures += mentor(bench, max(3, args.repeat))
            figures += idle(bench, args.idle)
        finally:
            subprocess.run(bench.service("stop_service()"), shell=True, check=True)  # noqa: S602
    print(table(figures))
    if args.json:
        found = [dataclasses.asdict(one) | {"held": one.held, "met": one.met} for one in figures]
        args.json.write_text(json.dumps({"machine": probe.machine(), "figures": found}, indent=1) + "\n")
    return 0 if all(one.met for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
