"""An instructor's pages of a course with 10,000 learners: statements, the service's CPU, and the time until the answer.

    python bench/course_statistics.py [--learners N] [--json PATH] [--folder PATH]

A PostgreSQL of its own, fsync on, and the service as it serves, on its socket. Each operation is asked one after the
other, warmed up before; CPU is that of the service's process alone. The figures to hold: 3 statements at most, those of
the session included, and 150 ms of the service's CPU.
"""

import asyncio
import time
import uuid
from contextlib import ExitStack
from statistics import median
from typing import Any, Final

import msgspec
import psycopg
from psycopg import sql

import measuring
import servers
from lms_tui.db.migrate import upgrade
from lms_tui.local import postgres
from lms_tui.local.cluster import ROLE, SUPERUSER
from lms_tui.service.database import open_pools
from lms_tui.service.statistics import refresh

MOST_STATEMENTS: Final = 3
MOST_CPU: Final = 150.0
COURSE: Final = uuid.UUID(int=1)
ADMIN: Final = uuid.UUID(int=2)

FILL: Final = """
INSERT INTO users (id, email, first_name, last_name, role) VALUES (%(admin)s, 'a@x.org', 'A', 'B', 'ADMIN');
INSERT INTO users (email, first_name, last_name) SELECT n || '@x.org', 'First' || n %% 97, 'Last' || n %% 1009
  FROM generate_series(1, %(learners)s::int) n;
INSERT INTO categories (id, name) VALUES (%(course)s, 'Databases');
INSERT INTO courses (id, title, is_published, author_id, category_id) VALUES (%(course)s, 'A course of ten
  thousand', true, %(admin)s, %(course)s);
INSERT INTO chapters (course_id, title, display_order) SELECT %(course)s, 'Chapter ' || n, n FROM
  generate_series(1, 6) n;
INSERT INTO lessons (chapter_id, type, title, display_order, threshold_score) SELECT id, CASE WHEN n = 5 THEN
  'quiz' ELSE 'text' END, title || ' Lesson ' || n, n, 70 FROM chapters, generate_series(1, 5) n;
INSERT INTO questions (lesson_id, type, title, display_order, created_at) SELECT id, 'multiple-choice',
  'Question ' || n, n, '2020-01-01' FROM lessons, generate_series(1, 5) n WHERE type = 'quiz';
INSERT INTO question_answer_options (question_id, option_text, is_correct, display_order) SELECT id, 'Option '
  || n, n = 2, n FROM questions, generate_series(1, 4) n;
INSERT INTO groups (name) SELECT 'Group ' || n FROM generate_series(1, 8) n;
INSERT INTO group_users (group_id, user_id) SELECT g.id, u.id FROM groups g, users u WHERE
  mod(abs(hashtext(g.id::text || u.id::text)), 8) = 0;
INSERT INTO student_courses (user_id, course_id, enrolled_at, completed_at) SELECT id, %(course)s, now() -
  interval '80 days', CASE WHEN mod(abs(hashtext(id::text)), 4) = 0 THEN now() END FROM users WHERE role =
  'STUDENT';
INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed, created_at,
  updated_at, completed_at) SELECT sc.user_id, l.id, l.chapter_id, true, true, at, at + interval '9 minutes', at +
  interval '9 minutes' FROM student_courses sc, LATERAL (SELECT l.*, row_number() OVER (ORDER BY ch.display_order,
  l.display_order) AS place   FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id) l, LATERAL (SELECT now() -
  interval '60 days' + l.place * interval '1 day' AS at) t WHERE l.place <= 5 +
  mod(abs(hashtext(sc.user_id::text)), 26);
INSERT INTO quiz_attempts (user_id, lesson_id, score, is_passed, created_at, completed_at) SELECT p.user_id,
  p.lesson_id, s, s >= 70, p.created_at, p.created_at + interval '7 minutes' FROM student_lesson_progress p JOIN
  lessons l ON l.id = p.lesson_id AND l.type = 'quiz', LATERAL (SELECT 20 * mod(abs(hashtext(p.user_id::text ||
  p.lesson_id::text)), 6) AS s) x;
INSERT INTO student_question_answers (quiz_attempt_id, question_id, selected_option_id, is_correct,
  points_earned) SELECT t.id, q.id, o.id, o.is_correct, o.is_correct::int FROM quiz_attempts t JOIN questions q ON
  q.lesson_id = t.lesson_id JOIN question_answer_options o ON o.question_id = q.id AND o.display_order = 1 +
  mod(abs(hashtext(t.id::text || q.id::text)), 4)
"""
"""Statements parted by semicolons; each may bind admin, course, learners."""


