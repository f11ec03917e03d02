"""Calls over a real Unix socket and a real port: replies, errors, renewal, what must never get through."""

import asyncio
import gzip
import subprocess
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response

from lms_tui.client import line
from lms_tui.client.address import check_address
from lms_tui.client.api import Api
from lms_tui.client.decode import decode
from lms_tui.client.errors import (
    AnswerConflict,
    NotFound,
    NotUnderstood,
    Refused,
    SignInNeeded,
    TooManyRequests,
    Unreachable,
)
from lms_tui.client.file_cache import FileCache
from lms_tui.client.line import Timeouts
from lms_tui.wire.accounts import ME, MeRequest, Session, User
from lms_tui.wire.catalog import PAGE, PageRequest
from lms_tui.wire.courses import IMPORT, ImportRequest
from lms_tui.wire.errors import CONTENT_TYPE, Code, Problem
from lms_tui.wire.files import FileLink
from lms_tui.wire.joining import PROFILE, ProfileRequest
from lms_tui.wire.operation import Operation
from lms_tui.wire.operation import Request as Asked
from tests.client.wire_server import ADA, Handler, problem, reply, serving, session

pytestmark = pytest.mark.anyio


def answering(response: Response) -> Handler:
    async def run(_request: Request) -> Response:
        return response

    return run


