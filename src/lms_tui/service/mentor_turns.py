"""Who may have the mentor speak now: a learner's turn, their tokens of the day, and how many at once.

A learner has one turn at a time, whichever terminal or operation takes it (an answer, a check): so what a day allows
cannot be passed by asking twice at once. What begins within the day's tokens is finished, and so the last answer of a
day may go over. A day is UTC's, by the database's clock. A turn that is not told to be alive for STALE_SECONDS is of a
worker that has gone, and counts as used what its row said. A service that is `alone` knows so at once, and the workers
of one service know it of each other (`mentor_workers`): one that is to be refused for a turn of a worker that has gone
ends it, and so does the worker that takes the place of one, for those who are asked at another machine.

Where the database has no tables of ours, each worker counts for itself (domain.md, state that has no column).
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import psycopg

from lms_tui.db.queries import mentor_turns as queries
from lms_tui.db.queries.quizzes import together
from lms_tui.mentor.bursts import GIVE_SECONDS
from lms_tui.rules.mentor import used_up
from lms_tui.service.context import Context, Shared
from lms_tui.service.database import Pools
from lms_tui.service.faults import Fault
from lms_tui.service.mentor_counted import Counted
from lms_tui.service.mentor_workers import is_gone, new_turn
from lms_tui.wire.errors import Code

_log = logging.getLogger(__name__)

STALE_SECONDS: Final = 30.0
KEEP_SECONDS: Final = 5.0
"""How often a turn says that it goes on."""
_FULL_SECONDS: Final = 5.0
"""After how long to ask again where all turns are taken."""

USED_UP: Final = "You have used up what the mentor can say to you today. There is more tomorrow."

NO_TABLES: Final = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
)
"""What PostgreSQL says where it keeps no turns."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a learner has used today, and of how much."""

    tokens: int
    allowed: int
    """0: any number."""
    opens_at: datetime
    """When the next day begins."""

    @property
    def up(self) -> bool:
        """Whether nothing is left."""
        return used_up(self.tokens, self.allowed)


class Turn:
    """A learner's turn; `end` it in any case. It says by itself that it goes on."""

    def __init__(self, pools: Pools, user: UUID, turn: UUID, tokens: int, counted: Counted | None) -> None:
        self._pools, self._values, self._counted = pools, {"user": user, "turn": turn}, counted
        self.tokens = tokens
        """What it has used so far, or is thought to; `end` counts it."""
        self._keeping = asyncio.create_task(self._keep(), name="mentor's turn") if counted is None else None

    async def end(self) -> None:
        """Give the turn back and count its tokens; a second time does nothing.

        It is given back although who waits for that is cancelled: somebody who hangs up at the last event would be
        told for STALE_SECONDS that they are being answered.
        """
        ending = asyncio.create_task(self._end(), name="end a mentor's turn")
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait((ending,))
            raise

    async def _end(self) -> None:
        user, turn = self._values["user"], self._values["turn"]
        if self._counted is None:
            if self._keeping is not None:
                self._keeping.cancel()
            async with self._pools.writer.connection() as tx:
                ended = queries.END, self._values | {"tokens": self.tokens}
                await together(tx, ended, (queries.PRUNE, {"user": user}), commit=True)
        elif self._counted.turns.get(user) == turn:
            del self._counted.turns[user]
            today, _ = await _now(self._pools)
            self._counted.used[user] = (today, self._counted.today(user, today) + self.tokens)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                await self._pools.soon(queries.KEEP, self._values | {"tokens": self.tokens})
            except psycopg.OperationalError as error:  # away for the moment: whoever writes the answer says it
                _log.info("a turn with the mentor is not kept: %s", error)


async def take(ctx: Context, tokens: int = 0) -> Turn:
    """Take the caller's turn, which is thought to use `tokens` at first.

    Raises Fault `mentor_busy`, `mentor_full` or `mentor_budget`.
    """
    await ctx.shared.beginning.turn()
    await ctx.shared.precedence.give(GIVE_SECONDS)
    try:
        return await _take(ctx, tokens)
    except Fault as fault:
        if fault.code not in (Code.MENTOR_BUSY, Code.MENTOR_FULL) or not await end_gone(ctx.shared):
            raise
    return await _take(ctx, tokens)


