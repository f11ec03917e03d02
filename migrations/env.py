"""Alembic's way in: runs the migrations on the connection that `lms_tui.db.migrate` opened and locked."""

from alembic import context

from lms_tui.db import tables

# PostgreSQL gives these expressions back with casts that Alembic's comparison cannot see through; the proof does.
NOT_COMPARED = {"lms_tui_courses_words", "lms_tui_courses_searched", "lms_tui_courses_beginning", "lms_tui_users_names"}
SCHEMAS = {None, "lms_tui"}

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    version_table="alembic_version",
    version_table_schema="lms_tui",
    compare_type=True,
    compare_server_default=True,
    include_schemas=True,
    include_name=lambda name, kind, _parents: kind != "schema" or name in SCHEMAS,
    include_object=lambda _object, name, kind, *_rest: kind != "index" or name not in NOT_COMPARED,
)
with context.begin_transaction():  # the caller's: schema, tables and version stand or fall together
    context.run_migrations()
