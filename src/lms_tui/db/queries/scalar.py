"""The one value that a statement is run for."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection


async def scalar(tx: AsyncConnection, sql: str, values: Mapping[str, Any] | None = None) -> Any:
    """Return the first column of the first row that `sql` gives, None where it gives no row. Raises psycopg.Error."""
    row = await (await tx.execute(sql, values)).fetchone()
    return None if row is None else row[0]
