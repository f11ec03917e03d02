"""The courses that ship with the program say nothing that PostgreSQL does not do.

Every ```sql block of *Relational databases from the ground up* is run, in order, on a database that holds the
example library; a ```text block right below one is the result it promises, compared with what psql really prints.
The first line of a block may be a comment with instructions for this test, which learners read too:

    -- session B              run it in a second connection (the first is A)
    -- fails: 23505           it must end in this SQLSTATE
"""

import os
import re
import subprocess
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from markdown_it import MarkdownIt

import lms_tui.courses
from lms_tui.courses.model import QUIZ, Course
from lms_tui.courses.read import read
from lms_tui.local.binaries import shipped_binaries
from lms_tui.local.cluster import SUPERUSER
from lms_tui.local.postgres import Server, start
from lms_tui.wire.courses import Level

COURSES = Path(lms_tui.courses.__file__).parent / "builtin"
DATABASES = COURSES / "databases"
LIBRARY = DATABASES / "relations" / "the-library.md"  # the lesson whose blocks make the example data
END = "@@ end of block"
WIDEST_CODE = 72
WIDEST_RESULT = 78
# psql as the lessons describe it: a NULL shown as NULL, no tags such as INSERT 0 1.
SETTINGS = r"""
\pset pager off
\pset null NULL
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
SET statement_timeout = '30s';
SET max_parallel_workers_per_gather = 0;
"""


@dataclass(frozen=True)
class Block:
    """One ```sql block: where it stands, its text, and the result shown right below it (None: not shown)."""

    line: int
    sql: str
    shown: str | None

    @property
    def session(self) -> str:
        """The connection that runs it."""
        found = re.match(r"-- .*\bsession (\w+)", self.sql)
        return found[1] if found else "A"

    @property
    def fails(self) -> str:
        """The SQLSTATE it must end in, 00000 when it must succeed."""
        found = re.match(r"-- .*\bfails: (\w{5})\b", self.sql)
        return found[1] if found else "00000"


def blocks_of(lesson: Path) -> list[Block]:
    """The SQL blocks of a lesson in order."""
    text = lesson.read_text(encoding="utf-8")
    fences = [token for token in MarkdownIt().parse(text) if token.type == "fence" and token.map]
    blocks = []
    for index, fence in enumerate(fences):
        if fence.info != "sql" or fence.map is None:
            continue
        below = fences[index + 1] if index + 1 < len(fences) else None
        near = below is not None and below.map is not None and below.map[0] - fence.map[1] <= 1
        shown = below.content if below is not None and near and below.info == "text" else None
        blocks.append(Block(fence.map[0] + 1, fence.content, shown))
    return blocks


class Psql:
    """One psql at work, fed block by block."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        """Start psql and give it the settings of the course."""
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self.run(SETTINGS)

    def run(self, sql: str) -> tuple[str, str]:
        """Run a block; return the SQLSTATE of its last error (00000: none) and what psql printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        reset = "\\set LAST_ERROR_SQLSTATE 00000\n\\set LAST_ERROR_MESSAGE ''\n"
        self._process.stdin.write(f"{reset}{sql}\n\\echo '{END}' :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE\n")
        self._process.stdin.flush()
        printed: list[str] = []
        for line in self._process.stdout:
            if line.startswith(END):
                state, message = line[len(END) + 1 :].rstrip("\n").split(" ", 1)
                if state != "00000":
                    printed.append(textwrap.fill(f"ERROR:  {message}", WIDEST_CODE, subsequent_indent=" " * 8))
                return state, "".join(printed)
            printed.append(line)
        raise AssertionError(f"psql ended while it ran:\n{sql}")

    def close(self) -> None:
        """End psql."""
        self._process.communicate(timeout=30)


def tidy(result: str) -> list[str]:
    """The lines of a result without empty ones and without blanks at the ends of lines."""
    return [line.rstrip() for line in result.splitlines() if line.strip()]


@contextmanager
def library(connect: Callable[[], Psql], lesson: Path) -> Iterator[Callable[[str], Psql]]:
    """Sessions by name on a database that holds the example data (an empty one for the lesson that makes it)."""
    sessions: dict[str, Psql] = {}

    def session(name: str) -> Psql:
        if name not in sessions:
            sessions[name] = connect()
        return sessions[name]

    try:
        if lesson != LIBRARY:
            for block in blocks_of(LIBRARY):
                assert session("A").run(block.sql)[0] == "00000", f"{LIBRARY.name}, line {block.line}"
        yield session
    finally:
        for each in sessions.values():
            each.close()


def lessons(course: Path) -> list[Path]:
    """The Markdown files of a course in the order of its course.toml."""
    chapters = tomllib.loads((course / "course.toml").read_text(encoding="utf-8"))["chapters"]
    return [course / chapter["folder"] / name for chapter in chapters for name in chapter["lessons"]]


