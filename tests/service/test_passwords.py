"""What a password costs that nobody has: as much as one of ours, and nothing at a start."""

import pytest

from lms_tui.service.passwords import NOBODY, Passwords

pytestmark = pytest.mark.anyio


async def test_where_nothing_is_stored_the_work_is_that_of_a_hash_of_ours() -> None:
    passwords = Passwords()
    try:
        ours = passwords.hash_now("correct horse battery staple")
        assert [part for part in ours.split("$")[:4] if part] == [part for part in NOBODY.split("$")[:4] if part]
        assert len(ours) == len(NOBODY)
        costs = [await passwords.cost(ours), await passwords.cost(NOBODY)]
        assert min(costs) > 0.001
        assert not (await passwords.timed("nobody has this password", None)).right
        assert (await passwords.timed("correct horse battery staple", ours)).right
    finally:
        passwords.close()
