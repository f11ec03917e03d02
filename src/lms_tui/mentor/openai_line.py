"""A line to a server that speaks OpenAI's chat.completions: the only module that knows the library for it.

Importing it imports the library, which takes longer than a service may stand still: `provider` does it in a thread,
with the first question. Nothing is asked twice here; what went wrong is a `ProviderFault`, raised without its cause,
since that holds the request and with it the key.
"""

import logging
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import openai
from openai import AsyncOpenAI, AsyncStream, DefaultAsyncHttpxClient, Timeout

from lms_tui.mentor.faults import fault
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.mentor.turns import ProviderFault, Trouble
from lms_tui.wire.text import clean_line

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells each request with its address

_LONGEST_WAIT: Final = 24 * 3600.0
_MOST_SEEN: Final = 400
_NEVER_CAME: Final = ("ConnectTimeout", "PoolTimeout", "ConnectError")
"""What httpx calls it when no connection was had."""
_TOO_LONG: Final = (
    "context length",
    "context size",
    "context window",
    "maximum context",
    "too many tokens",
    "too long",
)
_NO_MODEL: Final = ("not found", "does not exist", "no such model", "invalid model", "unknown model", "not exist")
_LOADING: Final = ("loading model", "overloaded")
"""What a 503 says that is over by itself (llama.cpp, OpenAI)."""
_NO_SUCH_KEY: Final = "no_db_connection"
"""How LiteLLM without a database refuses each key but its own: it would look the key up there."""
_USED_UP: Final = ("insufficient_quota", "billing", "balance", "out of credit", "insufficient credit")


@dataclass(frozen=True, slots=True)
class Said:
    """An event of a stream."""

    text: str = ""
    thinking: str = ""
    finish: str = ""
    """Why it ended, where it did."""
    tokens: int = 0
    """Used so far, where it tells."""
    model: str = ""


class Line:
    """Questions to one server. Made in a thread (it reads certificates), used from one event loop."""

    def __init__(self, settings: ProviderSettings) -> None:
        """Open nothing yet. Raises OSError, ssl.SSLError for certificates that cannot be read."""
        self._key = settings.key
        self._extra = dict(settings.extra)
        timeout = Timeout(settings.read_seconds, connect=settings.connect_seconds)
        http = DefaultAsyncHttpxClient(
            verify=ssl.create_default_context(cafile=settings.ca),
            timeout=timeout,
            follow_redirects=False,
            trust_env=not settings.private,
        )
        self._client = AsyncOpenAI(
            api_key=settings.key or "none", base_url=settings.base, timeout=timeout, max_retries=0, http_client=http
        )
        self._client.organization = self._client.project = None  # the environment's are of somebody's own account

    async def said(self, body: dict[str, Any]) -> AsyncGenerator[Said, None]:
        """Ask for a stream and yield its events. Closing it, or cancelling, hangs up. Raises ProviderFault."""
        try:
            stream = await self._asked(body)
            try:
                async for chunk in stream:
                    yield _read(chunk)
            finally:
                await stream.close()
        except openai.APIError as error:
            raise self._fault(error) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # JSON, UTF-8, or a form of its own
            raise fault(Trouble.UNREADABLE, f"{type(error).__name__}: {self._safe(str(error))}") from None

    async def models(self) -> list[str]:
        """Return the names of the models that the server has. Raises ProviderFault."""
        try:
            return sorted([model.id async for model in self._client.models.list()])
        except openai.APIError as error:
            raise self._fault(error) from None
        except (ValueError, TypeError, AttributeError) as error:
            raise fault(Trouble.UNREADABLE, f"the list of models: {type(error).__name__}") from None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _asked(self, body: dict[str, Any]) -> AsyncStream[object]:
        # As plain JSON, by the library's own way to what it has no types for: making its objects of each piece is two
        # thirds of what a piece costs (bench/README.md), and servers differ in all but a few fields.
        stream = await self._client.post(
            "/chat/completions",
            cast_to=object,
            body=body | self._extra | {"stream": True},
            stream=True,
            stream_cls=AsyncStream[object],
        )
        kind = stream.response.headers.get("content-type", "")
        if "html" in kind or "json" in kind:  # others are wrong about the kind of a stream, and it is one all the same
            await stream.close()
            raise fault(Trouble.UNREADABLE, f"{self._safe(kind)} in place of a stream")
        return stream

    def _fault(self, error: openai.APIError) -> ProviderFault:
        if isinstance(error, openai.APIStatusError):
            return self._refusal(error.status_code, error, error.response.headers.get("retry-after"))
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__ or error
            seen = self._safe(f"{type(cause).__name__} {_root(cause)}")
            if type(cause).__name__ in _NEVER_CAME:
                return fault(Trouble.AWAY, seen)
            slow = isinstance(error, openai.APITimeoutError)
            return fault(Trouble.SLOW if slow else Trouble.BROKEN, seen)
        code = error.code or ""
        if code.isdecimal() and 400 <= int(code) < 500:
            return self._refusal(int(code), error, None)
        return fault(Trouble.BROKEN, f"in the stream: {self._safe(error.message)}")

    def _refusal(self, status: int, error: openai.APIError, retry_after: str | None) -> ProviderFault:
        """Return the fault of a status; `error` has the provider's words."""
        words = f"{error.code or ''} {error.type or ''} {_said_in(error)}".lower()
        if status in (401, 403) or error.type == _NO_SUCH_KEY:
            return fault(Trouble.KEY, f"status {status}")  # whose words may repeat the key
        about = f" ({self._safe(str(error.param))})" if error.param else ""
        seen = f"status {status}{about}: {self._safe(_said_in(error))}"
        wait = _seconds(retry_after)
        used_up = status == 402 or (status == 429 and any(word in words for word in _USED_UP))
        soon = status == 503 and any(word in words for word in _LOADING)
        if status == 429 or used_up or soon:
            return fault(Trouble.BUSY, seen, retry_after=wait, used_up=used_up)
        if status in (400, 413, 422) and any(word in words for word in _TOO_LONG):
            return fault(Trouble.TOO_LONG, seen)
        if status in (400, 404, 422) and "model" in words and any(word in words for word in _NO_MODEL):
            return fault(Trouble.MODEL, seen)
        if status in (408, 504):
            return fault(Trouble.SLOW, seen)
        return fault(Trouble.BROKEN if status >= 500 else Trouble.REFUSED, seen, retry_after=wait)

    def _safe(self, words: str) -> str:
        """Return a provider's words as they may stand in a log."""
        if self._key:
            words = words.replace(self._key, "(the key)")
        return clean_line(words[: 4 * _MOST_SEEN])[:_MOST_SEEN]


