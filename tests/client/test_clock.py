"""A client whose clock is ten years off, either way, at a real service: it goes by the service's own time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from starlette.types import Message, Receive, Scope, Send

from lms_tui.client.api import Api
from lms_tui.client.session import SignIn
from lms_tui.client.tokens import TokenStore
from lms_tui.service.app import create_app
from lms_tui.service.passwords import Passwords
from lms_tui.service.settings import Settings
from lms_tui.wire.accounts import ME, MeRequest
from tests.client.wire_server import listening

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("years", [-10, 10])]

PASSWORD = "correct horse"
Asked = list[tuple[str, int]]
ME_200, REFRESH_200 = ("/v1/me", 200), ("/v1/refresh", 200)


@asynccontextmanager
async def serving(database_url: str, folder: Path, asked: Asked, *, socket: bool, seconds: int) -> AsyncIterator[str]:
    """Serve on a database with a person in it; `asked` is told each request and its status."""
    passwords = Passwords()
    with psycopg.connect(database_url) as db:
        db.execute("INSERT INTO users (email, first_name, last_name) VALUES ('ada@x.org', 'Ada', 'L')")
        db.execute(
            "INSERT INTO credentials (user_id, password_hash) SELECT id, %s FROM users", (passwords.hash_now(PASSWORD),)
        )
    passwords.close()
    service = create_app(Settings(database_url, folder / "secrets", access_seconds=seconds))
    service.open()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.append((scope["path"], message["status"]))
            await send(message)

        await service(scope, receive, noted)

    async with listening(app, folder / "s" if socket else None) as address:
        yield address
    await service.close()


@pytest.fixture
def clock(years: int, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The client's clock, years off; `later` are seconds that have passed for it."""
    passed = SimpleNamespace(later=0.0)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=365 * years, seconds=passed.later)

    monkeypatch.setattr("lms_tui.client.api.datetime", Wrong)
    monkeypatch.setattr("lms_tui.client.api.time", SimpleNamespace(monotonic=lambda: time.monotonic() + passed.later))
    return passed


async def test_a_session_is_renewed_in_time_and_not_before(
    database_url: str, tmp_path: Path, clock: SimpleNamespace
) -> None:
    asked: Asked = []
    async with serving(database_url, tmp_path, asked, socket=False, seconds=900) as address:
        api = Api(address)
        await SignIn(api, "here", TokenStore(tmp_path, kiosk=True)).sign_in("ada@x.org", PASSWORD)
        for later in (0, 0, 0, 860):
            clock.later = later
            await api.call(ME, MeRequest())
        assert asked == [("/v1/sign-in", 200), *[ME_200] * 4]
        clock.later = 880
        for _ in range(3):
            await api.call(ME, MeRequest())
        await api.aclose()
    assert asked[5:] == [REFRESH_200, *[ME_200] * 3]


async def test_a_session_that_was_kept_goes_on_before_and_after_its_end(
    database_url: str, tmp_path: Path, clock: SimpleNamespace
) -> None:
    asked: Asked = []
    store = TokenStore(tmp_path, kiosk=True)
    async with serving(database_url, tmp_path, asked, socket=False, seconds=2) as address:
        first = Api(address)
        await SignIn(first, "here", store).sign_in("ada@x.org", PASSWORD)
        await first.aclose()
        for pause in (0.0, 2.1):
            await asyncio.sleep(pause)
            api = Api(address)
            sign_in = SignIn(api, "here", store)
            assert await sign_in.restore() is not None
            assert (await api.call(ME, MeRequest())).email == "ada@x.org"
            await sign_in.settled()
            await api.aclose()
    assert asked[-1] == ME_200


async def test_over_a_socket_too_a_session_is_renewed_when_it_has_ended_and_not_at_each_call(
    database_url: str, tmp_path: Path, clock: SimpleNamespace
) -> None:
    """There the machine's clock counts, which may be another than that of the database behind the service."""
    asked: Asked = []
    async with serving(database_url, tmp_path, asked, socket=True, seconds=3) as address:
        api = Api(address)
        await SignIn(api, "here", TokenStore(tmp_path, kiosk=True)).sign_in("ada@x.org", PASSWORD)
        await api.call(ME, MeRequest())
        await api.call(ME, MeRequest())
        assert asked == [("/v1/sign-in", 200), ME_200, ME_200]
        await asyncio.sleep(3.1)
        await api.call(ME, MeRequest())
        await api.aclose()
    assert asked[3:] == [("/v1/me", 401), REFRESH_200, ME_200]
