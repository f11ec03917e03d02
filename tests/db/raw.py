"""The schema's own statements, run by psql, and a row in each of the 27 tables."""

import os
import re
import subprocess
from pathlib import Path

from lms_tui.local.binaries import shipped_binaries

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "schema.md"
IMPOSSIBLE = "CREATE INDEX idx_courses_published ON courses(is_published) WHERE archived = FALSE;"
"""The one statement of schema.md that PostgreSQL refuses: `courses` has no `archived` there."""
BROKEN_CHECK = re.compile(r",\s*-- Ensure single settings record\s*CONSTRAINT single_settings [^\n]*")


def statements() -> str:
    """Return the schema's SQL as it was given, less the comment line that tells where it is from."""
    return (HERE / "schema.sql").read_text().partition("\n")[2]


def psql(url: str, script: str) -> str:
    """Run `script` with the wheel's psql, stopping at the first error, and return what it printed."""
    done = subprocess.run(
        [shipped_binaries().program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url],
        input=script,
        text=True,
        capture_output=True,
        check=False,
        env={**os.environ, "PSQLRC": "/dev/null"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make(url: str) -> None:
    """Make the schema as somebody who follows schema.md would, without the statement that cannot work."""
    script = statements()
    assert IMPOSSIBLE in script
    psql(url, script.replace(IMPOSSIBLE, ""))


ROWS = """
SET session_replication_role = replica;
INSERT INTO users (id, email, first_name, last_name) VALUES ('00000000-0000-4000-8000-000000000001', 'a@b', 'A', 'B');
DO $$
DECLARE t record; c record; names text; vals text;
BEGIN
  FOR t IN SELECT table_name FROM information_schema.tables
           WHERE table_schema = 'public' AND table_name NOT IN ('users', 'settings') ORDER BY 1 LOOP
    names := ''; vals := '';
    FOR c IN SELECT column_name, data_type, character_maximum_length FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = t.table_name AND column_name <> 'id' LOOP
      names := names || ',' || quote_ident(c.column_name);
      vals := vals || ',' || CASE c.data_type WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'integer' THEN '7'
        WHEN 'boolean' THEN 'NULL' WHEN 'numeric' THEN '3.25' WHEN 'jsonb' THEN '''{"a": [1, null]}'''
        WHEN 'timestamp with time zone' THEN '''2026-01-02 03:04:05.678901+00''' ELSE '''ä — x''' END;
    END LOOP;
    IF t.table_name = 'courses' THEN vals := replace(vals, 'NULL', 'true'); END IF;
    IF t.table_name = 'question_answer_options' THEN vals := replace(vals, 'NULL', 'true'); END IF;
    EXECUTE format('INSERT INTO %I (%s) VALUES (%s)', t.table_name, substr(names, 2), substr(vals, 2));
  END LOOP;
END $$;
"""
"""A row in every table; foreign keys are not looked at, since only the rows themselves matter here."""


def contents(url: str, without: str = "") -> dict[str, list[str]]:
    """Return every row of every table of `public` as JSON text, `without` one column that came later."""
    tables = psql(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
    return {
        table: psql(url, f"SELECT to_jsonb(t) - '{without}' FROM {table} t ORDER BY id").splitlines()
        for table in tables.split()
    }
