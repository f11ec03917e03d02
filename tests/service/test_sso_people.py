"""Who came in by single sign-on, and what follows from it, on a real database."""

from uuid import UUID

import pytest

from lms_tui.service.sso_people import may_enforce

from .conftest import House

pytestmark = pytest.mark.anyio


async def enforceable(house: House) -> bool:
    """Ask whether sign-in by SSO alone may be switched on."""
    async with house.service.shared.pools.reader.connection() as connection:
        return await may_enforce(connection)


def came(house: House, user: UUID) -> None:
    """Record that `user` signed in by an issuer."""
    house.db.execute("INSERT INTO lms_tui.sso_people VALUES (%s, 'https://id.example.org', now())", (user,))


async def test_sso_alone_may_be_switched_on_once_an_administrator_has_come_in_by_it(house: House) -> None:
    student, admin = house.person(), house.person("Admin")
    assert not await enforceable(house)
    came(house, student)
    assert not await enforceable(house), "a student does not count"
    came(house, admin)
    assert await enforceable(house)
    house.db.execute("UPDATE users SET archived = true WHERE id = %s", (admin,))
    assert not await enforceable(house), "an administrator who is archived could let nobody in"
