"""Long threads: the oldest of them is summed up by the model, in the background after an answer (`mentor.summary`).

It runs under the turn of the answer that it follows: a learner's threads are summed up by one worker at a time, and
what it takes counts to their day. Their next question waits for it, here at least: it is then told the summary. The row
has an id made of the last message that it sums up, so that a second run writes nothing; one that fails, or dies, has
written nothing, and the next answer tries again.
"""

import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg

from lms_tui.db.queries import mentor as queries
from lms_tui.mentor.summary import ANSWER_TOKENS, LONGEST_SUMMARY, Said, needed, turns_for, written
from lms_tui.mentor.tokens import estimate, estimate_turns
from lms_tui.mentor.turns import End, ProviderFault
from lms_tui.service.database import Pools
from lms_tui.service.mentor_turns import Turn

if TYPE_CHECKING:
    from lms_tui.mentor.provider import Provider

_BYTES_PER_TOKEN: Final = 8
"""More than any text has: so much of a thread is read as could be told."""

_log = logging.getLogger(__name__)


async def said_in(pools: Pools, thread: UUID, budget: int) -> list[Said]:
    """Return what was said in a thread, as much of the newest as a `budget` of tokens could take, and its summaries."""
    rows = await pools.rows(queries.HISTORY, {"thread": thread, "bytes": budget * _BYTES_PER_TOKEN})
    return [Said(own, role, text, (model or "").endswith(queries.ENDED_BADLY)) for own, role, text, model in rows]


async def sum_up(pools: Pools, provider: "Provider", thread: UUID, budget: int, turn: Turn) -> None:
    """Sum up the oldest of a thread if what is told of it passes `budget` tokens; end `turn`, whatever happens."""
    try:
        said = await said_in(pools, thread, budget)
        if (upto := needed(said, budget)) is None:
            return
        turns = turns_for(said, upto, budget)
        before = turn.tokens
        turn.tokens += estimate_turns(turns)
        text, end = "", None
        async with aclosing(provider.stream(turns, most_tokens=ANSWER_TOKENS)) as pieces:
            async for piece in pieces:
                if isinstance(piece, End):
                    end = piece
                    turn.tokens = before + piece.tokens
                else:
                    text += piece.text
                    turn.tokens += estimate(piece.text or piece.thinking)
                    if len(text) > LONGEST_SUMMARY:
                        break
        if row := written(upto, text):
            model, tokens = ("", None) if end is None else (end.model, end.tokens)
            values = {"own": row[0], "thread": thread, "upto": upto, "text": row[1], "model": model, "tokens": tokens}
            async with pools.writer.connection() as tx:
                await tx.execute(queries.ADD_SUMMARY, values, prepare=True)
    except ProviderFault as fault:
        _log.info("a thread is not summed up: %s", fault.trouble)
    except psycopg.OperationalError as error:
        _log.info("a thread is not summed up: %s", error)
    finally:
        await turn.end()
