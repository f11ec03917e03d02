"""Upgrading: blank, adopted, refused, two at once, killed at any statement."""

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from lms_tui.db import migrate
from lms_tui.db.migrate import MigrationError, Plan
from tests.conftest import MakeDatabase
from tests.db import raw

ROOT = Path(__file__).parents[2]


def yes(plan: Plan) -> bool:
    assert plan.steps
    return True


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def at_first(url: str) -> None:
    """Bring a blank database to the first version, as an older program did."""
    with migrate._connected(url) as connection, connection.begin():
        connection.exec_driver_sql("CREATE SCHEMA lms_tui")
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, migrate.FIRST)


def later() -> list[str]:
    """The migrations after the first, as a plan names them."""
    script = ScriptDirectory.from_config(migrate._config())
    return [f"{step.revision} {step.doc}" for step in script.iterate_revisions("head", migrate.FIRST)][::-1]


def test_a_blank_database_is_brought_up_once(blank_database: str) -> None:
    assert migrate.current(blank_database) is None
    first = migrate.upgrade(blank_database)
    assert (first.version, first.adopts, len(first.steps)) == (None, False, 1 + len(later()))
    assert migrate.current(blank_database) == migrate.head() != migrate.FIRST
    assert migrate.check(blank_database) == []
    assert migrate.upgrade(blank_database).steps == []


def test_a_database_of_an_older_program_gets_what_is_new_and_keeps_its_rows(blank_database: str) -> None:
    at_first(blank_database)
    raw.psql(blank_database, raw.ROWS)
    before = raw.contents(blank_database)
    assert migrate.check(blank_database)[0].name == "version"
    plan = migrate.upgrade(blank_database, confirm=yes)
    assert (plan.version, plan.adopts, plan.steps) == (migrate.FIRST, False, later())
    assert migrate.check(blank_database) == []
    assert raw.contents(blank_database) == before


def test_the_version_that_is_wanted_is_the_one_that_alembic_goes_to() -> None:
    """Alembic is not asked at a start, since it takes long to load."""
    assert migrate.head() == ScriptDirectory.from_config(migrate._config()).get_current_head()


def test_a_foreign_version_table_is_never_touched(blank_database: str) -> None:
    change(blank_database, "CREATE TABLE public.alembic_version (version_num text)")
    change(blank_database, "INSERT INTO public.alembic_version VALUES ('theirs')")
    raw.make(blank_database)
    migrate.upgrade(blank_database, confirm=yes)
    assert raw.psql(blank_database, "SELECT version_num FROM public.alembic_version") == "theirs\n"
    assert migrate.current(blank_database) == migrate.head()


def test_adoption_keeps_every_row(blank_database: str) -> None:
    raw.make(blank_database)
    raw.psql(blank_database, raw.ROWS)
    before = raw.contents(blank_database)
    assert len(before) == 27
    assert {name for name, rows in before.items() if not rows} == {"settings"}  # its CHECK rejects every row
    plan = migrate.upgrade(blank_database, confirm=yes)
    assert plan.adopts
    assert plan.steps[len(plan.adoption) :] == ["record version 0001 in lms_tui.alembic_version", *later()]
    assert migrate.check(blank_database) == []
    assert raw.contents(blank_database, without="archived") == {
        table: raw.psql(blank_database, f"SELECT to_jsonb(t) - 'archived' FROM {table} t ORDER BY id").splitlines()
        for table in before
    }
    after = raw.contents(blank_database)
    after["courses"] = raw.contents(blank_database, without="archived")["courses"]
    assert after == before
    assert migrate.upgrade(blank_database, confirm=yes_never).steps == []


def yes_never(plan: Plan) -> bool:
    raise AssertionError(plan)


def test_adoption_asks_and_takes_no_for_an_answer(blank_database: str) -> None:
    raw.make(blank_database)
    shown: list[Plan] = []

    def no(plan: Plan) -> bool:
        shown.append(plan)
        return False

    with pytest.raises(MigrationError, match="Nothing was changed"):
        migrate.upgrade(blank_database, confirm=no)
    assert "ALTER TABLE courses ADD COLUMN archived BOOLEAN DEFAULT FALSE" in shown[0].steps
    assert "ALTER TABLE settings DROP CONSTRAINT single_settings" in shown[0].steps
    assert migrate.current(blank_database) is None
    with pytest.raises(MigrationError, match="lms-tui db upgrade"):
        migrate.upgrade(blank_database)