@pytest.fixture(params=["unix", "tcp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "s" if request.param == "unix" else None


async def test_a_call_carries_token_and_query_and_brings_the_reply(place: Path | None) -> None:
    seen: list[tuple[str | None, dict[str, str]]] = []

    async def page(request: Request) -> Response:
        seen.append((request.headers.get("authorization"), dict(request.query_params)))
        return reply({"courses": [], "next": "n", "previous": None, "from_the_future": 1})

    async with serving({"GET /v1/catalog": page}, place) as address:
        api = Api(address)
        api.use(session())
        got = await api.call(PAGE, PageRequest(search="sql & é", last=True))
        await api.aclose()
    assert got.next == "n"
    assert seen[0][0] == "Bearer access-1"
    asked = {"search": "sql & é", "last": "true", "sort": "relevance", "price": "all", "state": "all", "size": "50"}
    assert seen[0][1] == asked


async def test_without_a_session_nothing_is_sent() -> None:
    with pytest.raises(SignInNeeded):
        await Api("unix:/nowhere").call(ME, MeRequest())


async def test_texts_are_cleaned_however_they_were_written(tmp_path: Path) -> None:
    body = (
        b'{"id":"00000000-0000-0000-0000-000000000001","email":"a\\u001b[31mb","first_name":"\\u202eeve",'
        b'"last_name":"\xc2\x9bx","role":"a\\nb"}'
    )
    async with serving({"GET /v1/me": answering(Response(body))}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        user = await api.call(ME, MeRequest())
        await api.aclose()
    assert (user.email, user.first_name, user.last_name, user.role) == ("a[31mb", "eve", "x", "a\nb")


@pytest.mark.parametrize("harm", [r"\u0007", r"\b", r"\f", "\x7f", "\u200b", "\u2066"])
def test_cleaning_sees_every_spelling(harm: str) -> None:
    body = f'{{"id":"{UUID(int=1)}","email":"a{harm}b","first_name":"","last_name":"","role":""}}'
    assert decode(body.encode(), User).email in ("ab", "a\nb")


async def test_problems_become_their_errors(tmp_path: Path) -> None:
    for code, kind in ((Code.NOT_FOUND, NotFound), (Code.ANSWER_CONFLICT, AnswerConflict), (Code.NOT_FREE, Refused)):
        path = tmp_path / code
        async with serving({"GET /v1/me": answering(problem(code, "Said \x1b so."))}, path) as address:
            api = Api(address)
            api.use(session())
            with pytest.raises(Refused) as caught:
                await api.call(ME, MeRequest())
            await api.aclose()
        assert type(caught.value) is kind
        assert (caught.value.code, caught.value.sentence) == (code, "Said  so.")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(b"<html>", status_code=200), NotUnderstood),
        (Response(b"<html>", status_code=404), NotUnderstood),
        (Response(b"{}", status_code=302, headers={"location": "/v1/other"}), NotUnderstood),
        (Response(b"proxy", status_code=502), Unreachable),
        (problem(Code.UNAVAILABLE), Unreachable),
    ],
)
async def test_what_is_no_answer_of_ours(tmp_path: Path, response: Response, error: type[Exception]) -> None:
    async with serving({"GET /v1/me": answering(response)}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        with pytest.raises(error):
            await api.call(ME, MeRequest())
        await api.aclose()


async def test_a_compressed_reply_is_refused_unread(place: Path | None) -> None:
    bomb = Response(gzip.compress(b" " * 2**20), headers={"content-encoding": "gzip"})
    async with serving({"GET /v1/me": answering(bomb)}, place) as address:
        api = Api(address)
        api.use(session())
        with pytest.raises(NotUnderstood, match="compressed"):
            await api.call(ME, MeRequest())
        await api.aclose()


async def test_a_gigabyte_in_a_megabyte_takes_no_room(place: Path | None, tmp_path: Path) -> None:
    member = gzip.compress(bytes(2**24))
    bomb = member * 64  # members of one stream: a reader unpacks all of them
    assert len(bomb) < 1.1 * 2**20
    assert len(gzip.decompress(member)) * 64 == 2**30

    async def armed(_request: Request) -> Response:
        return Response(bomb, media_type="application/json", headers={"content-encoding": "gzip"})

    link = FileLink(source="", link="/v1/files/a", name="a", kind="png", version="0" * 64, size=None)
    async with serving({"GET /v1/me": armed, "GET /v1/files/a": armed}, place) as address:
        api = Api(address)
        api.use(session())
        tracemalloc.start()
        for _ in range(3):
            with pytest.raises(NotUnderstood, match="compressed"):
                await api.call(ME, MeRequest())
            with pytest.raises(NotUnderstood, match="compressed"):
                await FileCache(tmp_path / "files").fetch(api, link)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        await api.aclose()
    assert peak < 16 * 2**20
    assert not any(path.is_file() for path in (tmp_path / "files").glob("*"))


async def test_json_that_is_nested_too_deeply_is_not_understood(tmp_path: Path) -> None:
    deep = b'{"more": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    for response in (Response(deep), Response(deep, status_code=404, media_type=CONTENT_TYPE)):
        async with serving({"GET /v1/me": answering(response)}, tmp_path / f"s{response.status_code}") as address:
            api = Api(address)
            api.use(session())
            with pytest.raises(NotUnderstood, match="cannot read"):
                await api.call(ME, MeRequest())
            await api.aclose()


def held_back(seconds: float) -> Response:
    """The answer to somebody who asks too often."""
    what = Problem(status=429, code=Code.TOO_MANY_REQUESTS, title="No", detail="Too many.", retry_after=seconds)
    return Response(msgspec.json.encode(what), status_code=429, media_type=CONTENT_TYPE)


async def test_a_read_that_is_held_back_for_a_moment_is_asked_again_and_nothing_else_is(tmp_path: Path) -> None:
    asked: list[float] = []
    answers: list[Response] = []

    async def answer(_request: Request) -> Response:
        asked.append(asyncio.get_running_loop().time())
        return answers.pop(0)

    async with serving({"GET /v1/me": answer, "PUT /v1/me": answer}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        answers[:] = [held_back(0.1), held_back(0.1), reply(ADA)]
        assert await api.call(ME, MeRequest()) == ADA
        assert all(later - before >= 0.1 for before, later in pairwise(asked))
        calls: list[tuple[Operation[Any, Any], Asked, float, int]] = [
            (ME, MeRequest(), 0.0, 4),
            (ME, MeRequest(), 60.0, 1),
            (PROFILE, ProfileRequest(first_name="A", last_name="L"), 0.0, 1),
        ]
        for operation, request, told, times in calls:
            asked.clear()
            answers[:] = [held_back(told)] * 4
            with pytest.raises(TooManyRequests) as caught:
                await api.call(operation, request)
            assert caught.value.problem.retry_after == told
            assert len(asked) == times
        await api.aclose()


async def test_a_reply_over_the_limit_is_refused(place: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "REPLY_LIMIT", 2**20)
    async with serving({"GET /v1/me": answering(Response(b" " * (2**20 + 1)))}, place) as address:
        api = Api(address)
        api.use(session())
        with pytest.raises(NotUnderstood, match="larger"):
            await api.call(ME, MeRequest())
        await api.aclose()


async def test_nobody_there_and_nobody_answering(place: Path | None, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="no connection"):
        await Api(f"unix:{tmp_path}/none").check()
    release = asyncio.Event()

    async def never(_request: Request) -> Response:
        await release.wait()
        return Response()

    async with serving({"GET /health": never}, place) as address:
        api = Api(address, timeouts=Timeouts(read=0.05))
        with pytest.raises(Unreachable, match="in time"):
            await api.check()
        release.set()
        await api.aclose()


async def test_another_wire_version_gets_a_sentence(tmp_path: Path) -> None:
    health = answering(reply({"status": "ok", "build": "b", "wire": 99}))
    async with serving({"GET /health": health}, tmp_path / "s") as address:
        api = Api(address)
        with pytest.raises(NotUnderstood, match="too old"):
            await api.check()
        await api.aclose()


class Renewing:
    """A service that accepts only the newest access token, and counts how often one was asked for."""

    def __init__(self, *, ended: bool = False) -> None:
        self.good, self.refreshes, self.ended = 2, 0, ended

    async def me(self, request: Request) -> Response:
        if request.headers["authorization"] != f"Bearer access-{self.good}":
            return problem(Code.UNAUTHENTICATED)
        return reply(ADA)

    async def refresh(self, request: Request) -> Response:
        assert await request.json() == {"refresh": "refresh-1"}
        self.refreshes += 1
        return problem(Code.UNAUTHENTICATED) if self.ended else reply(session(self.good))

    def routes(self) -> dict[str, Handler]:
        return {"GET /v1/me": self.me, "POST /v1/refresh": self.refresh}


@pytest.mark.parametrize("seconds", [900.0, -5.0])
async def test_many_calls_renew_once(tmp_path: Path, seconds: float) -> None:
    service, kept = Renewing(), list[Session | None]()
    async with serving(service.routes(), tmp_path / "s") as address:
        api = Api(address)
        api.on_session = kept.append
        api.use(session(1, seconds))
        users = await asyncio.gather(*(api.call(ME, MeRequest()) for _ in range(50)))
        await api.aclose()
    assert users == [ADA] * 50
    assert service.refreshes == 1
    assert [one.access for one in kept if one] == ["access-2"]


async def test_a_session_that_has_ended_is_over_for_all(tmp_path: Path) -> None:
    service, kept = Renewing(ended=True), list[Session | None]()
    async with serving(service.routes(), tmp_path / "s") as address:
        api = Api(address)
        api.on_session = kept.append
        api.use(session(1))
        ends = await asyncio.gather(*(api.call(ME, MeRequest()) for _ in range(10)), return_exceptions=True)
        await api.aclose()
    assert all(isinstance(end, SignInNeeded) for end in ends)
    assert (service.refreshes, kept, api.session) == (1, [None], None)


async def test_an_upload_is_sent_again_from_its_beginning_after_a_renewal(place: Path | None, tmp_path: Path) -> None:
    bodies: list[bytes] = []
    tar = tmp_path / "c.tar"
    tar.write_bytes(b"x" * 700_000)
    report = {"course_id": str(UUID(int=1)), "title": "T", "dry_run": False, "created": True, "notes": []}
    report |= dict.fromkeys(("chapters", "lessons", "questions", "files"), 0)

    async def take(request: Request) -> Response:
        bodies.append(await request.body())
        good = request.headers["authorization"] == "Bearer access-2"
        return reply(report) if good else problem(Code.UNAUTHENTICATED)

    routes = {**Renewing().routes(), "POST /v1/imports": take}
    async with serving(routes, place) as address:
        api = Api(address)
        api.use(session(1))
        with tar.open("rb") as file:
            got = await api.call(IMPORT, ImportRequest(name="c"), upload=file)
        await api.aclose()
    assert got.title == "T"
    assert bodies == [tar.read_bytes()] * 2


@pytest.mark.parametrize(
    "address",
    ["http://example.org", "https://u:secret@example.org", "unix:relative", "ftp://x", "https://", "https://x/?a=1"],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        check_address(address)
    assert "secret" not in str(caught.value)


def test_importing_the_calls_loads_no_http_library() -> None:
    code = "import sys, lms_tui.client.api; print(sorted({'httpx', 'keyring', 'sqlite3'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_sessions_survive_their_own_spelling() -> None:
    assert decode(msgspec.json.encode(session(3)), Session).refresh == "refresh-3"
