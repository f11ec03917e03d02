"""What the stub can do, by name: each way in which an answer comes, and each fault, as the replies that play it."""

from typing import Final

from tests.mentor.replies import LONG, Answer, Asked, Refusal, Reply, refusal

WIDE = "Grüße, 学習者! 𝒳 and 👩‍🏫: ¿qué filas quedan?"
"""Letters of one to four bytes."""
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x1b]52;c;cm0gLXJm\x07 [@click=app.quit]here[/] [bold]x[/bold] \u202edrow\u202c \x9b31m"
    "<script>alert(1)</script> <!-- --> \x00\x08\x7f ![p](file:///etc/passwd) [l](javascript:alert(1))"
)
"""Control sequences and markup of every kind that something may believe."""


def _refuses_stream_options(asked: Asked) -> Answer | Refusal:
    if "stream_options" in asked.body:
        return refusal(400, "Unrecognized request argument supplied: stream_options", kind="invalid_request_error")
    return Answer(usage="none")


def _refuses_max_completion_tokens(asked: Asked) -> Answer | Refusal:
    """Answer as those that know the older name alone."""
    if "max_completion_tokens" in asked.body:
        return refusal(400, "Unrecognized request argument supplied: max_completion_tokens")
    return Answer()


def _refuses_max_tokens(asked: Asked) -> Answer | Refusal:
    """Answer as OpenAI's reasoning models do."""
    if "max_tokens" in asked.body:
        said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        return refusal(400, said, kind="invalid_request_error", code="unsupported_parameter")
    return Answer()


_TOO_LONG: Final = (
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
    " Please reduce the length of the messages."
)
_LLAMA_TOO_LONG: Final = {
    "code": 400,
    "message": "request (99021 tokens) exceeds the available context size (16384 tokens), try increasing it",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 99021,
    "n_ctx": 16384,
}
_LITELLM_TOO_LONG: Final = (
    "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - request"
    " (99021 tokens) exceeds the available context size (16384 tokens), try increasing it\nmodel=tiny."
    " context_window_fallbacks=None. fallbacks=None."
)
_LITELLM_NO_MODEL: Final = (
    "/chat/completions: Invalid model name passed in model=stub-1. Call `/v1/models` to view available models for your"
    " key."
)
_HTML: Final = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

GOOD: Final[dict[str, tuple[Reply, ...]]] = {
    "plain": (Answer(),),
    "no usage": (Answer(usage="none"),),
    "usage with the last piece": (Answer(usage="last"),),
    "usage with each piece": (Answer(usage="each"),),
    "comments": (Answer(comments=True),),
    "CRLF": (Answer(newline="\r\n"),),
    "byte by byte": (Answer(WIDE, per=1, cut_into=1),),
    "three bytes at a time, CRLF, comments": (Answer(WIDE, per=3, cut_into=3, newline="\r\n", comments=True),),
    "all events at once": (Answer(together=1_000),),
    "no DONE": (Answer(done=False),),
    "reasoning_content": (Answer(thinking="Left join, so the left rows."),),
    "reasoning": (Answer(thinking="Left join, so the left rows.", thinking_as="reasoning"),),
    "think tags": (Answer(thinking="Left < right, so… </thin", thinking_as="tags", per=3),),
    "refuses stream_options": (_refuses_stream_options,),
    "refuses max_completion_tokens": (_refuses_max_completion_tokens,),
    "refuses max_tokens": (_refuses_max_tokens,),
    "500 once": (refusal(500, "The server had an error", kind="server_error"), Answer()),
    "a long name of the model": (
        Answer(model="organisation/a-model-with-a-name-of-its-own-2026-11-28-preview-q4_K_M"),
    ),
}
"""Out of each of these comes a whole answer."""

BAD: Final[dict[str, tuple[Reply, ...]]] = {
    "wrong key": (refusal(401, "Incorrect API key provided: sk-stub-****cdef.", code="invalid_api_key"),),
    "wrong key at LiteLLM": (refusal(400, "No connected db.", kind="no_db_connection", code="400"),),
    "forbidden": (refusal(403, "Your project may not use this model."),),
    "unknown model": (refusal(404, "The model `stub-1` does not exist", code="model_not_found"),),
    "unknown path": (Refusal(404, "404 page not found", kind="text/plain"),),
    "429": (refusal(429, "Rate limit reached", kind="requests", code="rate_limit_exceeded"),),
    "429 with Retry-After": (refusal(429, "Rate limit reached", retry_after="17"),),
    "429 with Retry-After as a date": (refusal(429, "Slow down", retry_after="Sun, 29 Nov 2099 00:00:00 GMT"),),
    "429 quota": (
        refusal(429, "You exceeded your current quota", kind="insufficient_quota", code="insufficient_quota"),
    ),
    "400": (refusal(400, "Invalid value: 'tool'.", kind="invalid_request_error"),),
    "too long": (refusal(400, _TOO_LONG, kind="invalid_request_error", code="context_length_exceeded"),),
    "500 always": (refusal(500, "The server had an error", kind="server_error"),),
    "too long at llama.cpp": (Refusal(400, {"error": _LLAMA_TOO_LONG}),),
    "too long at LiteLLM": (refusal(400, _LITELLM_TOO_LONG, kind="invalid_request_error", code="400"),),
    "unknown model at LiteLLM": (refusal(400, _LITELLM_NO_MODEL, kind="invalid_request_error", code="400"),),
    "503 loading": (Refusal(503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}),),
    "503": (refusal(503, "Service Unavailable"),),
    "HTML of a proxy": (Refusal(502, _HTML, kind="text/html"),),
    "HTML with 200": (Refusal(200, _HTML, kind="text/html"),),
    "JSON in place of a stream": (Refusal(200, {"choices": [{"message": {"content": "Hello"}}]}),),
    "an error in JSON with 200": (Refusal(200, {"error": {"message": "model is loading", "code": 503}}),),
    "no JSON": (Answer(breaks_after=2, breaks="garbage"),),
    "hangs before the head": (Answer(wait=LONG),),
    "hangs before the first piece": (Answer(breaks_after=0, breaks="hang"),),
    "hangs in the middle": (Answer(breaks_after=2, breaks="hang"),),
    "cut before the first piece": (Answer(breaks_after=0),),
    "cut": (Answer(breaks_after=2),),
    "ends in the middle": (Answer(breaks_after=2, breaks="end"),),
    "error before the first piece": (Answer(breaks_after=0, breaks="error"),),
    "error in the stream": (Answer(breaks_after=2, breaks="error"),),
    "empty": (Answer(""),),
    "only blanks": (Answer(" \n\t\n"),),
    "only thinking": (Answer("", thinking="What could it be?", finish="length"),),
}
"""Out of each of these comes a fault, some after a part of the answer."""

ODD: Final[dict[str, tuple[Reply, ...]]] = {
    "at its limit": (Answer(finish="length"),),
    "filtered": (Answer(finish="content_filter"),),
    "1 MB": (Answer("A line of an answer that does not end.\n" * 26_000, per=4_000),),
    "control sequences and markup": (Answer(HOSTILE, per=7),),
}
"""Answers that are whole, or as whole as they will be, and not what one wants."""

FAULTS: Final = GOOD | BAD | ODD