class Figure(msgspec.Struct):
    """One operation: statements with the session's, milliseconds of the service's CPU, and of waiting."""

    name: str
    statements: int
    cpu: float
    p50: float
    p95: float
    reached: bool


def fill(server: postgres.Server, learners: int) -> str:
    """Make a database with one course of so many learners; return its URL."""
    with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE bench OWNER {} TEMPLATE template0")
        connection.execute(make.format(sql.Identifier(ROLE)))
    upgrade(server.url("bench"))
    values = {"admin": ADMIN, "course": COURSE, "learners": learners}
    with psycopg.connect(server.url("bench", SUPERUSER), autocommit=True) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in FILL.split(";"):
            connection.execute(statement.encode(), values)
    asyncio.run(_count(server.url("bench")))
    with psycopg.connect(server.url("bench", SUPERUSER), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return server.url("bench")


async def _count(url: str) -> None:
    pools = open_pools(url, 1)
    try:
        await refresh(pools)
    finally:
        await pools.close()


def paths(url: str) -> dict[str, str]:
    """Return what is asked, by name."""
    base = f"/v1/courses/{COURSE}/statistics"
    with psycopg.connect(url) as connection:
        group = connection.execute("SELECT id FROM groups ORDER BY name LIMIT 1").fetchall()[0][0]
        learner = connection.execute("SELECT user_id FROM student_courses LIMIT 1").fetchall()[0][0]
    return {
        "overview": base,
        "overview of a group": f"{base}?group_id={group}",
        "questions": f"{base}/questions",
        "learners by name": f"{base}/learners?size=100",
        "learners by progress": f"{base}/learners?size=100&sort=progress&descending=true",
        "learners by score": f"{base}/learners?size=100&sort=score",
        "a learner": f"{base}/learners/{learner}",
        "all courses": "/v1/statistics/courses",
        "my own": "/v1/statistics",
    }


def measure(server: servers.Running, url: str, name: str, path: str, token: str, times: int) -> Figure:
    """Ask `path` so often. Statements are transactions: a read in autocommit is one."""
    for _ in range(8):  # the plans are made, every connection has them
        servers.get(server, path, token)
    waited: list[float] = []
    before, commits = server.worker.cpu_times(), transactions(url)
    for _ in range(times):
        began = time.perf_counter()
        servers.get(server, path, token)
        waited.append(1000 * (time.perf_counter() - began))
    after = server.worker.cpu_times()
    time.sleep(1.2)  # PostgreSQL tells its numbers once a second
    statements = round((transactions(url) - commits) / times)
    cpu = 1000 * (after.user + after.system - before.user - before.system) / times
    waited.sort()
    held = statements <= MOST_STATEMENTS and cpu <= MOST_CPU
    return Figure(name, statements, cpu, median(waited), waited[int(0.95 * (len(waited) - 1))], held)


def transactions(url: str) -> int:
    """Return how many transactions the database has seen: a read in autocommit is one for each statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchall()
    return int(rows[0][0])


def main() -> int:
    """Measure and tell; return 0 whatever the figures are: a busy machine is no failure."""
    parser = measuring.arguments("Measure the pages of a course with many learners.")
    parser.add_argument("--learners", type=int, default=10_000, metavar="N")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="how often each is asked")
    args = parser.parse_args()
    with ExitStack() as stack:
        ground = stack.enter_context(measuring.ground(args.folder, connections=60))
        measuring.say(f"filling {args.learners:,} learners")
        url = fill(ground.server, args.learners)
        running = stack.enter_context(servers.service(ground.folder, "statistics", url))
        (token,) = ground.tokens(url, [ADMIN])
        found = [measure(running, url, name, path, token, args.times) for name, path in paths(url).items()]
    print(f"{'':24}{'statements':>11}{'CPU ms':>9}{'p50 ms':>9}{'p95 ms':>9}")
    for one in found:
        held = "" if one.reached else "   NOT HELD"
        print(f"{one.name:24}{one.statements:>11}{one.cpu:>9.1f}{one.p50:>9.1f}{one.p95:>9.1f}{held}")
    measuring.keep(args.json, found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
