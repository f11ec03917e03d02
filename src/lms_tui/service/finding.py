"""Finding what somebody named on the command line."""

import re
from typing import Final
from uuid import UUID

from lms_tui.db.queries import finding as queries
from lms_tui.service.context import Context
from lms_tui.wire import finding as wire

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 12
_ID_PART: Final = re.compile(r"[0-9a-f-]{4,36}", re.IGNORECASE)
_NONE: Final = (UUID(int=2**128 - 1), UUID(int=0))


async def find(ctx: Context, ask: wire.FindRequest) -> wire.Finds:
    """Return what the name fits best among the courses that the caller sees or is enrolled in, and their lessons.

    A title is found by its words: one without a letter or digit is found by id alone.
    """
    name = " ".join(ask.name.split())
    low, high = ids_from(name)
    values = {
        "user": ctx.caller.id,
        "name": name,
        "low": low,
        "high": high,
        "query": " & ".join(f"{word}:*" for word in words_of(name)),
        "words": [rf"\m{word}" for word in words_of(name)],
        "courses": ask.kind is not wire.Kind.LESSON and ask.course_id is None,
        "lessons": ask.kind is not wire.Kind.COURSE,
        "course": ask.course_id,
    }
    rows = await ctx.pools.rows(queries.FIND, values) if name else []
    found = [
        wire.Found(id=row[0], title=row[1], course_id=row[2], course_title=row[3], lesson_type=row[4])
        for row in rows[: queries.MOST]
    ]
    return wire.Finds(found=found, more=len(rows) > queries.MOST)


def ids_from(name: str) -> tuple[UUID, UUID]:
    """Return the least and the greatest id that begin with `name`, hyphens aside; the least is the greater where
    `name` is no beginning of an id of four hex digits at least."""
    digits = name.replace("-", "")
    if _ID_PART.fullmatch(name) is None or not 4 <= len(digits) <= 32:
        return _NONE
    return UUID(hex=digits.ljust(32, "0")), UUID(hex=digits.ljust(32, "f"))


def words_of(name: str) -> list[str]:
    """Return the first twelve words of `name`, letters and digits alone, in lower case: no operator of PostgreSQL's
    query language can be typed."""
    return _WORD.findall(name.casefold())[:_MOST_WORDS]
