"""The three-way proof: schema.md's own statements = our migrations = `create_all`, but for a named list.

Our own schema `lms_tui` is held against `create_all` as well, and kept free of what could block another program.
And the proof of the proof: planted differences, each of which has to be seen (architecture.md, "schema proof").
"""

import json
import re

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from lms_tui.db import migrate, tables
from lms_tui.db.catalogue import Catalogue, differences, expected, shared, snapshot
from lms_tui.places import shipped
from tests.conftest import MakeDatabase
from tests.db import raw


def look(url: str) -> Catalogue:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        found = snapshot(connection)
    engine.dispose()
    return found


NAMED = {
    "column courses.archived",
    "index idx_courses_published",
    "constraint settings.single_settings",
    "index settings_single_row",
    *(f"index {index.name}" for index in tables.ADDITIVE_INDEXES),
}
"""All that a migrated database may differ in from one made by psql from schema.md."""


def test_our_copy_is_the_schema_as_given() -> None:
    if not raw.SHARED.exists():
        pytest.skip(f"{raw.SHARED} is not there to compare with")
    assert raw.statements() == "\n".join(re.findall(r"```sql\n(.*?)```", raw.SHARED.read_text(), re.DOTALL))


def test_psql_and_migrations_make_the_same(blank_database: str, database_url: str) -> None:
    raw.make(blank_database)
    found = differences(look(blank_database), shared(look(database_url)))
    assert {difference.name for difference in found} == NAMED
    assert [d.found for d in found if d.name == "constraint settings.single_settings"] == [None]


def test_models_and_migrations_make_the_same(make_database: MakeDatabase, database_url: str) -> None:
    modelled = make_database("template0")
    with psycopg.connect(modelled) as connection:
        connection.execute("CREATE SCHEMA lms_tui")
    url = make_url(modelled).set(drivername="postgresql+psycopg")
    # the embedded one's owner is called as our schema is, so that its own search path would begin there
    engine = create_engine(url.update_query_dict({"options": "-csearch_path=public"}))
    tables.metadata.create_all(engine)
    engine.dispose()
    assert differences(look(modelled), look(database_url)) == []


def test_our_own_schema_has_its_tables_and_no_foreign_key(database_url: str) -> None:
    """A foreign key into `public` would block other programs' deletes, one between our own tables nothing needs."""
    found = look(database_url)
    own = {table.name for table in tables.metadata.tables.values() if table.schema == "lms_tui"}
    assert {name for name in found if name.startswith("table lms_tui.")} == {f"table lms_tui.{name}" for name in own}
    assert "audit" in own
    assert not own & {table.name for table in tables.metadata.tables.values() if table.schema is None}  # search path
    constraints = {name: what for name, what in found.items() if name.startswith("constraint lms_tui.")}
    assert constraints
    assert not [name for name, what in constraints.items() if "REFERENCES" in what]
    assert found["column lms_tui.audit.at"] == "timestamp with time zone not null default clock_timestamp()"


