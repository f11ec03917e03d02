"""The provider at the stub: what comes of each way in which a server answers, and of each fault."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from lms_tui.mentor import provider as module
from lms_tui.mentor.provider import ANSWER_LIMIT, Provider
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.mentor.tokens import estimate, estimate_turns
from lms_tui.mentor.turns import MODEL_LENGTH, End, Piece, ProviderFault, Trouble, Turn
from tests.mentor.faults import BAD, GOOD, HOSTILE, ODD, WIDE
from tests.mentor.replies import Answer, Asked, Refusal, refusal
from tests.mentor.stub import MODEL, Stub, nobody

pytestmark = pytest.mark.anyio

TURNS = [Turn("system", "Be a tutor."), Turn("user", "Which rows does a LEFT JOIN keep?")]
TEXT = Answer().text


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)


def settings(stub: Stub, **more: Any) -> ProviderSettings:
    return replace(ProviderSettings(stub.base, MODEL, stub.key, read_seconds=0.4, private=True), **more)


@asynccontextmanager
async def speaking(stub: Stub, **more: Any) -> AsyncIterator[Provider]:
    provider = Provider(settings(stub, **more))
    try:
        yield provider
    finally:
        await provider.aclose()


class Heard:
    """What came of one question."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.end: End | None = None
        self.fault: ProviderFault | None = None

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def thinking(self) -> str:
        return "".join(piece.thinking for piece in self.pieces)


async def heard(provider: Provider, **more: Any) -> Heard:
    """Ask, and listen to the end."""
    found = Heard()
    try:
        async with aclosing(provider.stream(TURNS, **more)) as stream:
            async for piece in stream:
                assert found.end is None, "nothing comes behind the end"
                if isinstance(piece, End):
                    found.end = piece
                else:
                    assert piece.text or piece.thinking
                    found.pieces.append(piece)
    except ProviderFault as fault:
        found.fault = fault
    return found


@pytest.mark.parametrize("way", GOOD)
async def test_a_whole_answer_comes_of_each_way_to_send_one(stub: Stub, way: str) -> None:
    stub.replies = list(GOOD[way])
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert found.fault is None, found.fault
    assert found.end is not None
    thinks = {"reasoning_content", "reasoning", "think tags"}
    assert found.text == (WIDE if "byte" in way else TEXT)
    assert bool(found.thinking.strip()) is (way in thinks)
    assert "think" not in found.text
    told = way not in {"no usage", "refuses stream_options"}
    assert found.end.tokens == (160 if told else estimate_turns(TURNS) + estimate(TEXT))
    assert found.end.full
    assert found.end.model == (MODEL if "long" not in way else "organisation/a-model-with-a-name-of-its-own-20")


EXPECTED = {
    "wrong key": (Trouble.KEY, ""),
    "wrong key at LiteLLM": (Trouble.KEY, ""),
    "forbidden": (Trouble.KEY, ""),
    "unknown model": (Trouble.MODEL, ""),
    "unknown path": (Trouble.REFUSED, ""),
    "429": (Trouble.BUSY, ""),
    "429 with Retry-After": (Trouble.BUSY, ""),
    "429 with Retry-After as a date": (Trouble.BUSY, ""),
    "429 quota": (Trouble.BUSY, ""),
    "400": (Trouble.REFUSED, ""),
    "too long": (Trouble.TOO_LONG, ""),
    "500 always": (Trouble.BROKEN, ""),
    "too long at llama.cpp": (Trouble.TOO_LONG, ""),
    "too long at LiteLLM": (Trouble.TOO_LONG, ""),
    "unknown model at LiteLLM": (Trouble.MODEL, ""),
    "503 loading": (Trouble.BUSY, ""),
    "503": (Trouble.BROKEN, ""),
    "HTML of a proxy": (Trouble.BROKEN, ""),
    "HTML with 200": (Trouble.UNREADABLE, ""),
    "JSON in place of a stream": (Trouble.UNREADABLE, ""),
    "an error in JSON with 200": (Trouble.UNREADABLE, ""),
    "no JSON": (Trouble.UNREADABLE, TEXT[:40]),
    "hangs before the head": (Trouble.SLOW, ""),
    "hangs before the first piece": (Trouble.SLOW, ""),
    "hangs in the middle": (Trouble.SLOW, TEXT[:40]),
    "cut before the first piece": (Trouble.BROKEN, ""),
    "cut": (Trouble.BROKEN, TEXT[:40]),
    "ends in the middle": (Trouble.BROKEN, TEXT[:40]),
    "error before the first piece": (Trouble.BROKEN, ""),
    "error in the stream": (Trouble.BROKEN, TEXT[:40]),
    "empty": (Trouble.EMPTY, ""),
    "only blanks": (Trouble.EMPTY, ""),
    "only thinking": (Trouble.EMPTY, ""),
}


