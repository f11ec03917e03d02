"""The URL of a database, as libpq reads it, and never in the text of an error: it may hold a password."""

import psycopg
from psycopg.conninfo import conninfo_to_dict


class AddressError(ValueError):
    """A URL that cannot be read; the message is a sentence for the user, without the URL."""


def check_address(url: str) -> None:
    """Raise AddressError unless `url` is a `postgresql://…` that libpq can read."""
    if not _is_readable(url):
        raise AddressError(
            "The database's URL cannot be read. It looks like postgresql://user@host/database;"
            " in a password write %25 for %, %40 for @ and %2F for /."
        )


def _is_readable(url: str) -> bool:
    scheme, _, rest = url.partition("?")[0].partition("://")
    user, at, host = rest.partition("@")
    # libpq takes what follows a bare / or @ of a password for host or database, and tells it in errors
    if scheme not in ("postgresql", "postgres") or (at and ("/" in user or "@" in host)):
        return False
    try:
        ports = str(conninfo_to_dict(url).get("port", "")).split(",")  # one for each host, '' for the usual one
    except psycopg.ProgrammingError:
        return False
    return all(port == "" or (port.isascii() and port.isdigit()) for port in ports)
