"""What is asked of a service before anything is said to it, also of one that comes back as another."""

import asyncio
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lms_tui.client.checked import CheckedApi
from lms_tui.client.errors import NotUnderstood, Unreachable
from lms_tui.wire.accounts import ME, MeRequest
from tests.client.wire_server import ADA, reply, serving, session

pytestmark = pytest.mark.anyio


class Service:
    """Says of itself that it speaks `wire`, and counts what it is asked."""

    def __init__(self, wire: int = 1) -> None:
        self.wire, self.asked = wire, list[str]()

    async def health(self, _request: Request) -> Response:
        self.asked.append("health")
        await asyncio.sleep(0.05)
        return reply({"status": "ok", "build": "b", "wire": self.wire})

    async def me(self, _request: Request) -> Response:
        self.asked.append("me")
        return reply(ADA)


async def test_it_is_asked_once_by_however_many_calls(tmp_path: Path) -> None:
    service = Service()
    async with serving({"GET /health": service.health, "GET /v1/me": service.me}, tmp_path / "s") as address:
        api = CheckedApi(address)
        api.use(session())
        await asyncio.gather(*(api.call(ME, MeRequest()) for _ in range(5)))
        await api.call(ME, MeRequest())
        await api.aclose()
    assert service.asked == ["health", *["me"] * 6]


async def test_one_that_is_back_as_a_stranger_is_told_nothing(tmp_path: Path) -> None:
    service = Service(wire=99)
    api = CheckedApi(f"unix:{tmp_path}/s")
    api.use(session())
    with pytest.raises(Unreachable):
        await api.call(ME, MeRequest())
    async with serving({"GET /health": service.health, "GET /v1/me": service.me}, tmp_path / "s"):
        for _ in range(2):
            with pytest.raises(NotUnderstood, match="too old"):
                await api.call(ME, MeRequest())
        assert service.asked == ["health", "health"]
        service.wire = 1
        assert await api.call(ME, MeRequest()) == ADA
        await api.aclose()
