"""Progress: what is recorded, that it only grows, and that order and repetition do not matter."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import anyio
import psycopg
import pytest

from lms_tui.service.progress import record
from lms_tui.service.statistics import refresh

from .conftest import House
from .test_statistics import blocked, standing

pytestmark = pytest.mark.anyio


def lessons_of(house: House, course: UUID) -> dict[str, UUID]:
    """Ids of the course's lessons by title."""
    found = house.db.execute(
        "SELECT l.title, l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %s",
        (course,),
    )
    return dict(found.fetchall())


def enrolled(house: House, course: UUID) -> UUID:
    """Return a new learner of `course`."""
    user = house.person()
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    return user


def texts_only(house: House, course: UUID) -> dict[str, UUID]:
    """Make every lesson of `course` one that is completed by hand; return the ids by title."""
    found = lessons_of(house, course)
    house.db.execute("UPDATE lessons SET type = 'text' WHERE id = ANY(%s)", (list(found.values()),))
    return found


async def put(house: House, user: UUID, lesson: UUID, what: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    """Send `start` or `completion`; return status and body."""
    body = {"id": str(uuid4())} | {name: str(value) for name, value in fields.items()}
    reply = await house.http.put(f"/v1/lessons/{lesson}/{what}", json=body, headers=house.session(user))
    return reply.status_code, reply.json()


def rows(house: House, user: UUID) -> list[tuple[Any, ...]]:
    """The learner's progress without ids and times of the clock."""
    return house.db.execute(
        "SELECT l.title, p.is_started, p.is_completed, p.is_quiz_passed, p.attempts, p.completed_at IS NOT NULL"
        " FROM student_lesson_progress p JOIN lessons l ON l.id = p.lesson_id WHERE p.user_id = %s ORDER BY l.title",
        (user,),
    ).fetchall()


async def agree(house: House) -> None:
    """The statistics kept on the way are those that counting anew gives."""
    kept = standing(house)
    await refresh(house.service.shared.pools)
    anew = standing(house)
    for table, told in kept.items():
        assert set(told) <= set(anew[table])


async def test_from_the_first_opening_to_the_completed_course(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = enrolled(house, course)
    status, told = await put(house, user, lessons["Lesson 1.1"], "start")
    assert status == 200
    assert (told["started"], told["completed"], told["completed_lessons"], told["lessons"]) == (True, False, 0, 4)
    seen = told["id"]
    for number, title in enumerate(("Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"), start=1):
        status, told = await put(house, user, lessons[title], "completion")
        assert (status, told["completed"], told["completed_lessons"]) == (200, True, number)
        assert told["chapter_completed"] == title.endswith("2")
        assert told["course_completed"] == (number == 4)
        assert number > 1 or told["id"] == seen, "the row that stands keeps its id"
    chapters = house.db.execute("SELECT is_completed, completed_at FROM student_chapter_progress").fetchall()
    assert [done for done, _ in chapters] == [True, True]
    enrolment = house.db.execute("SELECT completed_at FROM student_courses WHERE user_id = %s", (user,)).fetchone()
    last = house.db.execute("SELECT max(completed_at) FROM student_lesson_progress").fetchone()
    assert enrolment == last == (max(at for _, at in chapters),)
    statistics_told = standing(house)
    assert statistics_told["user_statistics"][0][1:4] == (1, 1, 4)
    assert statistics_told["courses_summary_stats"][0][1:3] == (1, 1)
    assert statistics_told["course_students_stats"][0][3] == last[0]
    await agree(house)


async def test_any_order_and_any_repetition_come_to_the_same(house: House) -> None:
    author = house.person()
    outcomes = set()
    now = datetime.now(UTC)
    for number, order in enumerate(permutations(("start", "late", "early", "start"))):
        course = house.course(author, f"Course {number}")
        user = enrolled(house, course)
        lesson = lessons_of(house, course)["Lesson 1.1"]
        made = now - timedelta(days=9)
        house.db.execute(
            "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, created_at)"
            " SELECT %s, id, chapter_id, %s FROM lessons WHERE id = %s",
            (user, made, lesson),
        )
        for what in order:
            days = {"start": 8, "late": 2, "early": 5}[what]
            at = (now - timedelta(days=days)).isoformat()
            status, _ = await put(house, user, lesson, "start" if what == "start" else "completion", at=at)
            assert status == 200
        stands = house.db.execute(
            "SELECT is_started, is_completed, completed_at, attempts FROM student_lesson_progress WHERE user_id = %s",
            (user,),
        ).fetchone()
        outcomes.add(stands)
    assert outcomes == {(True, True, now - timedelta(days=5), 0)}


async def test_what_is_heard_last_may_have_been_first_for_chapter_course_and_statistics_too(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = enrolled(house, course)
    made = datetime.now(UTC) - timedelta(days=9)
    house.db.execute("UPDATE student_courses SET enrolled_at = %s", (made,))
    house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, created_at)"
        " SELECT %s, l.id, l.chapter_id, %s FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " WHERE ch.archived IS NOT TRUE",
        (user, made),
    )

    async def done(title: str, days: int) -> None:
        at = (made + timedelta(days=days)).isoformat()
        assert (await put(house, user, lessons[title], "completion", at=at))[0] == 200

    def since() -> list[float]:
        """Days at which both chapters and the course are told to be complete, in the statistics too."""
        found = house.db.execute(
            "SELECT p.completed_at FROM student_chapter_progress p JOIN chapters ch ON ch.id = p.chapter_id"
            " ORDER BY ch.title"
        ).fetchall()
        for table, column in (("student_courses", "completed_at"), ("course_students_stats", "completion_date")):
            found += house.db.execute(f"SELECT {column} FROM {table}".encode()).fetchall()
        found += house.db.execute(
            "SELECT %s + average_completion_time_hours * interval '1 hour' FROM courses_summary_stats", (made,)
        ).fetchall()
        return [(at - made) / timedelta(days=1) for (at,) in found]

    for title, days in (("Lesson 1.1", 1), ("Lesson 1.2", 3), ("Lesson 2.1", 2), ("Lesson 2.2", 6)):
        await done(title, days)
    assert since() == [3, 6, 6, 6, 6]
    await done("Lesson 2.2", 7)
    await done("Lesson 1.2", 2)
    assert since() == [2, 6, 6, 6, 6]
    await done("Lesson 2.2", 5)
    assert since() == [2, 5, 5, 5, 5]
    house.db.execute(
        "INSERT INTO lessons (chapter_id, type, title) SELECT id, 'text', 'New' FROM chapters WHERE title = 'Chapter 2'"
    )
    await done("Lesson 2.2", 4)
    assert since() == [2, 5, 5, 5, 5], "with a new lesson it is not known when the old ones were all done: it stands"
    assert (await refresh(house.service.shared.pools)).mended == 0


async def test_a_clients_clock_is_held_between_the_row_and_now(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = enrolled(house, course)
    for title, at in (("Lesson 1.1", "1999-01-01T00:00:00Z"), ("Lesson 1.2", "2999-01-01T00:00:00Z")):
        await put(house, user, lessons[title], "completion", at=at)
    inside = "SELECT bool_and(completed_at BETWEEN created_at AND clock_timestamp()) FROM student_lesson_progress"
    assert house.db.execute(inside).fetchone() == (True,)
    assert house.db.execute("SELECT count(*) FROM student_lesson_progress").fetchone() == (2,)


async def test_a_fresh_start_refuses_what_did_not_see_it(house: House) -> None:
    course = house.course(house.person(), "Course")
    lesson = lessons_of(house, course)["Lesson 1.1"]
    user = enrolled(house, course)
    _, told = await put(house, user, lesson, "start")
    fresh = uuid4()
    house.db.execute("UPDATE student_lesson_progress SET id = %s, is_started = false", (fresh,))
    for what in ("start", "completion"):
        status, problem = await put(house, user, lesson, what, seen=told["id"])
        assert (status, problem["code"]) == (409, "stale")
    assert rows(house, user) == [("Lesson 1.1", False, False, False, 0, False)]
    assert (await put(house, user, lesson, "completion", seen=fresh))[0] == 200
    assert rows(house, user) == [("Lesson 1.1", True, True, False, 0, True)]


async def test_who_may_record(house: House) -> None:
    author = house.person("ADMIN")
    free, priced = house.course(author, "Free"), house.course(author, "Priced", price=1)
    draft, gone = house.course(author, "Draft", published=False), house.course(author, "Gone")
    house.db.execute("UPDATE courses SET archived = true WHERE id = %s", (gone,))
    learner, stranger = house.person(), house.person("ADMIN")
    for course in (free, priced, draft, gone):
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course))
    lesson = {course: lessons_of(house, course)["Lesson 1.1"] for course in (free, priced, draft, gone)}
    archived = lessons_of(house, free)["Lesson 3.1"]
    missing = (await put(house, stranger, uuid4(), "start"))[1]
    for what in ("start", "completion"):
        for course, mine, others in (
            (free, 200, "enrol_first"),
            (priced, 200, "enrol_first"),
            (draft, 403, "not_found"),
            (gone, 403, "not_found"),
        ):
            status, told = await put(house, learner, lesson[course], what)
            assert status == mine
            assert status == 200 or told["code"] == "course_unavailable"
            status, told = await put(house, stranger, lesson[course], what)
            assert told["code"] == others
            assert status == 403 or told == missing
        assert (await put(house, learner, archived, what)) == (404, missing)
    assert house.db.execute("SELECT DISTINCT user_id FROM student_lesson_progress").fetchall() == [(learner,)]