def test_an_archived_column_that_is_there_already_is_kept(blank_database: str) -> None:
    raw.make(blank_database)
    change(blank_database, "ALTER TABLE courses ADD archived BOOLEAN DEFAULT FALSE")
    migrate.upgrade(blank_database, confirm=yes)
    assert migrate.check(blank_database) == []


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("ALTER TABLE users ALTER email TYPE VARCHAR(50)", "column users.email"),
        ("ALTER TABLE users DROP COLUMN last_name", "column users.last_name"),
        ("ALTER TABLE users ADD COLUMN nickname TEXT", "column users.nickname"),
        ("ALTER TABLE courses ADD COLUMN archived TEXT", "column courses.archived"),
        ("DROP TABLE group_users", "table group_users"),
        ("ALTER TABLE users ALTER first_name DROP NOT NULL", "column users.first_name"),
        ("CREATE INDEX lms_tui_courses_title ON courses (title)", "index lms_tui_courses_title"),
        ("DROP INDEX idx_users_email; CREATE INDEX idx_users_email ON users (role)", "index idx_users_email"),
        (
            (
                "ALTER TABLE settings DROP CONSTRAINT single_settings;"
                " ALTER TABLE settings ADD CONSTRAINT single_settings CHECK (company_name IS NOT NULL)"
            ),
            "constraint settings.single_settings",
        ),
        (
            (
                "ALTER TABLE settings DROP CONSTRAINT single_settings;"
                " INSERT INTO settings DEFAULT VALUES; INSERT INTO settings DEFAULT VALUES"
            ),
            "table settings has 2 rows",
        ),
    ],
)
def test_a_database_that_differs_is_refused_by_name(blank_database: str, planted: str, named: str) -> None:
    raw.make(blank_database)
    change(blank_database, *planted.split("; "))
    with pytest.raises(MigrationError, match="differs from the schema") as refused:
        migrate.upgrade(blank_database, confirm=yes)
    assert any(re.match(re.escape(named) + r"\b", reason) for reason in refused.value.reasons), refused.value.reasons
    assert migrate.current(blank_database) is None
    with psycopg.connect(blank_database) as connection:
        row = connection.execute("SELECT to_regnamespace('lms_tui')").fetchone()
    assert row == (None,)


def test_a_newer_version_is_refused(database_url: str) -> None:
    change(database_url, "UPDATE lms_tui.alembic_version SET version_num = '9999'")
    with pytest.raises(MigrationError, match="newer"):
        migrate.upgrade(database_url)


def test_check_names_what_is_wrong(database_url: str) -> None:
    change(database_url, "DROP INDEX idx_users_email", "CREATE TABLE public.theirs (id int)")
    assert [str(fault).split(" is ")[0] for fault in migrate.check(database_url)] == ["index idx_users_email"]


def test_check_names_what_could_refuse_a_row_but_not_what_others_keep_for_themselves(database_url: str) -> None:
    change(database_url, "CREATE INDEX theirs ON users (role)", "CREATE UNIQUE INDEX once ON users (first_name)")
    assert [fault.name for fault in migrate.check(database_url)] == ["index once"]


def test_check_names_whatever_is_not_ours_in_our_own_schema(database_url: str) -> None:
    change(database_url, "CREATE TABLE lms_tui.theirs (id int)", "ALTER TABLE lms_tui.audit DROP COLUMN details")
    assert [fault.name for fault in migrate.check(database_url)] == [
        "column lms_tui.audit.details",
        "column lms_tui.theirs.id",
        "table lms_tui.theirs",
    ]


@pytest.mark.parametrize("url", ["nonsense", "postgresql://h:notaport/d", "mysql://h/d", "sqlite:///x"])
def test_what_is_no_postgresql_url_gets_a_sentence(url: str) -> None:
    with pytest.raises(MigrationError, match="postgresql://"):
        migrate.current(url)


def test_a_database_with_other_things_alone_is_not_blank(blank_database: str) -> None:
    change(blank_database, "CREATE VIEW public.theirs AS SELECT 1 AS one")
    with pytest.raises(MigrationError, match="differs") as refused:
        migrate.upgrade(blank_database)
    assert refused.value.reasons[0] == "table ai_mentor_lessons is missing"
    assert len(refused.value.reasons) == 27


def test_two_at_once_make_one(blank_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(lambda _: migrate.upgrade(blank_database), range(4)))
    assert sorted(len(plan.steps) for plan in plans) == [0, 0, 0, 1 + len(later())]
    assert migrate.check(blank_database) == []


def test_who_waits_too_long_is_told(blank_database: str) -> None:
    with psycopg.connect(blank_database) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (migrate.LOCK,))
        with pytest.raises(MigrationError, match="Another upgrade"):
            migrate.upgrade(blank_database, lock_seconds=1)


@pytest.mark.parametrize("stands", ["blank", "made by somebody", "of an older program"])
def test_a_kill_at_any_statement_leaves_the_old_or_the_new(make_database: MakeDatabase, stands: str) -> None:
    url = make_database("template0")
    if stands == "made by somebody":
        raw.make(url)
    elif stands == "of an older program":
        at_first(url)
    before, version = raw.contents(url), migrate.current(url)
    killed = 0
    for statement in range(1, 400, 2 if stands == "of an older program" else 12):
        child = subprocess.run([sys.executable, "-m", "tests.db.dying", url, str(statement)], check=False, cwd=ROOT)
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL
        killed += 1
        assert migrate.current(url) == version
        assert raw.contents(url) == before
    assert killed >= 5
    assert migrate.check(url) == []
