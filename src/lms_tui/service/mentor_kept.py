"""The row of an answer while it comes: true at every moment, whatever ends it.

It is written with the first piece and marked as cut until the answer is whole; it is written again while it grows. So
an answer of a service that was killed stands as what had come, marked; one of which nothing came has no row, and its
question is answered by asking again.
"""

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from lms_tui.db.queries import mentor as queries
from lms_tui.db.queries.quizzes import together
from lms_tui.mentor.tokens import estimate
from lms_tui.mentor.turns import MODEL_LENGTH, End
from lms_tui.service import mentor_turns
from lms_tui.service.database import Pools
from lms_tui.service.faults import not_found
from lms_tui.wire import mentor as wire
from lms_tui.wire.text import clean

STORE_SECONDS: Final = 1.0
"""How long a piece that the learner has seen may be missing in what is stored."""


class Kept:
    """The row of an answer while it comes."""

    def __init__(self, pools: Pools, own: UUID, thread: UUID, model: str) -> None:
        self._pools, self._own, self._thread = pools, own, thread
        self._model = model[:MODEL_LENGTH]
        self._parts: list[str] = []
        self._created_at: datetime | None = None
        self._storing: asyncio.Task[None] | None = None
        self._over = False
        self.answer = ""
        """The answer, once it is whole."""

    async def add(self, text: str) -> None:
        """Take what came next; it stands in the row at once if it is the first, and soon otherwise."""
        self._parts.append(text)
        if self._created_at is None:
            model = self._model + queries.ENDED_BADLY
            values = {"answer": self._own, "thread": self._thread, "text": self._text, "model": model}
            async with self._pools.writer.connection() as tx:
                [rows] = await together(tx, (queries.BEGIN_ANSWER, values), commit=True)
            if not rows:  # answered meanwhile by a terminal whose turn was thought to be over, or the thread is gone
                self._over = True
                raise mentor_turns.busy()
            self._created_at = rows[0][0]
            return
        if self._storing is not None and self._storing.done():
            self._storing.result()  # where the database went away, no more is asked of the model
            self._storing = None
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_soon(), name="store an answer")

    async def whole(self, end: End) -> wire.Message:
        """Store the answer as whole, and return it. Raises Fault `not_found` where its thread is gone."""
        self._model = end.model
        await self._end(self._model, end.tokens)
        self.answer = self._text
        return self._message(cut=False, tokens=end.tokens)

    async def cut(self) -> wire.Message | None:
        """Store what has come, if anything has, and return it; after the end it does nothing."""
        if self._created_at is None or self._over:
            return None
        tokens = estimate(self._text)
        await self._end(self._model + queries.ENDED_BADLY, tokens)
        return self._message(cut=True, tokens=tokens)

    @property
    def _text(self) -> str:
        return clean("".join(self._parts))

    def _message(self, *, cut: bool, tokens: int) -> wire.Message:
        assert self._created_at is not None  # noqa: S101 - it has begun
        return wire.Message(
            id=self._own,
            role=wire.Role.ASSISTANT,
            text=self._text,
            created_at=self._created_at,
            tokens=tokens,
            model=self._model,
            cut=cut,
        )

    async def _end(self, model: str, tokens: int) -> None:
        self._over = True
        if self._storing is not None:
            self._storing.cancel()
            await asyncio.wait((self._storing,))
        async with self._pools.writer.connection() as tx:
            row = self._row(model, tokens)
            touched = queries.TOUCH, {"thread": self._thread}
            stored, _ = await together(tx, (queries.SET_ANSWER, row), touched, commit=True)
        if not stored:
            raise not_found("thread")

    async def _store_soon(self) -> None:
        stored = 0
        while stored != len(self._parts):
            await asyncio.sleep(STORE_SECONDS)
            stored = len(self._parts)
            row = self._row(self._model + queries.ENDED_BADLY, None)
            if await self._pools.soon(queries.SET_ANSWER, row) != 1:
                raise not_found("thread")

    def _row(self, model: str, tokens: int | None) -> dict[str, Any]:
        return {"answer": self._own, "text": self._text, "model": model, "tokens": tokens}
