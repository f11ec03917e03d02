"""The AI provider as the service sees it: turns in, the answer out, piece by piece, or a fault with its sentence."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from lms_tui.mentor.bursts import Bursts, Give, nobody
from lms_tui.mentor.faults import fault
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.mentor.sieve import Sieve
from lms_tui.mentor.tokens import estimate, estimate_turns
from lms_tui.mentor.turns import End, Piece, ProviderFault, Trouble, Turn, known_as
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.mentor.openai_line import Line, Said

ANSWER_LIMIT: Final = 256 * 1024
"""Bytes of an answer as UTF-8: the longest that is taken, whatever the provider would still send."""
THINKING_LIMIT: Final = 4 * ANSWER_LIMIT
"""Characters that a model may think, shown beside the answer."""
READ_SECONDS: Final = 0.25
"""How long nothing is read after a piece: a screen draws four times a second, and waking up for each word of a hundred
answers is most of what they cost (bench/README.md)."""
_READ_SECONDS_EACH: Final = 0.005
"""The same for each answer that comes now, where that is longer: of a hundred, each is read twice a second."""
RETRY_SECONDS: Final = 0.5
"""Before the one time that a provider which failed at once is asked again."""
_QUIET: Final = 5
"""Times `read_seconds` without a piece, while the server sends signs of life."""

_OPTIONS: Final = ("stream_options", "max_completion_tokens", "max_tokens")
"""What servers are known to refuse, and an answer can be had without."""
_INSIDE: Final = {"stream_options": "include_usage"}
_SHORTENED: Final = ("length", "content_filter")

_log = logging.getLogger(__name__)


class Provider:
    """One AI provider. Made without a connection; used from one event loop, for any number of streams at once.

    `give` lets go first who is not to wait for what comes of it (`bursts`).
    """

    def __init__(self, settings: ProviderSettings, give: Give = nobody) -> None:
        self._settings = settings
        self._give = give
        self._line: Line | None = None
        self._loading = asyncio.Lock()
        self._coming = 0
        """How many answers come now."""
        own = urlsplit(settings.base).hostname == "api.openai.com"
        names = ["max_completion_tokens", "max_tokens"]
        self._limits = names if own else names[::-1]
        """What a server may call the most tokens of an answer, the likelier one first."""
        self._refused: set[str] = set()
        """Options that this server does not take."""

    def __repr__(self) -> str:
        """Leave out all but the model."""
        return f"Provider(model={self._settings.model!r})"

    async def stream(
        self,
        turns: Sequence[Turn],
        most_tokens: int | None = None,
        answer_format: dict[str, Any] | None = None,
    ) -> AsyncGenerator[Piece | End, None]:
        """Yield what the model answers as it comes, and last how it ended.

        `most_tokens` is for this answer, in place of what is configured; `answer_format` a `response_format` of the
        protocol. Close it (`contextlib.aclosing`) to stop: the connection to the provider ends at once. A provider
        that fails before the first piece is asked a second time, once. Raises ProviderFault.
        """
        again = True
        while True:
            answer = _Answer(self._settings.model, turns)
            try:
                async with aclosing(self._pieces(answer, turns, most_tokens, answer_format)) as pieces:
                    async for piece in pieces:
                        yield piece
            except ProviderFault as error:
                soon = error.trouble in (Trouble.AWAY, Trouble.BROKEN) and (error.retry_after or 0) <= 1
                again = again and soon and not answer.begun
                told = {"event": "mentor_fault", "trouble": error.trouble, "seen": error.seen, "again": again}
                _log.warning("the AI provider failed", extra={"fields": told})
                if not again:
                    raise answer.told(error) from None
            else:
                yield answer.end()
                return
            again = False
            await asyncio.sleep(RETRY_SECONDS)

    async def models(self) -> list[str]:
        """Return the names of the models that the server has. Raises ProviderFault."""
        return await (await self._opened()).models()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._line is not None:
            await self._line.aclose()

    async def _opened(self) -> "Line":
        """Return the line, made in a thread the first time: its library takes long to load."""
        async with self._loading:
            if self._line is None:
                try:
                    self._line = await asyncio.to_thread(_open, self._settings)
                except OSError as error:
                    raise fault(Trouble.AWAY, f"certificates: {error.strerror or error}") from None
            return self._line

    async def _pieces(
        self,
        answer: "_Answer",
        turns: Sequence[Turn],
        most_tokens: int | None,
        answer_format: dict[str, Any] | None,
    ) -> AsyncGenerator[Piece, None]:
        """Yield the pieces of one answer, asked for without each option that the server has refused."""
        line = await self._opened()
        left_out: set[str] = set()
        while True:
            body = self._body(turns, most_tokens, answer_format, left_out)
            try:
                async with aclosing(self._told(line, body, answer)) as pieces:
                    async for piece in pieces:
                        yield piece
            except ProviderFault as error:
                option = next((name for name in _OPTIONS if name in body and _names(error.seen, name)), None)
                if option is None or error.trouble not in (Trouble.REFUSED, Trouble.TOO_LONG):
                    raise
                left_out.add(option)
                if error.trouble is Trouble.REFUSED:  # the other is about this one question
                    self._refused.add(option)
            else:
                return

    async def _told(self, line: "Line", body: dict[str, Any], answer: "_Answer") -> AsyncGenerator[Piece, None]:
        quiet = _QUIET * self._settings.read_seconds
        self._coming += 1
        try:
            async with aclosing(line.said(body)) as stream, aclosing(Bursts(stream, self._give)) as bursts:
                while True:
                    try:
                        async with asyncio.timeout(quiet):
                            piece = await answer.next(bursts)
                    except TimeoutError:
                        raise fault(Trouble.SLOW, f"no piece in {quiet:.0f} s") from None
                    if piece is None:
                        return
                    yield piece
                    await asyncio.sleep(max(READ_SECONDS, _READ_SECONDS_EACH * self._coming))
        finally:
            self._coming -= 1

    def _body(
        self,
        turns: Sequence[Turn],
        most_tokens: int | None,
        answer_format: dict[str, Any] | None,
        left_out: set[str],
    ) -> dict[str, Any]:
        refused = self._refused | left_out
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in turns],
        }
        if "stream_options" not in refused:
            body["stream_options"] = {"include_usage": True}
        most = most_tokens or self._settings.answer_tokens
        limit = next((name for name in self._limits if name not in refused), None)
        if most and limit is not None:
            body[limit] = most
        if answer_format is not None:
            body["response_format"] = answer_format
        return body


class _Answer:
    """How far an answer has come."""

    def __init__(self, model: str, turns: Sequence[Turn]) -> None:
        self.begun = False
        self._model = model
        self._turns = turns
        self._sieve = Sieve()
        self._written: list[str] = []
        """All of it, the thoughts too: for the estimate."""
        self._size = self._thought = self._tokens = 0
        self._finish = ""
        self._heard = self._over = False

    async def next(self, stream: "Bursts[Said]") -> Piece | None:
        """Return what has come as one piece, None at the end. Raises ProviderFault."""
        while not self._over:
            piece = self._within(self._sorted(await stream.next()))
            if piece.text or piece.thinking:
                self.begun = True
                self._written += piece.text, piece.thinking
                return piece
        if not self._heard:
            raise fault(Trouble.UNREADABLE, "a reply without an event")
        if not self._finish and not self._tokens:
            raise fault(Trouble.BROKEN, "a stream that ended without its end")
        if not self._size:
            raise fault(Trouble.EMPTY, f"no text; finish {clean_line(self._finish)[:40]!r}")
        return None

    def _sorted(self, burst: "list[Said]") -> Piece:
        """Return what is text of it and what is thinking; of none, the end, what was held until then."""
        if not burst:
            self._over = True
            return self._sieve.end()
        self._heard = True
        for said in burst:
            self._model = said.model or self._model
            self._tokens, self._finish = said.tokens or self._tokens, said.finish or self._finish
        piece = self._sieve.let("".join(said.text for said in burst))
        return Piece(piece.text, "".join(said.thinking for said in burst) + piece.thinking)

    def told(self, error: ProviderFault) -> ProviderFault:
        """Return the fault with the sentence for how far the answer had come."""
        return fault(error.trouble, error.seen, begun=True) if self._size else error

    def end(self) -> End:
        """Return how it ended."""
        tokens = self._tokens or estimate_turns(self._turns) + estimate("".join(self._written))
        return End(known_as(self._model), tokens, full=self._finish not in _SHORTENED)

    def _within(self, piece: Piece) -> Piece:
        """Return as much of `piece` as there is room for; with the last of it, the answer is over."""
        text = piece.text.encode()
        room = ANSWER_LIMIT - self._size
        self._size += len(text)
        self._thought += len(piece.thinking)
        if len(text) <= room and self._thought <= THINKING_LIMIT:
            return piece
        self._over, self._finish = True, "length"
        return Piece(text[:room].decode(errors="ignore"), piece.thinking)


def _open(settings: ProviderSettings) -> "Line":
    from lms_tui.mentor.openai_line import Line  # noqa: PLC0415 - the library takes long to load

    return Line(settings)


def _names(words: str, option: str) -> bool:
    """Tell whether a refusal is about `option`."""
    return re.search(rf"\b({option}|{_INSIDE.get(option, option)})\b", words) is not None