def _read(chunk: Any) -> Said:
    """Return an event in our words. Raises KeyError, TypeError, AttributeError for another form."""
    tokens = _tokens(chunk.get("usage") or {})
    model = str(chunk.get("model") or "")
    choice = next((one for one in chunk.get("choices") or () if not one.get("index")), None)
    if choice is None:
        return Said(tokens=tokens, model=model)
    finish = str(choice.get("finish_reason") or "")
    delta = choice.get("delta")
    if delta is None:
        return Said("", "", finish, tokens, model)
    text, thinking = _parts(delta.get("content") or delta.get("refusal") or "")
    thinking = thinking or delta.get("reasoning_content") or delta.get("reasoning") or ""
    if not isinstance(thinking, str):
        raise TypeError("a thought that is no text")
    return Said(text, thinking, finish, tokens, model)


def _tokens(usage: Any) -> int:
    """Return what was used so far, question and answer together; 0 where it is not told as numbers."""
    parts = [usage.get(name) for name in ("total_tokens", "prompt_tokens", "completion_tokens")]
    total, asked, answered = (part if isinstance(part, int) else 0 for part in parts)
    return total or asked + answered


def _parts(content: Any) -> tuple[str, str]:
    """Return text and thinking of a delta; Mistral's reasoning models send a list of both."""
    if isinstance(content, str):
        return content, ""
    text = "".join(part["text"] for part in content if part["type"] == "text")
    thoughts = (part["thinking"] for part in content if part["type"] == "thinking")
    return text, "".join(each["text"] for thought in thoughts for each in thought)


def _said_in(error: openai.APIError) -> str:
    """Return the provider's own words, without those that the library puts around them."""
    said = error.body.get("message") if isinstance(error.body, dict) else None
    return said if isinstance(said, str) else error.message


def _seconds(retry_after: str | None) -> float | None:
    """Return how long to wait as `Retry-After` has it, in seconds or as a date; a day at most."""
    if retry_after is None:
        return None
    with suppress(ValueError):
        return min(max(0.0, float(retry_after)), _LONGEST_WAIT)
    with suppress(ValueError):
        return min(max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time()), _LONGEST_WAIT)
    return None


def _root(error: BaseException) -> str:
    """Return the words of what was behind it all."""
    while (behind := error.__cause__ or error.__context__) is not None:
        error = behind
    return str(error)
