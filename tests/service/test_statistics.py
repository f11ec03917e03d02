"""The counters: both ways of counting agree, and concurrent changes lose nothing."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import anyio
import psycopg
import pytest

from lms_tui.db.queries import statistics
from lms_tui.service.statistics import refresh

from .conftest import House

pytestmark = pytest.mark.anyio

TABLES = {
    "course_students_stats": "course_id, user_id, enrollment_date, completion_date, study_time_minutes, quiz_attempts,"
    " average_quiz_score",
    "user_statistics": "user_id, courses_enrolled, courses_completed, lessons_completed, total_study_time_minutes,"
    " average_quiz_score",
    "courses_summary_stats": "course_id, total_enrollments, completed_enrollments, average_completion_time_hours,"
    " average_course_rating",
}


def standing(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the three tables say."""
    return {
        table: house.db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2".encode()).fetchall()
        for table, columns in TABLES.items()
    }


async def recount(house: House, users: Collection[UUID], courses: Collection[UUID], **also: bool) -> None:
    async with house.service.shared.pools.writer.connection() as tx:
        await statistics.recount(tx, users, courses, **also)


def enrol(house: House, user: UUID, course: UUID, hours: int | None = None) -> None:
    house.db.execute(
        "INSERT INTO student_courses (user_id, course_id, enrolled_at, completed_at)"
        " VALUES (%s, %s, '2026-01-01Z', '2026-01-01Z'::timestamptz + make_interval(hours => %s))",
        (user, course, hours),
    )


def attempt(house: House, user: UUID, course: UUID, score: int | None, *, done: bool = True) -> None:
    house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at, created_at)"
        " SELECT %s, l.id, %s, CASE WHEN %s THEN now() END, clock_timestamp()"
        " FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " WHERE ch.course_id = %s AND l.title = 'Lesson 1.2'",
        (user, score, done, course),
    )


async def test_both_ways_of_counting_agree(house: House) -> None:
    ada, bob, idle = house.person(), house.person(), house.person()
    one, two, empty = (house.course(ada, title) for title in ("One", "Two", "Empty"))
    enrol(house, ada, one, 3)
    enrol(house, bob, one, 4)
    enrol(house, ada, two)
    house.db.execute(
        "INSERT INTO course_students_stats (course_id, user_id, enrollment_date, completion_date, study_time_minutes)"
        " VALUES (%s, %s, '2025-01-01Z', '2025-01-02Z', 7), (%s, %s, NULL, NULL, 5)",
        (two, bob, one, bob),
    )
    for score, done in ((50, True), (67, True), (67, True), (None, True), (None, False)):
        attempt(house, ada, one, score, done=done)
    house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_completed)"
        " SELECT %s, id, chapter_id, title LIKE '%%.1' FROM lessons",
        (ada,),
    )
    await recount(house, [ada, bob], [one, two])
    told = standing(house)
    users = {row[0]: row[1:] for row in told["user_statistics"]}
    assert users == {ada: (2, 1, 9, 0, Decimal("61.33")), bob: (1, 1, 0, 12, None)}
    assert {row[0]: row[1:] for row in told["courses_summary_stats"]} == {
        one: (2, 2, Decimal("3.50"), None),
        two: (1, 0, None, None),
    }
    pairs = {(row[0], row[1]): (row[4], row[5], row[6]) for row in told["course_students_stats"]}
    assert pairs == {
        (one, ada): (0, 3, Decimal("61.33")),
        (one, bob): (5, 0, None),
        (two, ada): (0, 0, None),
        (two, bob): (7, 0, None),
    }
    left = next(row for row in told["course_students_stats"] if row[:2] == (two, bob))
    assert left[2].year == left[3].year == 2025, "who left keeps both dates"
    house.db.execute("DELETE FROM user_statistics")
    house.db.execute("DELETE FROM courses_summary_stats")
    house.db.execute("UPDATE course_students_stats SET quiz_attempts = 99, average_quiz_score = 1")
    counted = await refresh(house.service.shared.pools, batch=1)
    assert standing(house) == told
    assert (counted.users, counted.courses, counted.mended) == (2, 2, 2 + 2 + 4), (
        "4 pairs and all the rows that were gone"
    )
    assert (await refresh(house.service.shared.pools)).mended == 0, "what is true already is not written"
    assert idle not in users
    assert empty not in {row[0] for row in told["courses_summary_stats"]}


async def test_averages_are_held_to_their_columns(house: House) -> None:
    ada = house.person()
    course = house.course(ada, "Course")
    house.db.execute(
        "INSERT INTO student_courses (user_id, course_id, enrolled_at, completed_at)"
        " VALUES (%s, %s, '1700-01-01Z', '2026-01-01Z')",
        (ada, course),
    )
    attempt(house, ada, course, 5000)
    await recount(house, [ada], [course])
    told = standing(house)
    assert told["course_students_stats"][0][6] == told["user_statistics"][0][5] == Decimal("999.99")
    assert told["courses_summary_stats"][0][3] == Decimal("999999.99")


async def test_what_is_true_already_is_not_written(house: House) -> None:
    ada = house.person()
    course = house.course(ada, "Course")
    enrol(house, ada, course)
    await recount(house, [ada], [course])
    stamps = "SELECT xmin::text FROM {0} UNION ALL SELECT updated_at::text FROM {0}"
    before = [house.db.execute(stamps.format(table).encode()).fetchall() for table in TABLES]
    await recount(house, [ada], [course])
    assert [house.db.execute(stamps.format(table).encode()).fetchall() for table in TABLES] == before


async def test_the_summary_is_left_alone_without_enrolments(house: House) -> None:
    ada = house.person()
    course = house.course(ada, "Course")
    enrol(house, ada, course)
    await recount(house, [ada], [course], enrolments=False)
    told = standing(house)
    assert (len(told["user_statistics"]), told["courses_summary_stats"]) == (1, [])


