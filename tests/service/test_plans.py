"""How PostgreSQL reads the catalog: by an index whatever is asked, also for a word that stands in every course.

The plans, not their times, on the very connections that the service reads with.
"""

import re
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import get_args
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from lms_tui.db.queries import catalog, courses, finding, search
from lms_tui.rules.search import Query
from lms_tui.service.database import Pools, open_pools
from lms_tui.wire.catalog import PageSize, Price, Sort, State

COURSES = 5_000
_PLACES = {"user": "uuid", "category": "uuid", "author": "uuid", "id": "uuid", "rank": "int", "most": "int"} | {
    "query": "text",
    "course": "uuid",
    "low": "uuid",
    "high": "uuid",
    "name": "text",
    "words": "text[]",
    "courses": "boolean",
    "lessons": "boolean",
    "everybodys": "boolean",
    "offset": "int",
}
_GIVEN = {"query": "'shared:*'", "name": "'shared'", "words": "'{shared}'", "everybodys": "true", "offset": "0"} | {
    "courses": "true",
    "lessons": "true",
}
_KEYS = {
    Sort.RELEVANCE: ("text", "'M'"),
    Sort.TITLE: ("text", "'M'"),
    Sort.NEWEST: ("timestamptz", "now()"),
    Sort.PRICE: ("int", "900"),
}
_SEARCH = Query(("shared",))
_SEARCHED = {
    "anything": _SEARCH.anything,
    "title": _SEARCH.title,
    "begin": "shared",
    "end": "shared\U0010ffff",
    **{f"rank_{rank}": query for rank, query in _SEARCH.ranks.items()},
    "search": "shared",
}
_LISTS = {"authors": "uuid[]", "whole_authors": "uuid[]", "part_authors": "text[]"}


@pytest.fixture
def filled(database_url: str) -> str:
    """A database with more courses than one reads for a page; `shared` stands in each, each has a price of its own."""
    with psycopg.connect(database_url, autocommit=True) as db:
        author = uuid4()
        db.execute("INSERT INTO users (id, email, first_name, last_name) VALUES (%s, 'a@b.org', 'A', 'B')", (author,))
        db.execute(
            "INSERT INTO users (email, first_name, last_name)"
            " SELECT n || '@b.org', 'A', 'B' FROM generate_series(1, 5000) n"
        )
        db.execute("INSERT INTO categories (id, name) SELECT gen_random_uuid(), 'C' || n FROM generate_series(1, 3) n")
        db.execute(
            "INSERT INTO courses (title, description, is_published, price_in_cents, author_id, category_id, created_at)"
            " SELECT md5(n::text), 'a shared word and ' || md5(n::text), true, n %% 2 * n, %s,"
            " (SELECT id FROM categories ORDER BY id OFFSET n %% 3 LIMIT 1), now() - n * interval '1 minute'"
            " FROM generate_series(1, %s::int) n",
            (author, COURSES),
        )
        db.execute("INSERT INTO chapters (course_id, title) SELECT id, 'One' FROM courses")
        db.execute("INSERT INTO lessons (chapter_id, type, title) SELECT id, 'text', 'One' FROM chapters")
        db.execute(
            "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id)"
            " SELECT u.id, l.id, l.chapter_id"
            " FROM (SELECT id FROM users LIMIT 60) u, (SELECT id, chapter_id FROM lessons LIMIT 100) l"
        )
        db.execute("ANALYZE student_lesson_progress, courses, chapters, lessons, categories, users")
    return database_url


def variants() -> Iterator[tuple[Sort, catalog.Way, catalog.Narrow]]:
    """Every order, way and combination of filters; by relevance only where something is searched for."""
    flags = [(False, False), (True, False), (True, True)]
    for sort, way, price, state, category, author, (searched, by_name) in product(
        Sort, get_args(catalog.Way), (Price.ALL, Price.FREE), State, (False, True), (False, True), flags
    ):
        if searched and way != "after":
            continue  # as this, without a place or from the other end
        if searched or sort is not Sort.RELEVANCE:
            yield sort, way, catalog.Narrow(price, state, category, author, searched, by_name)


async def plan_of(connection: AsyncConnection, statement: str, sort: Sort) -> str:
    """How PostgreSQL runs the statement as the service prepares it."""
    prepare, execute = numbered(statement, sort)
    await connection.execute(prepare)
    plan = await (await connection.execute(f"EXPLAIN EXECUTE {execute}")).fetchall()
    await connection.execute("DEALLOCATE p")
    return "\n".join(row[0] for row in plan)


