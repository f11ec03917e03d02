"""Who comes in by single sign-on (domain.md, people, SSO): found by their address, or made."""

from psycopg import AsyncConnection

from lms_tui.db.queries import sso as queries


async def may_enforce(connection: AsyncConnection) -> bool:
    """Tell whether `settings.enforce_sso` may be switched on: an administrator of now has signed in by SSO."""
    return await queries.administrator_came(connection)