async def blocked(house: House, sessions: int) -> None:
    """Return as soon as so many sessions of this database wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with anyio.fail_after(20):
        while house.db.execute(waiting).fetchone() != (sessions,):  # noqa: ASYNC110 - the database tells no event
            await anyio.sleep(0.01)


ENROL = "INSERT INTO student_courses (user_id, course_id, enrolled_at) VALUES (%s, %s, '2026-01-01Z')"
ATTEMPT = (
    "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at, created_at)"
    " SELECT %s, l.id, 50, now(), clock_timestamp() FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
    " WHERE ch.course_id = %s LIMIT 1"
)


@pytest.mark.parametrize("what", ["one person", "one course", "one person in one course"])
async def test_who_comes_second_counts_what_the_first_wrote(house: House, what: str) -> None:
    users = [house.person(), house.person()]
    courses = [house.course(users[0], f"Course {number}") for number in range(2)]
    change, pairs = {
        "one person": (ENROL, ((users[0], courses[0]), (users[0], courses[1]))),
        "one course": (ENROL, ((users[0], courses[0]), (users[1], courses[0]))),
        "one person in one course": (ATTEMPT, ((users[0], courses[0]), (users[0], courses[0]))),
    }[what]
    if change == ATTEMPT:
        enrol(house, *pairs[0])
    await recount(house, users, courses)
    writer = house.service.shared.pools.writer

    async def second() -> None:
        async with writer.connection() as tx:
            await tx.execute(change, pairs[1])
            await statistics.recount(tx, [pairs[1][0]], [pairs[1][1]])

    async with anyio.create_task_group() as group, writer.connection() as tx:
        await tx.execute(change, pairs[0])
        await statistics.recount(tx, [pairs[0][0]], [pairs[0][1]])
        group.start_soon(second)
        await blocked(house, 1)
    kept = standing(house)
    await refresh(house.service.shared.pools)
    assert standing(house) == kept


async def test_a_refresh_beside_learners_ends_true_and_keeps_the_study_time(house: House) -> None:
    author = house.person()
    users = [house.person() for _ in range(6)]
    courses = [house.course(author, f"Course {number}") for number in range(3)]
    pools = house.service.shared.pools
    for user in users:
        enrol(house, user, courses[0])
    await recount(house, users, courses)
    house.db.execute("UPDATE course_students_stats SET study_time_minutes = 40, quiz_attempts = 9")
    house.db.execute("UPDATE user_statistics SET courses_enrolled = 9, total_study_time_minutes = 1")

    async def learn(user: UUID) -> None:
        for course in courses[1:]:
            async with pools.writer.connection() as tx:
                await tx.execute(ENROL, (user, course))
                await tx.execute(ATTEMPT, (user, course))
                await statistics.recount(tx, [user], [course])

    async with anyio.create_task_group() as group:
        for user in users:
            group.start_soon(learn, user)
        group.start_soon(lambda: refresh(pools, batch=2))
    kept = standing(house)
    assert {row[1:] for row in kept["user_statistics"]} == {(3, 0, 0, 40, Decimal("50.00"))}
    assert {row[1:] for row in kept["courses_summary_stats"]} == {(6, 0, None, None)}
    assert {row[5] for row in kept["course_students_stats"] if row[0] == courses[0]} == {0}
    assert (await refresh(pools)).mended == 0


@pytest.mark.parametrize("table", TABLES)
async def test_rows_are_locked_in_the_order_of_their_ids(house: House, table: str) -> None:
    """Behind a row that somebody else holds, all rows of lower ids are locked already, and none of higher ones."""
    users = [house.person() for _ in range(3)]
    courses = [house.course(users[0], f"Course {number}") for number in range(3)]
    for user in users:
        for course in courses:
            enrol(house, user, course)
    await recount(house, users, courses)
    order = {"user_statistics": "user_id", "courses_summary_stats": "course_id"}.get(table, "user_id, course_id")
    rows = [row[0] for row in house.db.execute(f"SELECT id FROM {table} ORDER BY {order}".encode()).fetchall()]
    held = len(rows) // 2
    free = f"SELECT id FROM {table} FOR UPDATE SKIP LOCKED".encode()
    async with anyio.create_task_group() as group:
        with psycopg.connect(house.db.info.dsn) as other:
            other.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE".encode(), (rows[held],))
            group.start_soon(recount, house, users[::-1], courses[::-1])
            await blocked(house, 1)
            assert {row[0] for row in house.db.execute(free).fetchall()} == set(rows[held + 1 :])


async def test_many_at_once_neither_block_each_other_for_good_nor_lose_a_count(house: House) -> None:
    author = house.person()
    users = [house.person() for _ in range(4)]
    courses = [house.course(author, f"Course {number}") for number in range(4)]

    async def change(turn: int) -> None:
        """Enrol one pair, then count sets that overlap those of the others, named in another order each."""
        async with house.service.shared.pools.writer.connection() as tx:
            await tx.execute(
                "INSERT INTO student_courses (id, user_id, course_id) VALUES (%s, %s, %s)",
                (uuid4(), users[turn % 4], courses[turn // 4]),
            )
            shift = turn % 4
            await statistics.recount(tx, users[shift:] + users[:shift], (courses[shift:] + courses[:shift])[::-1])

    async with anyio.create_task_group() as group:
        for turn in range(16):
            group.start_soon(change, turn)
    told = standing(house)
    assert [row[1] for row in told["user_statistics"]] == [4] * 4
    assert [row[1] for row in told["courses_summary_stats"]] == [4] * 4
    assert len(told["course_students_stats"]) == 16