@pytest.mark.parametrize("way", BAD)
async def test_each_fault_has_its_trouble_and_its_sentence_and_what_came_stays(stub: Stub, way: str) -> None:
    stub.replies = list(BAD[way])
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert found.fault is not None
    assert (found.fault.trouble, found.text) == EXPECTED[way]
    assert found.end is None
    sentence = found.fault.sentence
    assert str(found.fault) == sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ("kept" in sentence) is bool(found.text)
    for word in (stub.key, stub.base, "127.0.0.1", MODEL, "status", "CUDA", "quota", "DOCTYPE", "key"):
        assert word not in sentence, "which is for those who run the service"
    assert found.fault.__cause__ is None
    assert ("ReadTimeout" in found.fault.seen) is way.startswith("hangs"), "long before signs of life are given up"
    again = found.fault.trouble is Trouble.BROKEN and not found.text
    assert len(stub.asked) == 1 + again, "asked once more where nothing had come, and never otherwise"


async def test_what_is_no_stream_is_said_to_be_none(stub: Stub) -> None:
    async with speaking(stub) as provider:
        for reply, kind in (
            (BAD["HTML with 200"][0], "text/html"),
            (Refusal(200, "Running", kind="text/plain"), "event"),
        ):
            stub.replies = [reply]
            found = await heard(provider)
            assert found.fault is not None
            assert (found.fault.trouble, kind in found.fault.seen) == (Trouble.UNREADABLE, True)
    assert len(stub.asked) == 2


async def test_a_provider_says_how_long_to_wait(stub: Stub) -> None:
    async with speaking(stub) as provider:
        faults = {}
        for way in ("429", "429 with Retry-After", "429 with Retry-After as a date", "429 quota"):
            stub.replies = list(BAD[way])
            faults[way] = (await heard(provider)).fault
    waits = {way: fault.retry_after for way, fault in faults.items() if fault}
    assert waits == {
        "429": None,
        "429 with Retry-After": 17.0,
        "429 with Retry-After as a date": 24 * 3600.0,
        "429 quota": None,
    }
    said = {way: fault.sentence for way, fault in faults.items() if fault}
    assert "in 17 seconds" in said["429 with Retry-After"]
    assert "in a minute" in said["429"]
    assert "24 hours" in said["429 with Retry-After as a date"]
    assert "used up" in said["429 quota"]