WITH_SQL = [lesson for lesson in lessons(DATABASES) if blocks_of(lesson)]
EVERY = [lesson for course in ("tour", "databases") for lesson in lessons(COURSES / course)]


def name_of(lesson: Path) -> str:
    """How a lesson is called in the test's report."""
    return str(lesson.relative_to(COURSES))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL of our own: lessons make roles and lock tables."""
    running = start(tmp_path_factory.mktemp("lessons") / "postgres", durable=False, end_with_us=True)
    yield running
    running.stop()


@pytest.fixture
def connect(server: Server) -> Callable[[], Psql]:
    """Open a psql on a new, empty database; every call of one test opens the same one."""
    psql = str(shipped_binaries().program("psql"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    name = f"lesson_{uuid4().hex}"
    making = [psql, "-Xq", "-d", server.url(role=SUPERUSER), "-c", f"CREATE DATABASE {name} TEMPLATE template0"]
    subprocess.run(making, env=environment, check=True)
    return lambda: Psql([psql, "-Xq", "-d", server.url(name, SUPERUSER)], environment)


@pytest.mark.parametrize("lesson", WITH_SQL, ids=name_of)
def test_sql_does_what_the_lesson_says(lesson: Path, connect: Callable[[], Psql]) -> None:
    with library(connect, lesson) as session:
        for block in blocks_of(lesson):
            where = f"{name_of(lesson)}, line {block.line}"
            state, printed = session(block.session).run(block.sql)
            assert state == block.fails, f"{where}: {printed}"
            assert tidy(printed) == tidy(block.shown or ""), f"{where}: the result differs from the one shown"


@pytest.mark.parametrize("lesson", EVERY, ids=name_of)
def test_a_lesson_fits_a_terminal_of_80_columns(lesson: Path) -> None:
    fences = [token for token in MarkdownIt().parse(lesson.read_text(encoding="utf-8")) if token.type == "fence"]
    for fence in fences:
        widest = WIDEST_CODE if fence.info == "sql" else WIDEST_RESULT
        assert [line for line in fence.content.splitlines() if len(line) > widest] == []


@pytest.mark.parametrize("name", ["tour", "databases"])
def test_the_course_is_read_without_a_fault(name: str) -> None:
    """What the schema cannot hold is told: partial credit becomes all or nothing, matching becomes choices."""
    course, report = read(COURSES / name)
    told = {note.level for note in report.notes}
    assert told <= {Level.IMPORTED, Level.SPLIT, Level.ADAPTED}
    assert course.published
    assert [lesson.source for chapter in course.chapters for lesson in chapter.lessons] == [
        str(lesson.relative_to(COURSES / name)) for lesson in lessons(COURSES / name)
    ]
    on_disk = set((COURSES / name).rglob("*.md"))
    assert on_disk == set(lessons(COURSES / name))


def types_of(course: Course) -> set[str]:
    """The kinds of question that a course asks, with the finer ones told apart."""
    kinds = set()
    for question in (
        question for chapter in course.chapters for each in chapter.lessons for question in each.questions
    ):
        right = [option.text for option in question.options if option.is_correct]
        kinds.add(question.type)
        if question.type == "multiple-choice":
            kinds.add("choose one" if len(right) == 1 else "choose all that apply")
        if question.type == "true-false":
            kinds.add("true or false" if len(question.options) == 2 else "statements")
        if question.type == "fill-blank":
            kinds.add("alternatives" if len(right) > 1 else "one text")
            kinds.update(
                "pattern" if text.startswith("#~") else "range" for text in right if re.match(r"#~|#.*\.\.", text)
            )
            kinds.update("number" for text in right if re.match(r"#\d", text))
    return kinds


def test_the_courses_ask_questions_of_every_kind() -> None:
    everywhere = {"multiple-choice", "true-false", "fill-blank", "scale", "free-text"}
    everywhere |= {"choose one", "choose all that apply", "true or false", "statements", "alternatives", "number"}
    assert everywhere <= types_of(read(COURSES / "tour")[0])
    assert everywhere | {"pattern", "range", "one text"} <= types_of(read(COURSES / "databases")[0])


def test_the_course_on_databases_is_as_large_as_promised() -> None:
    """The figures of its issue, and limits and cooldowns to meet."""
    course, _ = read(DATABASES)
    every = [lesson for chapter in course.chapters for lesson in chapter.lessons]
    quizzes = [lesson for lesson in every if lesson.type == QUIZ]
    assert len(course.chapters) >= 7
    assert len(every) - len(quizzes) >= 26
    assert sum(len(quiz.questions) for quiz in quizzes) >= 45
    assert all(quiz.threshold for quiz in quizzes)
    assert any(quiz.attempts for quiz in quizzes)
    assert any(quiz.cooldown_hours for quiz in quizzes)