async def end_gone(shared: Shared) -> bool:
    """End the turns of workers of this service that have gone; tell whether there were any."""
    family = shared.settings.family
    if not family:
        return False
    try:
        gone = [turn for (turn,) in await shared.pools.rows(queries.TURNS, {}) if is_gone(turn, family)]
    except NO_TABLES:
        return False
    if gone:
        async with shared.pools.writer.connection() as tx:
            await together(tx, (queries.LOCK, {}), (queries.SWEEP_THESE, {"turns": gone}))
        _log.warning("turns with the mentor ended whose worker has gone", extra={"fields": {"turns": len(gone)}})
    return bool(gone)


async def _take(ctx: Context, tokens: int) -> Turn:
    counted = ctx.shared.mentor_turns
    stale = 0.0 if ctx.settings.alone and not counted.begun else STALE_SECONDS
    counted.begun = True  # before anything is awaited: of two at once, the second is not to end the first one's
    user, turn = ctx.caller.id, new_turn(ctx.settings.family)
    await ctx.shared.summing.over(user)
    try:
        async with ctx.pools.writer.connection() as tx:
            _, _, standing, taken = await together(
                tx,
                (queries.LOCK, {}),
                (queries.SWEEP, {"stale": stale}),
                (queries.STANDING, {"user": user}),
                (queries.TAKE, {"user": user, "turn": turn, "tokens": tokens}),
            )
            number, has_one, used, opens_at = standing[0]
            # refused after it was taken: one round trip, and the transaction is not committed
            _check(ctx, number, Used(used, _allowed(ctx), opens_at), has_one=has_one or not taken)
            return Turn(ctx.pools, user, turn, tokens, None)
    except NO_TABLES:
        today, opens_at = await _now(ctx.pools)
        used = Used(counted.today(user, today), _allowed(ctx), opens_at)
        _check(ctx, len(counted.turns), used, has_one=user in counted.turns)
        counted.turns[user] = turn
        return Turn(ctx.pools, user, turn, tokens, counted)


async def is_taken(ctx: Context) -> bool:
    """Tell whether the caller has a turn under way, here or at another worker."""
    if ctx.settings.alone and not ctx.shared.mentor_turns.begun:
        return False
    user = {"user": ctx.caller.id}
    try:
        taken = bool((await ctx.pools.rows(queries.STANDING, user))[0][1])
    except NO_TABLES:
        return ctx.caller.id in ctx.shared.mentor_turns.turns
    if taken and await end_gone(ctx.shared):
        taken = bool((await ctx.pools.rows(queries.STANDING, user))[0][1])
    return taken


async def used(ctx: Context) -> Used:
    """Return what the caller has used today."""
    try:
        _, _, tokens, opens_at = (await ctx.pools.rows(queries.STANDING, {"user": ctx.caller.id}))[0]
    except NO_TABLES:
        today, opens_at = await _now(ctx.pools)
        tokens = ctx.shared.mentor_turns.today(ctx.caller.id, today)
    return Used(tokens, _allowed(ctx), opens_at)


def busy() -> Fault:
    """Return the fault for a caller who has a turn already."""
    return Fault(Code.MENTOR_BUSY, "The mentor is answering you already. Wait for the end of it, or stop it first.")


def _check(ctx: Context, number: int, used: Used, *, has_one: bool) -> None:
    """Raise the Fault that stands in the way of one more turn."""
    if has_one:
        raise busy()
    if used.up:
        raise Fault(Code.MENTOR_BUDGET, USED_UP, opens_at=used.opens_at)
    settings = ctx.settings.mentor
    if settings is not None and number >= settings.streams:
        said = "The mentor is talking to as many learners as it can. Ask again in a moment."
        raise Fault(Code.MENTOR_FULL, said, retry_after=_FULL_SECONDS)


def _allowed(ctx: Context) -> int:
    return ctx.settings.mentor.tokens_per_day if ctx.settings.mentor is not None else 0


async def _now(pools: Pools) -> tuple[date, datetime]:
    """Return the day by the database's clock, and when the next begins."""
    row = (await pools.rows(queries.CLOCK, {}))[0]
    return row[0], row[1]
