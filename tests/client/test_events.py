"""A stream of events over a real Unix socket and a real port: pieces of any shape, faults, hanging up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lms_tui.client import events as reading
from lms_tui.client.api import Api
from lms_tui.client.checked import CheckedApi
from lms_tui.client.errors import NotUnderstood, Refused, SignInNeeded, Unreachable
from lms_tui.client.events import events
from lms_tui.client.line import Timeouts
from lms_tui.wire.accounts import Session
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.mentor import ANSWER, AnswerEvent, AnswerRequest
from lms_tui.wire.mentor_check import Checked, CheckEvent
from tests.client.wire_server import Handler, problem, serving, session

pytestmark = pytest.mark.anyio

ASKED = AnswerRequest(message_id=UUID(int=7), number=1)
WHERE = f"POST /v1/mentor/messages/{UUID(int=7)}/answers"
TWO = b':\n\ndata: {"text":"One \\u001b[31m\xe2\x80\xa8line"}\n\n:\n\ndata: {"thinking":3}\n\n'
"""A harmless comment, a text with what acts on terminals and a line end of Unicode's, which is none of SSE's."""
OVER = (
    b'data: {"message":{"id":"00000000-0000-0000-0000-000000000007","role":"assistant","text":"One",'
    b'"created_at":"2026-01-01T12:00:00Z"}}\n\n'
)
FAILED = b'data: {"problem":{"code":"mentor_fault","title":"","status":502,"detail":"Broken."}}\n\n'


@pytest.fixture(params=["unix", "tcp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "s" if request.param == "unix" else None


def streaming(pieces: Sequence[bytes], then: Callable[[], AsyncIterator[bytes]] | None = None) -> Handler:
    """Answer with these pieces, each sent by itself."""

    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
            await asyncio.sleep(0.001)
        if then is not None:
            async for piece in then():
                yield piece

    async def run(_request: Request) -> Response:
        return StreamingResponse(body(), media_type="text/event-stream")

    return run


async def read(address: str, timeouts: Timeouts | None = None) -> list[AnswerEvent]:
    """Read all events, as somebody who is signed in."""
    api = Api(address, timeouts=timeouts)
    api.use(session())
    try:
        return [event async for event in events(api, ANSWER, ASKED)]
    finally:
        await api.aclose()


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
async def test_events_are_read_whatever_pieces_they_come_in(place: Path | None, size: int) -> None:
    all_of_it = TWO + OVER
    pieces = [all_of_it[at : at + size] for at in range(0, len(all_of_it), size)]
    async with serving({WHERE: streaming(pieces)}, place) as address:
        *coming, last = await read(address)
    assert coming == [AnswerEvent(text="One [31m\nline"), AnswerEvent(thinking=3)]
    assert last.message is not None
    assert last.message.text == "One"


async def test_a_refusal_is_raised_before_the_first_event(place: Path | None) -> None:
    async def refusing(_request: Request) -> Response:
        return problem(Code.MENTOR_BUDGET, "Tomorrow.")

    async with serving({WHERE: refusing}, place) as address:
        with pytest.raises(Refused, match=r"Tomorrow\.") as caught:
            await read(address)
    assert caught.value.code == Code.MENTOR_BUDGET


async def test_a_stream_that_breaks_off_is_told_and_not_begun_again(place: Path | None) -> None:
    asked = 0

    async def breaking() -> AsyncIterator[bytes]:
        nonlocal asked
        asked += 1
        for _ in range(1):
            raise ConnectionError
        yield b""

    api_read: list[AnswerEvent] = []
    async with serving({WHERE: streaming([TWO], breaking)}, place) as address:
        api = Api(address)
        api.use(session())
        coming = events(api, ANSWER, ASKED)
        api_read += await anext(coming), await anext(coming)
        with pytest.raises(Unreachable):
            await anext(coming)
        await api.aclose()
    assert len(api_read) == 2, "what came is given first"
    assert asked == 1


@pytest.mark.parametrize("pieces", [[], [TWO], [TWO, b'data: {"tex'], [TWO, OVER, b'data: {"tex']])
async def test_a_stream_that_ends_without_its_last_event_or_within_one(place: Path | None, pieces: list[bytes]) -> None:
    async with serving({WHERE: streaming(pieces)}, place) as address:
        with pytest.raises(Unreachable, match="broke off"):
            await read(address)


@pytest.mark.parametrize("last", [OVER, FAILED, OVER + b":\n\n"])
async def test_a_stream_that_has_its_last_event_is_whole(place: Path | None, last: bytes) -> None:
    async with serving({WHERE: streaming([last])}, place) as address:
        assert [event.is_last for event in await read(address)] == [True]


WRONG = Problem(status=502, code=Code.MENTOR_FAULT, title="", detail="Broken.")
CHECKED = Checked(
    id=UUID(int=7), at=datetime(2026, 1, 1, tzinfo=UTC), understanding=7, engagement=70, insights="", actions=[],
    is_passed=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "is_last"),
    [
        (CheckEvent(written=3, thinking=2), False),
        (CheckEvent(again=True), False),
        (CheckEvent(result=CHECKED), True),
        (CheckEvent(problem=WRONG), True),
    ],
)
def test_which_event_of_a_check_is_its_last(told: CheckEvent, is_last: bool) -> None:
    assert told.is_last is is_last


@pytest.mark.parametrize("data", [b"data: no json\n\n", b'data: {"text":7}\n\n'])
async def test_what_is_no_event_of_ours(place: Path | None, data: bytes) -> None:
    async with serving({WHERE: streaming([data])}, place) as address:
        with pytest.raises(NotUnderstood):
            await read(address)


async def test_an_event_without_an_end_is_not_held(place: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EVENT_LIMIT", 1000)
    async with serving({WHERE: streaming([b"x" * 600] * 3)}, place) as address:
        with pytest.raises(NotUnderstood, match="more at once"):
            await read(address)


async def test_a_service_that_says_nothing_any_more(place: Path | None) -> None:
    async def silent() -> AsyncIterator[bytes]:
        await asyncio.sleep(30)
        yield b""

    async with serving({WHERE: streaming([TWO], silent)}, place) as address:
        with pytest.raises(Unreachable, match="in time"):
            await read(address, Timeouts(read=0.3))


async def test_comments_alone_keep_a_stream_alive(place: Path | None) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for _ in range(6):
            await asyncio.sleep(0.15)
            yield b":\n\n"
        yield b'data: {"text":"late"}\n\n' + OVER

    async with serving({WHERE: streaming([], slow)}, place) as address:
        assert (await read(address, Timeouts(read=0.5, whole=0.6)))[0] == AnswerEvent(text="late")


async def test_who_stops_reading_hangs_up(place: Path | None) -> None:
    over = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield TWO
                await asyncio.sleep(0.01)
        finally:
            over.set()

    async with serving({WHERE: streaming([], endless)}, place) as address:
        api = Api(address)
        api.use(session())
        async with aclosing(events(api, ANSWER, ASKED)) as coming:
            async for _ in coming:
                break
        async with asyncio.timeout(5):
            await over.wait()
        await api.aclose()


async def test_a_session_that_has_ended_is_renewed_first(place: Path | None) -> None:
    tokens = []

    async def run(request: Request) -> Response:
        tokens.append(request.headers["authorization"])
        if len(tokens) == 1:
            return problem(Code.UNAUTHENTICATED)
        return await streaming([TWO + OVER])(request)

    async def renew(_used: Session) -> Session:
        return session(2)

    async with serving({WHERE: run}, place) as address:
        api = Api(address)
        api.use(session())
        api.renew = renew
        assert len([event async for event in events(api, ANSWER, ASKED)]) == 3
        await api.aclose()
    assert tokens == ["Bearer access-1", "Bearer access-2"]


async def test_nobody_signed_in_asks_nothing() -> None:
    api = Api("unix:/nowhere")
    with pytest.raises(SignInNeeded):
        await anext(events(api, ANSWER, ASKED))
    await api.aclose()


async def test_a_service_of_another_version_is_asked_nothing(place: Path | None) -> None:
    async def health(_request: Request) -> Response:
        body = b'{"status":"ok","wire":99,"build":"x","database":"ok","guests":false}'
        return Response(body, media_type="application/json")

    async with serving({WHERE: streaming([TWO]), "GET /health": health}, place) as address:
        api = CheckedApi(address)
        api.use(session())
        with pytest.raises(NotUnderstood):
            await anext(events(api, ANSWER, ASKED))
        await api.aclose()
