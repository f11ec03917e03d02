"""Misspelled words of a search: what they may stand for, from words that are gathered out of the catalog now and then.

Nothing depends on it: the search itself reads the courses. The words are gathered when a search found nothing and they
have become old, by one process at a time, in pieces between which others get their turn, and never in anybody's way;
whatever other programs wrote is seen by the next gathering. Without our own schema nothing is corrected.
"""

import asyncio
import logging
import time
from itertools import product
from typing import Final
from uuid import UUID

import psycopg

from lms_tui.db.queries import spelling as queries
from lms_tui.rules.spelling import SHORTEST, keys, likeliest
from lms_tui.service.database import Pools

_PIECE: Final = 500
"""Courses of one statement: a tenth of a second."""
_WAIT_SECONDS: Final = 0.5
"""How long a search waits for the gathering that it began, where it knows nothing: enough for a small catalog."""
_REST: Final = 3
"""For how many times as long as a piece took the gathering rests after it: a quarter of one core at most."""
_MOST: Final = 3
"""Spellings that are tried."""

_log = logging.getLogger(__name__)


class Spelling:
    """Knows the words of the catalog by the database; one per process."""

    def __init__(self) -> None:
        self._gathering: asyncio.Task[None] | None = None

    async def nearly(self, pools: Pools, words: tuple[str, ...]) -> list[str]:
        """Return what `words` may have been meant to be, the likeliest first; [] where each is known or none is like
        it. Words that are known stay."""
        asked = [word for word in words if len(word) >= SHORTEST]
        if not asked:
            return []
        try:
            like = await _like(pools, asked)
            begun = await self._begun(pools)
            if begun is not None and not all(like.values()):
                await asyncio.wait({begun}, timeout=_WAIT_SECONDS)
                like = await _like(pools, asked)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
            _log.warning("nothing is corrected: %s", error)
            return []
        if not like or not all(like.values()):
            return []
        choices = [likeliest(word, like[word])[:_MOST] if word in like else [word] for word in words]
        return [" ".join(choice) for choice in product(*choices)][:_MOST]

    async def close(self) -> None:
        """Give up what is being gathered; another process takes it up."""
        if self._gathering is not None:
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)

    async def _begun(self, pools: Pools) -> "asyncio.Task[None] | None":
        """Begin to gather the words anew where they are old; return what has begun just now, if anything.

        Nobody else waits for it: who searches meanwhile gets what was known before.
        """
        if self._gathering is not None and not self._gathering.done():
            return None
        if not (await pools.rows(queries.ARE_OLD, {}))[0][0]:
            return None
        async with pools.writer.connection() as tx:
            found = await (await tx.execute(queries.BEGIN)).fetchone()
        if found is None:
            return None
        self._gathering = asyncio.create_task(self._gather(pools, found[0]), name="gather the catalog's words")
        return self._gathering

    async def _gather(self, pools: Pools, edition: int) -> None:
        try:
            await _gather(pools, edition)
        except psycopg.Error:
            _log.exception("the words of the catalog could not be gathered")


async def _like(pools: Pools, words: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Return for each of `words` that is not known those that are spelled nearly alike, with their numbers of
    courses."""
    pairs = [(word, key) for word in words for key in keys(word)]
    values = {"words": [word for word, _ in pairs], "keys": [key for _, key in pairs]}
    like: dict[str, list[tuple[str, int]]] = {}
    for word, other, courses in await pools.rows(queries.NEARLY, values):
        like.setdefault(word, []).extend([(other, courses)] if other is not None else [])
    return like


async def _gather(pools: Pools, edition: int) -> None:
    """Gather all words, and at the end forget those that no course has any more."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        began = time.monotonic()
        async with pools.writer.connection() as tx:
            values = {"edition": edition, "after": after, "size": _PIECE}
            row = await (await tx.execute(queries.PIECE, values)).fetchone()
            after = None if row is None else row[0]
            if after is not None:
                await tx.execute(queries.GATHER_PIECE, {**values, "upto": after})
        await asyncio.sleep(_REST * (time.monotonic() - began))
    async with pools.writer.connection() as tx:
        await tx.execute(queries.GATHER_NAMES, {"edition": edition})
        await tx.execute(queries.END, {"edition": edition})
