"""No table about people that is in no export: whoever adds one says what becomes of it."""

import re

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Uuid

from lms_tui.db.queries.export import NOT_HELD, STATEMENTS
from lms_tui.db.tables import metadata
from lms_tui.wire.own_data import Part

ABOUT = {"user_id", "author_id", "actor_id", "subject_id", "email"}
"""Columns that say whose a row is."""


def about_people(tables: MetaData) -> set[str]:
    """Return the tables whose rows are somebody's: by a column, or by hanging on such a row."""
    own = {table.fullname for table in tables.sorted_tables if ABOUT & set(table.columns.keys())} | {"users"}
    by_user = {table.fullname for table in tables.sorted_tables if "user_id" in table.columns}
    hanging = {
        table.fullname
        for table in tables.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname.rpartition(".")[0] in by_user
    }
    return own | hanging


def read(statement: str) -> set[str]:
    """Return the tables that a statement reads."""
    return set(re.findall(r"\b(?:FROM|JOIN) ([a-z_.]+)", statement))


def test_every_table_about_people_is_exported_or_named_with_a_reason() -> None:
    exported = {table for statement in STATEMENTS.values() for table in read(statement)}
    missing = about_people(metadata) - exported - NOT_HELD.keys()
    assert not missing, (
        f"{', '.join(sorted(missing))} has rows about people. Put it into a part of db/queries/export.py, or name it in"
        " NOT_HELD with the reason; say in docs/privacy.md and db/queries/erasing.py what an erasure makes of it."
    )
    assert STATEMENTS.keys() == set(Part)
    assert NOT_HELD.keys() <= metadata.tables.keys()
    assert not NOT_HELD.keys() & exported


def test_a_table_that_is_new_is_seen() -> None:
    planted = MetaData()
    Table("users", planted, Column("id", Uuid, primary_key=True))
    Table("theirs", planted, Column("id", Uuid, primary_key=True), Column("user_id", Uuid))
    Table("hangs", planted, Column("id", Uuid), Column("on_it", ForeignKey("theirs.id")))
    Table("nobodys", planted, Column("id", Integer))
    assert about_people(planted) == {"users", "theirs", "hangs"}


def test_no_secret_and_no_right_answer_is_exported() -> None:
    told = "\n".join(STATEMENTS.values())
    assert not re.search(r"password_hash|\.token\b|o\.is_correct|q\.description|device_code|\.secret\b", told)
