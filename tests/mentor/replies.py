"""What the stub replies, and what it was asked: answers that come as streams, and what comes in place of one."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

LONG = 3_600.0
"""Seconds that a stub which hangs would wait, had it nobody who hangs up."""


@dataclass(frozen=True)
class Answer:
    """A stream of pieces, as good servers send it, but for what is set otherwise."""

    text: str = "Look at the rows of the **left** table first: which of them have no partner?"
    per: int = 20
    """Characters of one piece."""
    pace: float = 0.0
    """Seconds between two pieces."""
    wait: float = 0.0
    """Seconds before anything is sent, the head of the reply included."""
    thinking: str = ""
    thinking_as: Literal["reasoning_content", "reasoning", "tags"] = "reasoning_content"
    """The field of the deltas that it comes in (DeepSeek and vLLM; Ollama and OpenRouter), or `<think>` in the text."""
    model: str | None = None
    """What the server calls its model; None: as it was asked for."""
    finish: str | None = "stop"
    usage: Literal["frame", "last", "each", "none"] = "frame"
    """Where the tokens stand: in a frame of their own (OpenAI), with the last piece, with each, or nowhere."""
    tokens: tuple[int, int] = (120, 40)
    """Of the question and of the answer, as reported."""
    newline: Literal["\n", "\r\n"] = "\n"
    comments: bool = False
    """Lines that say nothing, before and between the pieces."""
    cut_into: int = 0
    """Bytes of one chunk of the body, wherever they fall; 0: an event is a chunk."""
    together: int = 1
    """Events in one chunk."""
    done: bool = True
    """Whether `[DONE]` ends it."""
    breaks_after: int | None = None
    """Pieces after which it breaks."""
    breaks: Literal["cut", "end", "hang", "hold", "error", "garbage"] = "cut"
    """The connection is dropped; the body ends as if it were whole; nothing more comes; nothing until `release`; an
    error object; an event that is no JSON."""


@dataclass(frozen=True)
class Refusal:
    """A reply that is no stream."""

    status: int
    body: dict[str, Any] | str
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "application/json"


@dataclass
class Asked:
    """A request as it came, and what became of its reply."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the reply has ended, whoever ended it."""
    hung_up: bool = False
    """Whether the client left before the reply had ended."""
    sent: int = 0
    """Events that were sent."""

    @property
    def messages(self) -> list[dict[str, str]]:
        """What the model is told."""
        found: list[dict[str, str]] = self.body.get("messages", [])
        return found

    @property
    def question(self) -> str:
        """What the user said last, '' where nothing."""
        return next((turn["content"] for turn in reversed(self.messages) if turn["role"] == "user"), "")


Reply = Answer | Refusal | Callable[[Asked], "Answer | Refusal"]


def refusal(status: int, message: str, *, kind: str = "", code: str | None = None, **headers: str) -> Refusal:
    """A refusal as OpenAI words them."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return Refusal(status, body, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def events(reply: Answer, asked: Asked) -> Iterator[str]:
    """Yield the data of each event: first the role, then the pieces, then the end, as OpenAI sends them."""
    wants_usage = bool((asked.body.get("stream_options") or {}).get("include_usage"))
    usage = _usage(reply.tokens)

    def chunk(delta: dict[str, Any] | None, finish: str | None = None, *, told: bool = False) -> str:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return json.dumps(
            {
                "id": "chatcmpl-stub",
                "object": "chat.completion.chunk",
                "created": 1_790_000_000,
                "model": reply.model or asked.body.get("model"),
                "choices": choices,
                **({"usage": usage} if told or reply.usage == "each" else {}),
            },
            ensure_ascii=False,
        )

    yield chunk({"role": "assistant", "content": ""})
    text = reply.text
    if reply.thinking and reply.thinking_as == "tags":
        text = f"<think>\n{reply.thinking}\n</think>\n\n{text}"
    elif reply.thinking:
        for piece in _cut(reply.thinking, reply.per):
            yield chunk({reply.thinking_as: piece, "content": None})
    for piece in _cut(text, reply.per):
        yield chunk({"content": piece})
    if reply.finish is not None:
        yield chunk({}, reply.finish, told=reply.usage == "last")
    if reply.usage == "frame" and wants_usage:
        yield chunk(None, told=True)
    if reply.done:
        yield "[DONE]"


def whole(reply: Answer, asked: Asked) -> dict[str, Any]:
    """Return the answer as one object, for who asked for no stream."""
    message = {"role": "assistant", "content": reply.text}
    return {
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": reply.model or asked.body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
        "usage": _usage(reply.tokens),
    }


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _cut(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))
