"""All rows of a database, hashed: whether anything was stored."""

import hashlib
from typing import Any

import psycopg


def row_hashes(db: psycopg.Connection[tuple[Any, ...]]) -> dict[str, str]:
    """Return a hash of all rows of each table of both schemas."""
    tables = db.execute(
        "SELECT table_schema, table_name FROM information_schema.tables"
        " WHERE table_schema IN ('public', 'lms_tui') AND table_type = 'BASE TABLE'"
    ).fetchall()
    made = {}
    for schema, table in tables:
        name = f"{schema}.{table}"
        rows = db.execute(f"SELECT t::text FROM {name} t ORDER BY 1".encode()).fetchall()
        made[name] = hashed(repr(rows).encode())
    return made


def hashed(data: bytes) -> str:
    """Return the digest of `data`."""
    return hashlib.sha256(data).hexdigest()
