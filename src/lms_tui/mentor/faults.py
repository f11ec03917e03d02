"""What is said when a provider does not answer as it should: to the learner, and to those who run the service.

The learner's sentence tells what to do and who can do it, and has nothing of the provider in it. The administrator's is
for `lms-tui mentor setup`, `mentor test` and `doctor`.
"""

from typing import Final

from lms_tui.mentor.turns import ProviderFault, Trouble

_STAFF: Final = "tell those who run this service"

_SENTENCES: Final = {
    Trouble.AWAY: f"The mentor's AI provider cannot be reached. Ask again in some minutes; if it stays away, {_STAFF}.",
    Trouble.KEY: f"The AI provider does not let this service in. You can do nothing about that: {_STAFF}.",
    Trouble.MODEL: f"The AI provider does not have the model that this service asks for: {_STAFF}.",
    Trouble.BUSY: "The AI provider has too much to do just now. Ask again in {}.",
    Trouble.TOO_LONG: "This is more than the model can take in. Ask something shorter, or start the conversation over.",
    Trouble.REFUSED: f"The AI provider refused the question. Ask in other words; if that is refused too, {_STAFF}.",
    Trouble.BROKEN: f"The AI provider failed. Ask again in a moment; if it fails again, {_STAFF}.",
    Trouble.SLOW: "The AI provider did not answer in time. Ask again in a few minutes.",
    Trouble.EMPTY: "The model answered without a word. Ask again, or in other words.",
    Trouble.UNREADABLE: f"What the AI provider sent cannot be read. Ask again; if it stays so, {_STAFF}.",
}
_MIDWAY: Final = {
    Trouble.BROKEN: "The answer broke off. What came of it is kept; ask again to have another.",
    Trouble.SLOW: "The answer stood still for too long. What came of it is kept; ask again to have another.",
    Trouble.UNREADABLE: f"The rest of the answer cannot be read. What came is kept; if it stays so, {_STAFF}.",
}
_USED_UP: Final = f"The account of this service at the AI provider is used up: {_STAFF}."

_TODO: Final = {
    Trouble.AWAY: "Is the server running, is base right, and can this machine reach it? With https: is its certificate"
    " of an authority that this machine knows, or given as ca?",
    Trouble.KEY: "Give a key that is valid at this server and may use this model: lms-tui mentor setup.",
    Trouble.MODEL: "Give a model that the server has: lms-tui mentor setup lists them. With Ollama: ollama pull MODEL.",
    Trouble.BUSY: "Wait (it may be loading its model), or raise the limits of the account. Where its money is used up,"
    " only the provider's account page helps.",
    Trouble.TOO_LONG: "Give the server a longer context (Ollama: OLLAMA_CONTEXT_LENGTH; llama.cpp: -c; vLLM:"
    " --max-model-len), or lower history_tokens.",
    Trouble.REFUSED: "Is base the address up to /v1, and does the server take every field of mentor.extra?",
    Trouble.BROKEN: "Look into the log of the server.",
    Trouble.SLOW: "Is the model loaded, and the machine quick enough for it? read_seconds says how long to wait.",
    Trouble.EMPTY: "A model that only thinks needs more answer_tokens, or less reasoning_effort in mentor.extra.",
    Trouble.UNREADABLE: "Is base the address of an API that speaks chat.completions, up to /v1? A proxy may have"
    " answered in its place.",
}


def fault(
    trouble: Trouble,
    seen: str,
    *,
    begun: bool = False,
    retry_after: float | None = None,
    used_up: bool = False,
) -> ProviderFault:
    """Return the fault with its sentence; `begun`: some of the answer had come, which is kept."""
    if used_up:
        sentence = _USED_UP
    elif begun and trouble in _MIDWAY:
        sentence = _MIDWAY[trouble]
    else:
        sentence = _SENTENCES[trouble].format(_wait(retry_after))
    return ProviderFault(trouble, sentence, retry_after=retry_after, seen=seen)


def todo(trouble: Trouble) -> str:
    """Return what those who run the service can do about it."""
    return _TODO[trouble]


def _wait(seconds: float | None) -> str:
    if seconds is None:
        return "a minute"
    if seconds < 100:
        return "a second" if seconds <= 1 else f"{seconds:.0f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 100 else f"{round(minutes / 60)} hours"
