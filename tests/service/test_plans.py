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

from lms_tui.db.queries import catalog, finding
from lms_tui.service.database import open_pools
from lms_tui.wire.catalog import PageSize, Price, Sort

COURSES = 5_000
_PLACES = {"user": "uuid", "query": "text", "category": "uuid", "id": "uuid", "course": "uuid", "low": "uuid"} | {
    "high": "uuid",
    "name": "text",
    "words": "text[]",
    "courses": "boolean",
    "lessons": "boolean",
}
_GIVEN = {"query": "'shared:*'", "name": "'shared'", "words": "'{shared}'", "courses": "true", "lessons": "true"}
_KEYS = {Sort.TITLE: ("text", "'M'"), Sort.NEWEST: ("timestamptz", "now()"), Sort.PRICE: ("int", "900")}


@pytest.fixture
def filled(database_url: str) -> str:
    """A database with more courses than one reads for a page; `shared` stands in each, each has a price of its own."""
    with psycopg.connect(database_url, autocommit=True) as db:
        author = uuid4()
        db.execute("INSERT INTO users (id, email, first_name, last_name) VALUES (%s, 'a@b.org', 'A', 'B')", (author,))
        db.execute(
            "INSERT INTO users (email, first_name, last_name)"
            " SELECT n || '@b.org', 'A', 'B' FROM generate_series(1, 60) n"
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
            " SELECT u.id, l.id, l.chapter_id FROM users u, (SELECT id, chapter_id FROM lessons LIMIT 100) l"
        )
        db.execute("ANALYZE student_lesson_progress, courses, chapters, lessons, categories, users")
    return database_url


def variants() -> Iterator[tuple[Sort, catalog.Way, Price, bool, bool]]:
    yield from product(Sort, get_args(catalog.Way), Price, (False, True), (False, True))


async def plan_of(connection: AsyncConnection, statement: str, sort: Sort) -> str:
    """How PostgreSQL runs the statement as the service prepares it."""
    prepare, execute = numbered(statement, sort)
    await connection.execute(prepare)
    plan = await (await connection.execute(f"EXPLAIN EXECUTE {execute}")).fetchall()
    await connection.execute("DEALLOCATE p")
    return "\n".join(row[0] for row in plan)


def numbered(statement: str, sort: Sort) -> tuple[str, str]:
    """The statement to be prepared, and the arguments to execute it with; the search is for the word of all."""
    types, given = [], []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        kind, value = _KEYS[sort] if name == "key" else (_PLACES[name], "gen_random_uuid()")
        types.append(kind)
        given.append(_GIVEN.get(name, value))
        return f"${len(types)}"

    prepared = re.sub(r"%\((\w+)\)s", number, statement)
    return f"PREPARE p ({', '.join(types)}) AS {prepared}", f"p ({', '.join(given)})"


@pytest.fixture
async def reader(filled: str) -> AsyncIterator[AsyncConnection]:
    """A connection as the service reads with."""
    pools = open_pools(filled, 1)
    async with pools.reader.connection() as connection:
        yield connection
    await pools.close()


@pytest.mark.anyio
async def test_every_page_is_read_by_an_index(reader: AsyncConnection) -> None:
    for sort, way, price, searched, in_category in variants():
        statement = catalog.page(sort, way, price, PageSize.MEDIUM, searched=searched, in_category=in_category)
        plan = await plan_of(reader, statement, sort)
        assert not re.search("Seq Scan on (courses|chapters|lessons)", plan), plan
        # of a lesson that many have begun, the caller's row alone
        assert "Index Scan using student_lesson_progress_user_id_lesson_id_key" in plan, plan
        column = {Sort.TITLE: "title", Sort.NEWEST: "created", Sort.PRICE: "price"}[sort]
        if searched:
            # a category's free courses, few here, may be read one and all; never courses in order until 50 match
            assert "Index Scan using lms_tui_courses" not in plan, plan
            assert "Index Scan Backward using lms_tui_courses" not in plan, plan
            if price is Price.ALL and not in_category:
                assert "Bitmap Index Scan on lms_tui_courses_words" in plan, plan
        elif in_category:
            assert re.search(
                "using lms_tui_courses_category_|on (lms_tui_courses_category_|idx_courses_category)", plan
            ), plan
            assert f"using lms_tui_courses_{column} " not in plan, plan  # all courses, for those of one category
        elif price is Price.ALL:
            assert re.search(f"Index Scan (Backward )?using lms_tui_courses_{column} on courses", plan), plan


@pytest.mark.anyio
async def test_counts_of_a_search_read_only_what_matches(reader: AsyncConnection) -> None:
    for price in Price:
        plan = await plan_of(reader, catalog.counts(price, searched=True), Sort.TITLE)
        assert "Bitmap Index Scan on lms_tui_courses_words" in plan, plan


@pytest.mark.anyio
async def test_a_name_is_found_by_indexes_alone(reader: AsyncConnection) -> None:
    plan = await plan_of(reader, finding.FIND, Sort.TITLE)
    assert not re.search("Seq Scan on (courses|chapters|lessons)", plan), plan
    assert "Bitmap Index Scan on lms_tui_courses_words" in plan, plan