def numbered(statement: str, sort: Sort) -> tuple[str, str]:
    """The statement to be prepared, and the arguments to execute it with; the search is for the word of all."""

    def literal(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    types, given = [], []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name == "key":
            kind, value = _KEYS[sort]
        elif name in _SEARCHED:
            kind, value = "text", literal(_SEARCHED[name])
        elif name in _LISTS:
            kind, value = _LISTS[name], "ARRAY['(shared)']" if name == "part_authors" else "ARRAY[gen_random_uuid()]"
        else:
            kind, value = _PLACES[name], "1" if name in ("rank", "most") else "gen_random_uuid()"
        types.append(kind)
        given.append(_GIVEN.get(name, value))
        return f"${len(types)}"

    prepared = re.sub(r"%\((\w+)\)s", number, statement)
    return f"PREPARE p ({', '.join(types)}) AS {prepared}", f"p ({', '.join(given)})"


@pytest.fixture
async def pools(filled: str) -> AsyncIterator[Pools]:
    """Connections as the service has them."""
    pools = open_pools(filled, 1)
    yield pools
    await pools.close()


@pytest.fixture
async def reader(pools: Pools) -> AsyncIterator[AsyncConnection]:
    """A connection as the service reads with."""
    async with pools.reader.connection() as connection:
        yield connection


@pytest.fixture
async def searcher(pools: Pools) -> AsyncIterator[AsyncConnection]:
    """A connection as the service searches with."""
    async with pools.searcher.connection() as connection:
        yield connection


def whole(plan: str) -> list[str]:
    """The reads of a whole table in `plan` that grow with the catalog."""
    return re.findall(r"Seq Scan on (?:courses|chapters|lessons|users)\b", plan)


@pytest.mark.anyio
async def test_every_page_is_read_by_an_index(reader: AsyncConnection) -> None:
    for sort, way, narrow in variants():
        if narrow.searched:
            continue
        plan = await plan_of(reader, catalog.page(sort, way, PageSize.MEDIUM, narrow), sort)
        assert not whole(plan), plan
        # of a lesson that many have begun, the caller's row alone
        assert "Index Scan using student_lesson_progress_user_id_lesson_id_key" in plan, plan
        if narrow.by_author or narrow.state in (State.TAKEN, State.COMPLETED):
            continue  # few courses, by whichever index
        column = {Sort.TITLE: "title", Sort.NEWEST: "created", Sort.PRICE: "price"}[sort]
        if narrow.in_category:
            assert re.search(
                "using lms_tui_courses_category_|on (lms_tui_courses_category_|idx_courses_category)", plan
            ), plan
            assert f"using lms_tui_courses_{column} " not in plan, plan  # all courses, for those of one category
        elif narrow.price is Price.ALL:
            assert re.search(f"Index Scan (Backward )?using lms_tui_courses_{column} on courses", plan), plan


@pytest.mark.anyio
async def test_every_search_is_read_by_the_indexes_of_words(searcher: AsyncConnection) -> None:
    for sort, way, narrow in variants():
        if not narrow.searched:
            continue
        plan = await plan_of(searcher, catalog.page(sort, way, PageSize.MEDIUM, narrow), sort)
        assert not whole(plan), plan
        ranks = plan.count("Bitmap Index Scan on lms_tui_courses_searched")
        if sort is Sort.RELEVANCE:
            assert ranks >= (6 if narrow.by_name else 4), plan
            assert "lms_tui_courses_beginning" in plan or narrow != catalog.Narrow(searched=True), plan
        else:
            assert ranks >= (2 if narrow.by_name else 1), plan
        # the expression of the index is never worked out for a row: only an index answers to it
        assert not re.search(r"Filter: .*array_to_tsvector", plan), plan
        # never courses in order until fifty match (one's own few may be read so)
        own = narrow.state in (State.TAKEN, State.COMPLETED)
        assert own or not re.search("Index Scan (Backward )?using lms_tui_courses_(title|created|price)", plan), plan


@pytest.mark.anyio
async def test_a_search_ends_when_its_page_is_full(searcher: AsyncConnection) -> None:
    """`shared` stands in each description and in the title of ten courses: the last rank is read for what is left
    only; and where a hundred titles begin with it, no other rank is."""
    statement = catalog.page(Sort.RELEVANCE, "first", PageSize.MEDIUM, catalog.Narrow(searched=True))
    for begin, unread in ((10, 1), (100, 4)):
        await searcher.execute(
            "UPDATE courses SET title = 'Shared ' || title WHERE id IN (SELECT id FROM courses LIMIT %s)", (begin,)
        )
        prepare, execute = numbered(statement, Sort.RELEVANCE)
        await searcher.execute(prepare)
        rows = await (await searcher.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE {execute}")).fetchall()
        await searcher.execute("DEALLOCATE p")
        plan = "\n".join(row[0] for row in rows)
        assert len(re.findall(r"Index Scan on lms_tui_courses_searched \(never executed\)", plan)) == unread, plan


@pytest.mark.anyio
async def test_what_is_typed_and_what_is_counted_is_read_by_indexes(searcher: AsyncConnection) -> None:
    assert "lms_tui_users_names" in (plan := await plan_of(searcher, search.RESOLVE, Sort.TITLE)), plan
    assert not whole(plan), plan
    for price, state, by_author, by_name in product(Price, State, (False, True), (False, True)):
        narrow = catalog.Narrow(price, state, by_author=by_author, searched=True, by_name=by_name)
        plan = await plan_of(searcher, catalog.counts(narrow), Sort.TITLE)
        assert "Bitmap Index Scan on lms_tui_courses_searched" in plan, plan
        assert not whole(plan), plan


@pytest.mark.anyio
async def test_a_small_catalog_is_searched_by_the_indexes_too(database_url: str) -> None:
    """PostgreSQL would rather read a few hundred courses from end to end, and work out the words of each."""
    pools = open_pools(database_url, 1)
    async with pools.searcher.connection() as connection:
        for statement in (
            catalog.page(Sort.RELEVANCE, "first", PageSize.MEDIUM, catalog.Narrow(searched=True, by_name=True)),
            catalog.counts(catalog.Narrow(searched=True, by_name=True)),
            courses.managed(PageSize.MEDIUM, searched=True),
        ):
            plan = await plan_of(connection, statement, Sort.RELEVANCE)
            assert "Bitmap Index Scan on lms_tui_courses_searched" in plan, plan
            assert not whole(plan), plan
    await pools.close()


@pytest.mark.anyio
async def test_a_name_is_found_by_indexes_alone(reader: AsyncConnection) -> None:
    plan = await plan_of(reader, finding.FIND, Sort.TITLE)
    assert not whole(plan), plan
    assert "Bitmap Index Scan on lms_tui_courses_words" in plan, plan
