"""The three tables of statistics counted anew from what is stored (`lms-tui stats refresh`, domain.md, Statistics)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from lms_tui.db.queries import statistics as queries
from lms_tui.service.database import Pools

BATCH: Final = 500
"""People, or courses, counted in one transaction: so long, and no longer, may a write of one of them have to wait."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was counted, and how much of it had been wrong."""

    users: int
    courses: int
    mended: int
    """Rows that said something else before, or were missing and now say something."""


async def refresh(pools: Pools, *, batch: int = BATCH) -> Refreshed:
    """Count everything again but the study time, which nothing else tells; who left keeps both dates.

    Goes through the people and then the courses by id, `batch` of them in a transaction, each of which takes its
    locks in the order of all other writers: learning goes on meanwhile. Whatever is written beside it is counted by
    its own transaction, so that all is true at the end too. Can be broken off and run again. Raises psycopg.Error.
    """
    users = [row[0] for row in await pools.rows(queries.ALL_USERS, {})]
    mended = 0
    for some in _batches(users, batch):
        async with pools.writer.connection() as tx:
            mended += await queries.recount_students(tx, some, await queries.courses_of(tx, some))
            mended += await queries.recount_users(tx, some)
    courses = [row[0] for row in await pools.rows(queries.ALL_COURSES, {})]
    for some in _batches(courses, batch):
        async with pools.writer.connection() as tx:
            mended += await queries.recount_courses(tx, some)
    return Refreshed(users=len(users), courses=len(courses), mended=mended)


def _batches(ids: Sequence[UUID], size: int) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some
