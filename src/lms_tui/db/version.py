"""Which version a database stands at, and which one this program needs: asked at each start, and so without Alembic.

Also how a database is opened at all: one that is not encoded in UTF8 is refused at the door. The search's indexes
compare letters by Unicode (`normalize`), which PostgreSQL does in UTF8 alone: on an empty table they can be made, and
then every insert of a course or a user fails, other programs' too.
"""

from typing import Final

import psycopg

from lms_tui import places
from lms_tui.db.address import AddressError, check_address

HAS_VERSION: Final = "SELECT to_regclass('lms_tui.alembic_version') IS NOT NULL"
VERSION: Final = "SELECT version_num FROM lms_tui.alembic_version"


class MigrationError(Exception):
    """An upgrade that was refused or failed; the message is a sentence, `reasons` the list behind it."""

    def __init__(self, sentence: str, reasons: list[str] | None = None) -> None:
        super().__init__(sentence)
        self.reasons = reasons or []


class EncodingError(MigrationError):
    """The database is encoded in something else than UTF8; `found` says so and `todo` what to do about it."""

    def __init__(self, encoding: str | None) -> None:
        self.found = f"The database is encoded in {encoding}, and lms-tui needs UTF8."
        self.todo = (
            "Make a new one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, copy this one into it"
            " (pg_dump --encoding=UTF8 OLD | psql NEW), and name the new one."
        )
        super().__init__(f"{self.found} {self.todo}")


def connected(url: str, options: str = "") -> psycopg.Connection:
    """Return a connection for migrations, with the settings in `options` (`-c name=value …`).

    Raises EncodingError for a database that is not in UTF8, before anything is read or written; psycopg.Error.
    """
    connection = psycopg.connect(url, connect_timeout=10, application_name="lms-tui migrate", options=options)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise EncodingError(encoding)
    return connection


def current(url: str) -> str | None:
    """Return the version that the database at `url` stands at, None when it is not ours yet.

    Raises MigrationError for a URL that cannot be read, and where the database is away or refuses.
    """
    try:
        check_address(url)
        with connected(url) as connection:
            if connection.execute(HAS_VERSION).fetchone() != (True,):
                return None
            row = connection.execute(VERSION).fetchone()
    except AddressError as error:
        raise MigrationError(str(error)) from error
    except psycopg.Error as error:
        raise said(error) from error
    return None if row is None else str(row[0])


def head() -> str:
    """Return the version that this program needs: the greatest number that a file of `migrations/versions` begins with,
    up to its `_`, which is its revision."""
    return max(path.name.partition("_")[0] for path in (places.shipped("migrations") / "versions").glob("[0-9]*_*.py"))


def said(error: BaseException | None) -> MigrationError:
    """Return what to raise for an `error` of the driver: its first line, which names no password."""
    return MigrationError(f"The database said: {str(error).strip().splitlines()[0]}")