async def test_nobody_at_the_address_is_asked_twice_and_then_told(stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
    async with speaking(stub, base=nobody()) as provider:
        found = await heard(provider)
    assert found.fault is not None
    assert found.fault.trouble is Trouble.AWAY
    assert "ConnectError" in found.fault.seen
    assert [vars(record)["fields"]["again"] for record in caplog.records if "fields" in vars(record)] == [True, False]


async def test_an_address_that_takes_no_connection_is_away_and_not_slow() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        base = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        provider = Provider(ProviderSettings(base, MODEL, connect_seconds=0.2, private=True))
        found = await heard(provider)
        await provider.aclose()
    assert found.fault is not None
    assert found.fault.trouble is Trouble.AWAY


async def test_signs_of_life_without_a_piece_are_not_waited_for_without_end(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_QUIET", 1)
    stub.replies = [Answer("\n" * 4_000, per=1, pace=0.05, comments=True)]  # which is no piece
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert found.fault is not None
    assert found.fault.trouble is Trouble.SLOW
    assert stub.asked[0].over.wait(2)
    assert stub.asked[0].hung_up


async def test_an_answer_of_a_megabyte_ends_at_the_limit_whole_and_not_full(stub: Stub) -> None:
    megabyte = ODD["1 MB"][0]
    assert isinstance(megabyte, Answer)
    stub.replies = [replace(megabyte, pace=0.01)]
    async with speaking(stub, read_seconds=5.0) as provider:
        found = await heard(provider)
    assert found.end is not None
    assert not found.end.full
    assert len(found.text.encode()) == ANSWER_LIMIT
    assert found.end.tokens == estimate_turns(TURNS) + estimate(found.text)
    assert stub.asked[0].over.wait(2)
    assert stub.asked[0].hung_up, "the rest is not waited for"


async def test_an_answer_is_read_some_times_a_second_and_less_often_beside_others(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms_tui.mentor.provider.READ_SECONDS", 0.25)
    quick = Answer("word " * 400, per=20, pace=0.01)  # a second, in 100 pieces
    stub.replies = [quick] * 5
    async with speaking(stub) as provider:
        alone = await heard(provider)
        monkeypatch.setattr("lms_tui.mentor.provider._READ_SECONDS_EACH", 0.3)
        beside = await asyncio.gather(*(heard(provider) for _ in range(3)))
        after = await heard(provider)
    assert alone.text == quick.text
    assert 4 <= len(alone.pieces) <= 12
    assert all(len(one.pieces) <= 4 and one.text == quick.text for one in beside)
    assert len(after.pieces) > max(len(one.pieces) for one in beside), "the others are over"


async def test_the_limit_falls_within_no_letter(stub: Stub) -> None:
    stub.replies = [Answer("ab" + "語" * ANSWER_LIMIT, per=5_000)]
    async with speaking(stub, read_seconds=5.0) as provider:
        found = await heard(provider)
    assert found.text == "ab" + "語" * ((ANSWER_LIMIT - 2) // 3)


@pytest.mark.parametrize("way", ["at its limit", "filtered"])
async def test_an_answer_that_the_provider_shortened_is_whole_and_not_full(stub: Stub, way: str) -> None:
    stub.replies = list(ODD[way])
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert (found.text, found.end) == (TEXT, End(MODEL, 160, full=False))


async def test_control_sequences_and_markup_are_data(stub: Stub) -> None:
    stub.replies = list(ODD["control sequences and markup"])
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert found.text == HOSTILE.replace("\0", "")


async def _first_piece(provider: Provider, got: asyncio.Event) -> None:
    async with aclosing(provider.stream(TURNS)) as stream:
        async for _ in stream:
            got.set()


@pytest.mark.parametrize("way", ["hangs before the head", "hangs before the first piece", "hangs in the middle"])
async def test_who_stops_hangs_up_at_the_provider_at_once(stub: Stub, way: str) -> None:
    stub.replies = list(BAD[way])
    async with speaking(stub, read_seconds=30.0) as provider:
        got = asyncio.Event()
        asking = asyncio.ensure_future(_first_piece(provider, got))
        while not stub.asked:  # noqa: ASYNC110 - which is filled by another thread
            await asyncio.sleep(0.01)
        if way == "hangs in the middle":
            await got.wait()
        assert not stub.asked[0].over.is_set()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await asyncio.to_thread(stub.asked[0].over.wait, 2)
        assert stub.asked[0].hung_up
        stub.replies = [Answer("On.")]
        assert (await heard(provider)).text == "On.", "the next is answered"


async def test_who_closes_a_stream_hangs_up_before_going_on(stub: Stub) -> None:
    stub.replies = list(BAD["hangs in the middle"])
    async with speaking(stub, read_seconds=30.0) as provider:
        stream = provider.stream(TURNS)
        assert isinstance(await anext(stream), Piece)
        await stream.aclose()
        assert stub.asked[0].over.wait(2), "which blocks the loop: nothing is left to be done later"
        assert stub.asked[0].hung_up


async def test_what_is_asked_is_what_is_configured(stub: Stub) -> None:
    async with speaking(stub, extra={"reasoning_effort": "low"}, answer_tokens=500) as provider:
        await heard(provider)
        await heard(provider, most_tokens=7, answer_format={"type": "json_object"})
    plain, formed = stub.asked
    assert plain.path == "/v1/chat/completions"
    assert plain.headers["authorization"] == f"Bearer {stub.key}"
    assert plain.body == {
        "model": MODEL,
        "messages": [{"role": turn.role, "content": turn.text} for turn in TURNS],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 500,
        "reasoning_effort": "low",
    }
    assert (formed.body["max_tokens"], formed.body["response_format"]) == (7, {"type": "json_object"})


async def test_what_the_environment_says_of_somebodys_own_account_is_not_sent(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "somebodys-own")
    monkeypatch.setenv("OPENAI_BASE_URL", nobody())
    monkeypatch.setenv("HTTP_PROXY", nobody())
    async with speaking(stub, key=None) as provider:
        assert (await heard(provider)).text == TEXT
    assert "somebodys-own" not in str(stub.asked[0].headers)


@pytest.mark.parametrize(
    ("way", "option", "instead"),
    [
        ("refuses stream_options", "stream_options", None),
        ("refuses max_tokens", "max_tokens", "max_completion_tokens"),
    ],
)
async def test_an_option_that_a_server_refuses_is_left_out_from_then_on(
    stub: Stub, way: str, option: str, instead: str | None
) -> None:
    stub.replies = list(GOOD[way])
    async with speaking(stub) as provider:
        many = await asyncio.gather(*(heard(provider) for _ in range(5)))
        before = len(stub.asked)
        assert (await heard(provider)).text == TEXT
    assert [found.text for found in many] == [TEXT] * 5
    assert len(stub.asked) == before + 1
    assert option not in stub.asked[-1].body
    assert instead is None or stub.asked[-1].body[instead] == 8_000


async def test_a_limit_that_is_too_high_for_one_question_is_left_out_of_that_one(stub: Stub) -> None:
    def small(asked: Asked) -> Answer | Refusal:
        if any(name.startswith("max_") for name in asked.body) and "joins" in asked.question:
            words = "'max_tokens' or 'max_completion_tokens' is too large: 8000. This model's maximum context length is"
            return refusal(400, f"{words} 8192 tokens and your request has 900 input tokens.")
        return Answer()

    stub.replies = [small]
    async with speaking(stub) as provider:
        async with aclosing(provider.stream([Turn("user", "All about joins?")])) as stream:
            assert [piece async for piece in stream][-1] == End(MODEL, 160)
        assert (await heard(provider)).text == TEXT
    assert stub.asked[-1].body["max_tokens"] == 8_000


async def test_a_question_that_is_refused_for_itself_is_not_asked_over_and_over(stub: Stub) -> None:
    stub.replies = [refusal(400, "Nothing with max_tokens, max_completion_tokens and include_usage, ever.")]
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert found.fault is not None
    assert found.fault.trouble is Trouble.REFUSED
    assert len(stub.asked) == 4


async def test_the_key_stands_in_no_log_no_repr_and_no_error(stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echoes = f"Bad request with Authorization: Bearer {stub.key} from you"
    async with speaking(stub) as provider:
        assert stub.key not in repr(provider) + repr(settings(stub))
        for reply in (refusal(400, echoes), refusal(401, echoes), refusal(500, echoes), *BAD["error in the stream"]):
            stub.replies = [reply]
            found = await heard(provider)
            assert found.fault is not None
            assert stub.key not in repr(found.fault) + str(vars(found.fault))
            assert found.fault.__cause__ is None
    assert "(the key)" in str([vars(record) for record in caplog.records]), "the words are kept, without the key"
    assert stub.key not in str([vars(record) for record in caplog.records if record.name.startswith("lms_tui")])
    assert stub.key not in caplog.text


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("/home/ada/models/Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M.gguf"),
        ("models/Qwen3-8B-Q4_K_M.GGUF", "Qwen3-8B-Q4_K_M.GGUF"),
        ("../tiny", "tiny"),
        ("~/models/tiny/", "tiny"),
        ("C:\\Users\\ada\\tiny", "tiny"),
        ("organisation/tiny", "organisation/tiny"),
        ("hf.co/organisation/tiny:Q4", "hf.co/organisation/tiny:Q4"),
        ("organisation/" + "y" * 60, "organisation/" + "y" * (MODEL_LENGTH - 13)),
    ],
)
async def test_a_model_that_is_called_by_a_path_is_known_by_its_end(stub: Stub, model: str, known: str) -> None:
    stub.replies = [Answer(model=model)]
    async with speaking(stub) as provider:
        end = (await heard(provider)).end
    assert end is not None
    assert end.model == known


async def test_the_models_of_a_server_are_listed(stub: Stub) -> None:
    stub.models = ["llama3.2:3b", "gemma3"]
    async with speaking(stub) as provider:
        assert await provider.models() == ["gemma3", "llama3.2:3b"]
    provider = Provider(ProviderSettings(nobody(), MODEL, private=True))
    with pytest.raises(ProviderFault, match="cannot be reached"):
        await provider.models()
    await provider.aclose()


ODD_EVENTS: dict[str, tuple[str, str | None]] = {
    "choices null": ('{"model": "m", "choices": null, "usage": {"total_tokens": 3}}', None),
    "delta null": ('{"model": "m", "choices": [{"index": 0, "delta": null, "finish_reason": "stop"}]}', None),
    "another choice": ('{"choices": [{"index": 1, "delta": {"content": "no"}, "finish_reason": null}]}', None),
    "a list": ("[]", "fault"),
    "a number": ("5", "fault"),
    "content a number": ('{"choices": [{"index": 0, "delta": {"content": 5}}]}', "fault"),
    "parts without a kind": ('{"choices": [{"index": 0, "delta": {"content": [{"text": "x"}]}}]}', "fault"),
    "a thought as a part": (
        '{"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "so"}]}]}}]}',
        None,
    ),
    "thoughts of numbers": ('{"choices": [{"index": 0, "delta": {"reasoning": 5}}]}', "fault"),
    "bad UTF-8": ("\udcff", "fault"),
}


@pytest.mark.parametrize("name", ODD_EVENTS)
async def test_events_of_another_form_are_passed_over_or_said_to_be_unreadable(
    stub: Stub, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, outcome = ODD_EVENTS[name]
    stub.replies = [_with(event)]
    async with speaking(stub) as provider:
        found = await heard(provider)
    assert (found.fault is None) is (outcome is None), found.fault
    if found.fault is not None:
        assert found.fault.trouble is Trouble.UNREADABLE
        assert found.text == ""
    else:
        assert found.text == TEXT


def _with(event: str) -> Callable[[Asked], Refusal]:
    """A stream with `event` before its pieces."""

    def reply(asked: Asked) -> Refusal:
        from tests.mentor.replies import events

        rest = [event, *events(Answer(), asked)]
        return Refusal(200, "".join(f"data: {one}\n\n" for one in rest), kind="text/event-stream")

    return reply
