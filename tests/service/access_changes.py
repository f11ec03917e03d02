"""A database with a copy of itself in it: what was written is seen, and taken back."""

from typing import Any

import psycopg
from psycopg import sql


def _tables(db: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[sql.Identifier, sql.Identifier]]:
    """Return each table of ours, and its copy."""
    rows = db.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'lms_tui')"
        " AND tablename <> 'alembic_version' ORDER BY 1, 2"
    ).fetchall()
    return [(sql.Identifier(*row), sql.Identifier("kept", ".".join(row))) for row in rows]


def keep(db: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Copy every table, to go back to."""
    db.execute("CREATE SCHEMA kept")
    for table, copy in _tables(db):
        db.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, table))


class Changes:
    """Sees what was written since the database was kept, and takes it back."""

    def __init__(self, db: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._db, self._tables = db, _tables(db)
        differ = sql.SQL("(TABLE {0} EXCEPT ALL TABLE {1}) UNION ALL (TABLE {1} EXCEPT ALL TABLE {0})")
        self._look = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS ({})").format(number, differ.format(*pair))
            for number, pair in enumerate(self._tables)
        )

    def written(self) -> list[int]:
        """Return the numbers of the tables that are others now."""
        return [row[0] for row in self._db.execute(self._look).fetchall()]

    def names(self, numbers: list[int]) -> list[str]:
        """Return what those tables are called."""
        return [self._tables[number][0].as_string().replace('"', "") for number in numbers]

    def take_back(self, numbers: list[int]) -> None:
        """Make those tables again what they were."""
        with self._db.transaction():
            self._db.execute("SET LOCAL session_replication_role = replica")
            for number in numbers:
                table, copy = self._tables[number]
                self._db.execute(sql.SQL("DELETE FROM {}").format(table))
                self._db.execute(sql.SQL("INSERT INTO {} TABLE {}").format(table, copy))

    def transactions(self) -> int:
        """Return a number that grows with each transaction that may have written, rolled back ones too."""
        row = self._db.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        assert row is not None
        return int(row[0])
