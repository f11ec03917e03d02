"""The stub does what is told of it: a client that knows nothing of ours reads it."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.mentor.faults import FAULTS, WIDE
from tests.mentor.replies import Answer
from tests.mentor.stub import MODEL, Stub, nobody

_ASK = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "Why?"}]}
_WITH_USAGE = _ASK | {"stream_options": {"include_usage": True}}


def _told(stub: Stub, body: dict[str, object] = _WITH_USAGE) -> Iterator[bytes]:
    """Yield the chunks of an answer's body as they came."""
    with httpx.stream("POST", f"{stub.base}/chat/completions", json=body, timeout=5) as reply:
        assert reply.headers["content-type"] == "text/event-stream"
        yield from reply.iter_raw()


def _text(raw: bytes) -> str:
    data = [line.removeprefix("data: ") for line in raw.decode().splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"] for event in data for choice in json.loads(event)["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


def test_an_answer_comes_in_pieces_with_its_usage_and_its_end(stub: Stub) -> None:
    raw = b"".join(_told(stub))
    assert _text(raw) == Answer().text
    *_, usage, done, _ = raw.decode().split("\n\n")
    assert (json.loads(usage[6:])["usage"]["total_tokens"], json.loads(usage[6:])["choices"]) == (160, [])
    assert done == "data: [DONE]"
    assert b'"usage"' not in b"".join(_told(stub, _ASK)), "nobody asked for it"
    assert [asked.question for asked in stub.asked] == ["Why?", "Why?"]
    assert (stub.asked[0].over.wait(2), stub.asked[0].hung_up) == (True, False)


def test_chunks_fall_within_letters_and_within_the_word_data(stub: Stub) -> None:
    stub.replies = list(FAULTS["byte by byte"])
    raw = b"".join(_told(stub))
    assert _text(raw) == WIDE
    stub.replies = list(FAULTS["three bytes at a time, CRLF, comments"])
    raw = b"".join(_told(stub))
    assert _text(raw) == WIDE
    assert raw.startswith(b": PROCESSING\r\n\r\nevent: message\r\ndata: {")


def test_a_stream_that_is_cut_ends_without_the_end_of_its_body(stub: Stub) -> None:
    stub.replies = list(FAULTS["cut"])
    chunks: list[bytes] = []
    with pytest.raises(httpx.TransportError):
        chunks.extend(_told(stub))
    stub.replies = list(FAULTS["ends in the middle"])
    assert _text(b"".join(_told(stub))) == Answer().text[:40]


def test_who_leaves_a_stream_is_seen_to(stub: Stub) -> None:
    stub.replies = list(FAULTS["hangs in the middle"])
    stream = _told(stub)
    next(stream)
    assert not stub.asked[0].over.is_set()
    stream.close()  # type: ignore[attr-defined]
    assert stub.asked[0].over.wait(2)
    assert stub.asked[0].hung_up


def test_an_answer_that_holds_goes_on_when_it_is_let_go(stub: Stub) -> None:
    stub.replies = [Answer(breaks_after=1, breaks="hold")]
    stream = _told(stub)
    raw = next(stream)
    stub.release()
    assert _text(raw + b"".join(stream)) == Answer().text


def test_replies_follow_each_other_on_one_connection_and_the_last_one_stays(stub: Stub) -> None:
    stub.replies = [*FAULTS["500 once"][:1], *FAULTS["429 with Retry-After"], Answer("Well.")]
    with httpx.Client(base_url=stub.base) as client:
        replies = [client.post("chat/completions", json=_ASK) for _ in range(4)]
        assert client.get("models").json()["data"][0]["id"] == MODEL
    assert [reply.status_code for reply in replies] == [500, 429, 200, 200]
    assert replies[1].headers["retry-after"] == "17"
    assert stub.connections == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(nobody())