def test_the_shipped_catalogue_is_that_of_a_migrated_database(database_url: str) -> None:
    assert differences(expected(), look(database_url)) == []
    text_of_file = (shipped("migrations") / "catalogue.json").read_text()
    assert text_of_file == json.dumps(expected(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert sum(name.startswith("table ") for name in shared(expected())) == 27


def test_alembic_finds_nothing(database_url: str) -> None:
    with migrate._connected(database_url) as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.check(config)


PLANTED = (
    "DROP INDEX idx_users_email",
    "DROP INDEX lms_tui_courses_title",
    "DROP INDEX settings_single_row",
    "DROP INDEX idx_users_role; CREATE INDEX idx_users_role ON users (role)",
    "DROP INDEX idx_courses_published; CREATE INDEX idx_courses_published ON courses (is_published) WHERE archived",
    "DROP INDEX idx_lessons_type; CREATE INDEX idx_lessons_type ON lessons (title)",
    "DROP INDEX idx_lessons_type; CREATE INDEX idx_lessons_type ON lessons USING hash (type)",
    (
        "DROP INDEX idx_ai_threads_user_lesson; CREATE INDEX idx_ai_threads_user_lesson"
        " ON ai_mentor_threads (lesson_id, user_id)"
    ),
    (
        "DROP INDEX idx_ai_messages_thread; CREATE UNIQUE INDEX idx_ai_messages_thread"
        " ON ai_mentor_thread_messages (thread_id)"
    ),
    "CREATE INDEX extra ON users (role)",
    "ALTER TABLE users ALTER role SET DEFAULT 'student'",
    "ALTER TABLE users ALTER role DROP DEFAULT",
    "ALTER TABLE users ALTER archived SET DEFAULT true",
    "ALTER TABLE users ALTER email DROP NOT NULL",
    "ALTER TABLE users ALTER avatar_reference SET NOT NULL",
    "ALTER TABLE users ALTER avatar_reference TYPE VARCHAR(201)",
    "ALTER TABLE users ALTER email TYPE VARCHAR(200)",
    "ALTER TABLE users ALTER created_at TYPE TIMESTAMP",
    "ALTER TABLE users ALTER id SET DEFAULT '00000000-0000-4000-8000-000000000001'",
    "ALTER TABLE users DROP CONSTRAINT users_email_key",
    "ALTER TABLE users RENAME first_name TO given_name",
    "ALTER TABLE users ADD nickname TEXT",
    "ALTER TABLE user_statistics ALTER average_quiz_score TYPE NUMERIC(6,2)",
    "ALTER TABLE scorm_metadata ALTER metadata TYPE JSON",
    "ALTER TABLE chapters DROP CONSTRAINT chapters_course_id_fkey",
    (
        "ALTER TABLE chapters DROP CONSTRAINT chapters_course_id_fkey, ADD CONSTRAINT chapters_course_id_fkey"
        " FOREIGN KEY (course_id) REFERENCES courses (id)"
    ),
    (
        "ALTER TABLE credentials DROP CONSTRAINT credentials_user_id_fkey, ADD CONSTRAINT credentials_user_id_fkey"
        " FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE"
    ),
    (
        "ALTER TABLE credentials DROP CONSTRAINT credentials_user_id_fkey, ADD CONSTRAINT credentials_user_id_fkey"
        " FOREIGN KEY (user_id) REFERENCES users (id) DEFERRABLE"
    ),
    (
        "ALTER TABLE credentials DROP CONSTRAINT credentials_user_id_fkey, ADD CONSTRAINT credentials_user_id_fkey"
        " FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID"
    ),
    "ALTER TABLE courses DROP CONSTRAINT fk_courses_author",
    "ALTER TABLE student_courses RENAME CONSTRAINT student_courses_user_id_course_id_key TO once",
    "ALTER TABLE questions ADD CONSTRAINT positive CHECK (points > 0)",
    "ALTER TABLE groups SET UNLOGGED",
    "ALTER TABLE settings ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE reset_tokens RENAME TO tokens",
    "DROP TABLE scorm_files",
    "CREATE TABLE public.extra (id INT)",
    "CREATE VIEW public.extra AS SELECT 1 AS one",
    "CREATE SEQUENCE public.extra",
    "CREATE TYPE public.mood AS ENUM ('calm')",
    "DROP TABLE lms_tui.audit",
    "CREATE TABLE lms_tui.extra (id INT)",
    "ALTER TABLE lms_tui.audit ADD extra TEXT",
    "ALTER TABLE lms_tui.audit ALTER at DROP DEFAULT",
    "ALTER TABLE lms_tui.audit ALTER details TYPE JSON",
    "ALTER TABLE lms_tui.audit DROP CONSTRAINT audit_pkey",
    "ALTER TABLE lms_tui.audit ADD FOREIGN KEY (actor_id) REFERENCES users (id)",
    "CREATE INDEX extra ON lms_tui.audit (at)",
    (
        "CREATE FUNCTION public.extra() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        " CREATE TRIGGER extra BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION public.extra()"
    ),
)


def test_every_planted_difference_is_seen(database_url: str) -> None:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    wanted, unseen = expected(), []
    with engine.connect() as connection:
        for planted in PLANTED:
            with connection.begin() as transaction:
                if planted == "ALTER TABLE groups SET UNLOGGED":  # refused while a logged table refers to it
                    connection.execute(text("ALTER TABLE group_users DROP CONSTRAINT group_users_group_id_fkey"))
                connection.exec_driver_sql(planted)
                if not differences(wanted, snapshot(connection)):
                    unseen.append(planted)
                transaction.rollback()
        assert differences(wanted, snapshot(connection)) == []
    engine.dispose()
    assert unseen == []


def test_one_settings_row_at_most(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO settings DEFAULT VALUES")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO settings DEFAULT VALUES")


def test_no_additive_index_is_unique_and_none_but_them_and_the_named_stands(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            sql.SQL("SELECT c.relname, i.indisunique FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid")
            + sql.SQL(" WHERE c.relname LIKE 'lms_tui%' OR c.relname LIKE 'idx%'")
        ).fetchall()
    assert {name for name, _ in found} == {i.name for i in (*tables.NAMED_INDEXES, *tables.ADDITIVE_INDEXES)}
    assert not any(unique for _, unique in found)
