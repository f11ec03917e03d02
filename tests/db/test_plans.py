"""What a learner's request runs reads no table from end to end: the plans of its statements, on filled tables."""

import re
from collections.abc import Iterator

import psycopg
import pytest

from lms_tui.db.queries import accounts, learning, progress, quizzes, statistics

ROWS = 5_000
"""Enough for the planner to mind, of every table in its own order; 100,000 give the same plans."""

FEW = {"settings", "categories"}
"""What is read whole on purpose: a row, and a handful."""

OF_THE_OPERATOR = {"ALL_USERS", "ALL_COURSES"}
"""`lms-tui stats refresh` counts everything."""

FILL = """
DO $$
DECLARE t record; c record; names text; vals text;
BEGIN
  FOR t IN SELECT table_schema, table_name FROM information_schema.tables
           WHERE table_schema = 'public' AND table_name NOT IN ('settings', 'categories')
             OR table_name IN ('reading_positions', 'mentor_usage', 'mentor_no_check') LOOP
    names := ''; vals := '';
    FOR c IN SELECT column_name, data_type FROM information_schema.columns
             WHERE table_schema = t.table_schema AND table_name = t.table_name AND is_nullable = 'NO' LOOP
      names := names || ',' || quote_ident(c.column_name);
      vals := vals || ',' || CASE c.data_type WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'integer' THEN '0'
        WHEN 'bigint' THEN '0' WHEN 'date' THEN 'current_date'
        WHEN 'boolean' THEN 'true' WHEN 'timestamp with time zone' THEN 'now()' WHEN 'text' THEN 'g::text'
        ELSE 'left(g::text, 20)' END;
    END LOOP;
    EXECUTE format('INSERT INTO %I.%I (%s) SELECT %s FROM generate_series(1, {rows}) g',
      t.table_schema, t.table_name, substr(names, 2), substr(vals, 2));
  END LOOP;
END $$"""


def statements() -> Iterator[tuple[str, str]]:
    """Yield name and text, with $1, $2, … for what is bound, of each statement that a learner's request may run."""
    for module in (accounts, learning, progress, quizzes, statistics):
        for name, text in vars(module).items():
            if not isinstance(text, str) or not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", text):
                continue
            if text.rstrip().endswith("=") or " FROM " not in text.replace("\n", " ") or name in OF_THE_OPERATOR:
                continue  # the beginning of others
            bound = text
            for number, word in enumerate(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)), 1):
                bound = bound.replace(f"%({word})s", f"${number}")
            yield f"{module.__name__.rpartition('.')[2]}.{name}", bound


@pytest.fixture
def filled(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to a database with ROWS rows in every table but those of FEW, which have one."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(FILL.replace("{rows}", str(ROWS)).encode())
        connection.execute("INSERT INTO categories (name) VALUES ('one')")
        connection.execute("INSERT INTO settings DEFAULT VALUES")
        connection.execute("ANALYZE")
        yield connection


def test_no_statement_of_a_learners_request_reads_a_table_from_end_to_end(
    filled: psycopg.Connection,
) -> None:
    seen, whole = set(), set()
    for name, statement in statements():
        seen.add(name)
        for (line,) in filled.execute(f"EXPLAIN (GENERIC_PLAN) {statement}".encode()):
            found = re.search(r"Seq Scan on (\w+)", line)
            if found and found[1] not in FEW:
                whole.add(f"{name}: {found[1]}")
    assert {"statistics._COUNT_USERS", "learning.HOME", "learning.LESSON", "quizzes.HEAD_OF_LESSON"} <= seen
    assert len(seen) > 35
    assert whole == set()
