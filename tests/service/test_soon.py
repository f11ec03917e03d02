"""What grows is written without waiting for the disk, and all else that is written waits for it."""

import psycopg
import pytest
from psycopg import sql

from lms_tui.service.database import open_pools

pytestmark = pytest.mark.anyio

COMMITS = "SELECT current_setting('synchronous_commit')"


async def test_only_what_may_be_a_moment_old_does_not_wait_for_the_disk(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:  # as PostgreSQL is, but for these tests
        own = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(own))
    pools = open_pools(database_url, 1)
    try:
        assert await pools.rows(COMMITS, {}) == [("off",)]
        async with pools.writer.connection() as tx:
            assert await (await tx.execute(COMMITS)).fetchone() == ("on",)
        made = "INSERT INTO users (email, first_name, last_name) VALUES (%(email)s, 'Ada', 'Byron')"
        assert await pools.soon(made, {"email": "ada@example.org"}) == 1
        named = "UPDATE users SET first_name = 'Grace' WHERE email = %(email)s"
        assert await pools.soon(named, {"email": "ada@example.org"}) == 1
        assert await pools.soon(named, {"email": "nobody@example.org"}) == 0
        async with pools.writer.connection() as tx:
            seen = await (await tx.execute("SELECT first_name FROM users WHERE email = 'ada@example.org'")).fetchone()
        assert seen == ("Grace",), "it is there for everybody at once"
    finally:
        await pools.close()