@pytest.mark.parametrize(("kind", "status"), [("quiz", 409), ("QUIZ", 409), ("scorm", 409), ("video", 200), ("x", 200)])
async def test_what_completes_by_hand(house: House, kind: str, status: int) -> None:
    course = house.course(house.person(), "Course")
    lesson = lessons_of(house, course)["Lesson 1.1"]
    house.db.execute("UPDATE lessons SET type = %s WHERE id = %s", (kind, lesson))
    user = enrolled(house, course)
    assert (await put(house, user, lesson, "start"))[0] == 200
    given, told = await put(house, user, lesson, "completion")
    assert given == status
    assert status == 200 or told["code"] == "not_by_hand"
    assert rows(house, user)[0][2] is (status == 200)


async def test_ids_that_are_taken(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = lessons_of(house, course)
    user, other = enrolled(house, course), enrolled(house, course)
    taken = uuid4()
    assert (await put(house, user, lessons["Lesson 1.1"], "start", id=taken))[0] == 200
    assert (await put(house, user, lessons["Lesson 1.1"], "start", id=taken))[0] == 200
    status, told = await put(house, user, lessons["Lesson 2.1"], "start", id=taken)
    assert (status, told["code"]) == (409, "id_taken")
    assert (await put(house, other, lessons["Lesson 1.1"], "start", id=taken))[0] == 404
    assert len(rows(house, user)) == 1
    assert rows(house, other) == []


async def test_a_completed_course_and_chapter_stand_when_lessons_are_added(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = enrolled(house, course)
    empty = "INSERT INTO chapters (course_id, title) VALUES (%s, 'Empty')"
    house.db.execute(empty, (course,))
    for title in ("Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"):
        _, told = await put(house, user, lessons[title], "completion")
    assert told["course_completed"], "a chapter without lessons does not count"
    marks = "SELECT chapter_id, is_completed, completed_at FROM student_chapter_progress ORDER BY 1"
    dates = "SELECT completed_at FROM student_courses"
    before = house.db.execute(marks).fetchall(), house.db.execute(dates).fetchall()
    house.db.execute(
        "INSERT INTO lessons (chapter_id, type, title) SELECT id, 'text', 'New' FROM chapters WHERE title = 'Chapter 1'"
    )
    _, told = await put(house, user, lessons["Lesson 1.1"], "start")
    assert (told["course_completed"], told["chapter_completed"]) == (True, True)
    assert (told["completed_lessons"], told["lessons"]) == (4, 5)
    _, told = await put(house, user, lessons_of(house, course)["New"], "completion")
    assert told["completed_lessons"] == 5
    assert (house.db.execute(marks).fetchall(), house.db.execute(dates).fetchall()) == before


async def test_a_quiz_records_the_same_way(house: House) -> None:
    course = house.course(house.person(), "Course")
    lesson = lessons_of(house, course)["Lesson 1.2"]
    user = enrolled(house, course)
    for passed, attempts in ((False, 1), (True, 2), (False, 3)):
        async with house.service.shared.pools.writer.connection() as tx:
            await tx.execute(
                "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at) VALUES (%s, %s, 50, now())",
                (user, lesson),
            )
            told = await record(
                tx,
                user,
                lesson,
                row_id=uuid4(),
                seen=None,
                started=True,
                completed=passed,
                quiz_passed=passed,
                attempts=attempts,
            )
    assert told.completed
    assert rows(house, user) == [("Lesson 1.2", True, True, True, 3, True)]
    assert standing(house)["course_students_stats"][0][5] == 3, "also the one that came after passing"


async def test_of_the_last_two_lessons_at_once_one_completes_the_course(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = texts_only(house, course)
    user = enrolled(house, course)
    for title in ("Lesson 1.1", "Lesson 1.2"):
        await put(house, user, lessons[title], "completion")
    second: list[dict[str, Any]] = []

    async def complete() -> None:
        second.append((await put(house, user, lessons["Lesson 2.2"], "completion"))[1])

    async with anyio.create_task_group() as group, house.service.shared.pools.writer.connection() as tx:
        first = await record(tx, user, lessons["Lesson 2.1"], row_id=uuid4(), seen=None, started=True, completed=True)
        group.start_soon(complete)
        await blocked(house, 1)
    assert not first.course_completed
    assert (second[0]["course_completed"], second[0]["completed_lessons"]) == (True, 4)


async def test_progress_waits_for_a_fresh_start_that_is_under_way(house: House) -> None:
    course = house.course(house.person(), "Course")
    lesson = lessons_of(house, course)["Lesson 1.1"]
    user = enrolled(house, course)
    _, told = await put(house, user, lesson, "start")
    answers: list[dict[str, Any]] = []

    async def complete() -> None:
        answers.append((await put(house, user, lesson, "completion", seen=told["id"]))[1])

    async with anyio.create_task_group() as group:
        with psycopg.connect(house.db.info.dsn) as instructor:
            instructor.execute("UPDATE student_lesson_progress SET id = gen_random_uuid(), is_started = false")
            group.start_soon(complete)
            await blocked(house, 1)
    assert answers[0].get("code") == "stale", answers
    assert rows(house, user) == [("Lesson 1.1", False, False, False, 0, False)]


async def test_opening_again_makes_it_the_lesson_to_go_on_with(house: House) -> None:
    course = house.course(house.person(), "Course")
    lessons = lessons_of(house, course)
    user = enrolled(house, course)
    for title in ("Lesson 1.1", "Lesson 2.1", "Lesson 1.1"):
        await put(house, user, lessons[title], "start")
        home = (await house.http.get("/v1/home", headers=house.session(user))).json()
        assert home["resume"]["lesson_title"] == title


async def test_done_counts_as_started(house: House) -> None:
    course = house.course(house.person(), "Course")
    user = enrolled(house, course)
    async with house.service.shared.pools.writer.connection() as tx:
        lesson = lessons_of(house, course)["Lesson 1.1"]
        told = await record(tx, user, lesson, row_id=uuid4(), seen=None, started=False, completed=True)
    assert told.started


async def test_learners_at_once_do_not_stop_each_other(house: House) -> None:
    author = house.person()
    courses = [house.course(author, f"Course {number}") for number in range(2)]
    lessons = [texts_only(house, course) for course in courses]
    users = [house.person() for _ in range(4)]
    for user in users:
        for course in courses:
            house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    failures: list[tuple[int, dict[str, Any]]] = []

    async def learn(user: UUID, place: int, titles: list[str]) -> None:
        for title in titles:
            for what in ("start", "completion"):
                status, told = await put(house, user, lessons[place][title], what)
                if status != 200:
                    failures.append((status, told))

    titles = ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"]
    async with anyio.create_task_group() as group:
        for number, user in enumerate(users):
            for place in (0, 1):
                group.start_soon(learn, user, place, titles[:: 1 if number % 2 else -1])
                group.start_soon(learn, user, place, titles[:: -1 if number % 2 else 1])
    assert failures == []
    told = standing(house)
    assert [row[1:4] for row in told["user_statistics"]] == [(2, 2, 8)] * 4
    assert [row[1:3] for row in told["courses_summary_stats"]] == [(4, 4)] * 2
    assert len(rows(house, users[0])) == 8
    await agree(house)
