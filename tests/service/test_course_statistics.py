"""A course's statistics: counted right, paged without gaps, and for nobody but who teaches the course."""

from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from lms_tui.db.queries import course_statistics as queries
from lms_tui.rules import statistics as rules
from lms_tui.wire.course_statistics import LearnerSort

from .conftest import House
from .quiz_kit import Quiz, full_quiz, good
from .test_statistics import enrol, recount

pytestmark = pytest.mark.anyio


async def get(house: House, user: UUID, path: str, **query: object) -> httpx.Response:
    given = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}
    return await house.http.get(path, params=given, headers=house.session(user))


def lesson(house: House, course: UUID, title: str) -> UUID:
    row = house.db.execute(
        "SELECT l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %s AND l.title = %s",
        (course, title),
    ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def step(house: House, user: UUID, course: UUID, title: str, days_ago: int = 0, minutes: int | None = None) -> None:
    """Begin a lesson so many days ago, and complete it after so many minutes."""
    house.db.execute(
        "INSERT INTO student_lesson_progress"
        " (user_id, lesson_id, chapter_id, is_started, is_completed, created_at, updated_at, completed_at)"
        " SELECT %(u)s, id, chapter_id, true, %(m)s::int IS NOT NULL, at, at, at + %(m)s::int * interval '1 minute'"
        " FROM lessons, (SELECT now() - %(d)s * interval '1 day' AS at) t WHERE id = %(l)s",
        {"u": user, "l": lesson(house, course, title), "d": days_ago, "m": minutes},
    )


def taken(house: House, user: UUID, course: UUID, score: int, minutes: int = 10, *, passed: bool = False) -> None:
    house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, is_passed, created_at, completed_at)"
        " SELECT %s, %s, %s, %s, at, at + %s * interval '1 minute' FROM (SELECT clock_timestamp() AS at) t",
        (user, lesson(house, course, "Lesson 1.2"), score, passed, minutes),
    )


@pytest.fixture
async def taught(house: House) -> tuple[House, UUID, UUID, list[UUID]]:
    """An author, their course and five learners: one is done, one goes on, one paused too long, two never began."""
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "Course")
    people = [house.person(email=f"learner{number}@example.org") for number in range(5)]
    for number, user in enumerate(people):
        enrol(house, user, course, 10 if number == 0 else None)
        house.db.execute("UPDATE users SET first_name = %s, last_name = 'L' WHERE id = %s", (f"L{number}", user))
    for title in ("Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"):
        step(house, people[0], course, title, 30, 4)
    step(house, people[1], course, "Lesson 1.1", 3, 8)
    step(house, people[1], course, "Lesson 1.2", 2)
    step(house, people[2], course, "Lesson 1.1", 20)
    for score, passed in ((40, False), (80, True)):
        taken(house, people[0], course, score, 10, passed=passed)
    taken(house, people[1], course, 50, 30)
    house.db.execute("UPDATE student_courses SET enrolled_at = now() WHERE user_id = %s", (people[4],))
    await recount(house, people, [course])
    house.db.execute("UPDATE course_students_stats SET study_time_minutes = 7 WHERE user_id = %s", (people[1],))
    return house, author, course, people


Taught = tuple[House, UUID, UUID, list[UUID]]


async def test_the_overview_says_who_is_where(taught: Taught) -> None:
    house, author, course, _ = taught
    found = good(await get(house, author, f"/v1/courses/{course}/statistics"))
    numbers = {name: found[name] for name in ("enrolled", "completed", "not_started", "active", "stopped")}
    assert numbers == {"enrolled": 5, "completed": 1, "not_started": 2, "active": 1, "stopped": 2}
    assert (found["average_hours"], found["average_best"], found["study_minutes"]) == (10, 65, 7)
    lines = {line["title"]: line for line in found["lessons"]}
    assert list(lines) == ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"], "nothing of the archived chapter"
    assert {title: (line["started"], line["completed"]) for title, line in lines.items()} == {
        "Lesson 1.1": (3, 2),
        "Lesson 1.2": (2, 1),
        "Lesson 2.1": (1, 1),
        "Lesson 2.2": (1, 1),
    }
    assert [(line["here"], line["stopped"]) for line in lines.values()] == [(1, 1), (1, 0), (0, 0), (0, 0)]
    assert [line["median_minutes"] for line in lines.values()] == [6, 10, 4, None]
    quiz = lines["Lesson 1.2"]
    assert (quiz["type"], quiz["attempts"], quiz["average_best"], quiz["passed"]) == ("quiz", 3, 65, 1)
    assert len(found["weeks"]) == 12
    assert found["weeks"][-1]["enrolled"] == 1


async def test_a_group_narrows_everything_to_its_members(taught: Taught) -> None:
    house, author, course, people = taught
    group, gone = uuid4(), uuid4()
    house.db.execute(
        "INSERT INTO groups (id, name, archived) VALUES (%s, 'Monday', NULL), (%s, 'Old', true)", (group, gone)
    )
    stranger = house.person()
    for user in (people[1], people[2], stranger):
        house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (group, user))
    found = good(await get(house, author, f"/v1/courses/{course}/statistics", group_id=group))
    assert found["groups"] == [{"id": str(group), "name": "Monday", "learners": 2}]
    assert (found["enrolled"], found["completed"], found["average_best"]) == (2, 0, 50)
    assert found["lessons"][1]["attempts"] == 1
    page = good(await get(house, author, f"/v1/courses/{course}/statistics/learners", group_id=group))
    assert (page["total"], [line["name"] for line in page["learners"]]) == (2, ["L1 L", "L2 L"])
    nobody = good(await get(house, author, f"/v1/courses/{course}/statistics", group_id=uuid4()))
    assert (nobody["enrolled"], nobody["average_hours"]) == (0, None)


async def test_a_course_of_somebody_else_is_missing_byte_for_byte(taught: Taught) -> None:
    house, author, course, people = taught
    other, admin = house.person("CONTENT_CREATOR"), house.person("ADMIN")
    for rest in ("", "/questions", "/learners", f"/learners/{people[0]}"):
        path = "/v1/courses/{}/statistics" + rest
        theirs = await get(house, other, path.format(course))
        missing = await get(house, other, path.format(uuid4()))
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content) == (404, missing.content)
        assert (await get(house, people[0], path.format(course))).status_code == 403, "a learner teaches nothing"
        assert (await get(house, admin, path.format(course))).content == (
            await get(house, author, path.format(course))
        ).content
    stranger = f"/v1/courses/{course}/statistics/learners/{other}"
    assert (await get(house, author, stranger)).content == (
        await get(house, author, f"/v1/courses/{course}/statistics/learners/{uuid4()}")
    ).content


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(LearnerSort))
async def test_pages_of_learners_have_everybody_once_and_in_order(
    house: House, sort: LearnerSort, descending: bool
) -> None:
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "Course")
    for number in range(45):
        user = house.person(email=f"p{number}@example.org")
        house.db.execute("UPDATE users SET first_name = %s WHERE id = %s", (f"N{number % 7}", user))
        enrol(house, user, course)
        if number % 3:
            step(house, user, course, "Lesson 1.1", number % 5, 5 if number % 2 else None)
            taken(house, user, course, number % 4 * 20)
    house.db.execute(
        "INSERT INTO course_students_stats (user_id, course_id, study_time_minutes)"
        " SELECT user_id, course_id, length(user_id::text) % 3 FROM student_courses"
    )
    path, after, seen = f"/v1/courses/{course}/statistics/learners", None, []
    while True:
        query = {"sort": sort.value, "descending": descending, "size": 20} | ({"after": after} if after else {})
        page = good(await get(house, author, path, **query))
        assert page["total"] == 45
        seen += page["learners"]
        after = page["next"]
        if after is None:
            break
        assert len(page["learners"]) == 20
    assert len({line["id"] for line in seen}) == len(seen) == 45
    keys = [_key(sort, line) for line in seen]
    for before, behind in pairwise(keys):
        assert before >= behind if descending else before <= behind


def _key(sort: LearnerSort, line: dict[str, Any]) -> Any:
    match sort:
        case LearnerSort.NAME:
            return line["name"].lower()
        case LearnerSort.PROGRESS:
            return line["completed_lessons"]
        case LearnerSort.ACTIVE:
            return datetime.fromisoformat(line["last_active_at"]).timestamp() if line["last_active_at"] else 0.0
        case LearnerSort.SCORE:
            return -1000 if line["average_best"] is None else line["average_best"]
        case LearnerSort.STUDY:
            return line["study_minutes"]


async def test_a_broken_place_or_that_of_another_order_is_refused(taught: Taught) -> None:
    house, author, course, _ = taught
    path = f"/v1/courses/{course}/statistics/learners"
    reply = await get(house, author, path, after="nonsense!")
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_request")
    for number in range(25):
        enrol(house, house.person(email=f"more{number}@example.org"), course)
    place = good(await get(house, author, path, size=20))["next"]
    reply = await get(house, author, path, after=place, sort="study", size=20)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_request")


async def test_a_learner_in_detail(taught: Taught) -> None:
    house, author, course, people = taught
    found = good(await get(house, author, f"/v1/courses/{course}/statistics/learners/{people[0]}"))
    line = found["line"]
    assert (line["name"], line["completed_lessons"], line["lessons"]) == ("L0 L", 4, 4)
    assert (line["quizzes"], line["average_best"], line["stopped"]) == (1, 80, False)
    quiz = next(each for each in found["lessons"] if each["title"] == "Lesson 1.2")
    assert (quiz["best_score"], [each["score"] for each in quiz["attempts"]]) == (80, [80, 40])
    page = good(await get(house, author, f"/v1/courses/{course}/statistics/learners"))
    for each in page["learners"]:
        detail = good(await get(house, author, f"/v1/courses/{course}/statistics/learners/{each['id']}"))
        assert detail["line"] == each, "the list and the detail say the same"


async def test_the_hardest_questions_come_first_with_the_share_of_each_option(house: House) -> None:
    quiz: Quiz = full_quiz(house)
    admin = house.person("ADMIN")
    chosen = [0, 0, 1]
    for pick in chosen:
        attempt = (await quiz.start())["id"]
        await quiz.set_answer(attempt, "one", {"chosen": [str(quiz.options["one"][pick])]})
        await quiz.set_answer(attempt, "truth", quiz.right("truth"))
        await quiz.set_answer(attempt, "statements", quiz.right("statements"))
        await quiz.set_answer(attempt, "blanks", {"blanks": ["no", "no"]})
        await quiz.submit(attempt)
    await quiz.start()
    found = good(await get(house, admin, f"/v1/courses/{quiz.course}/statistics/questions"))
    by_title = {line["title"]: line for line in found["questions"]}
    shares = [line["right"] / line["asked"] for line in found["questions"]]
    assert shares == sorted(shares)
    one = by_title["Question one"]
    assert (one["asked"], one["right"], one["blank"]) == (3, 1, 0)
    assert [(option["text"], option["is_correct"], option["chosen"]) for option in one["options"]] == [
        ("a", False, 2),
        ("b", True, 1),
        ("c", False, 0),
    ]
    assert (by_title["Question all"]["blank"], by_title["Question all"]["right"]) == (3, 0)
    assert by_title["Question truth"]["right"] == 3
    assert [option["chosen"] for option in by_title["Question statements"]["options"]] == [3, 0], "held to be true"
    blanks = next(line for line in found["questions"] if line["type"] == "fill-blank")
    assert (blanks["options"], blanks["right"], blanks["blank"]) == ([], 0, 0), "accepted texts are not chosen"


async def test_the_overview_of_courses_is_ones_own_and_an_admins_has_all(house: House) -> None:
    author, admin = house.person("CONTENT_CREATOR"), house.person("ADMIN")
    learners = [house.person() for _ in range(4)]
    courses = [house.course(author if number % 2 else admin, f"Course {number:02}") for number in range(30)]
    for number, course in enumerate(courses):
        for user in learners[: number % 5]:
            enrol(house, user, course, 2 if number % 3 else None)
    await recount(house, learners, courses)
    for sort in ("title", "enrolled", "completed"):
        after, seen = None, []
        while True:
            query = {"sort": sort, "size": 20} | ({"after": after} if after else {})
            page = good(await get(house, admin, "/v1/statistics/courses", **query))
            seen += page["courses"]
            if (after := page["next"]) is None:
                break
        assert len({line["id"] for line in seen}) == 30
        keys = [line[sort] for line in seen]
        assert keys == sorted(keys, reverse=sort != "title")
        assert (page["total"], page["enrolled"]) == (30, sum(number % 5 for number in range(30)))
    own = good(await get(house, author, "/v1/statistics/courses"))
    assert (own["total"], len(own["courses"])) == (15, 15)
    assert all(line["average_hours"] in (2, None) for line in own["courses"])


async def test_only_an_administrator_has_everything_counted_anew(taught: Taught) -> None:
    house, author, _, people = taught
    house.db.execute("UPDATE user_statistics SET lessons_completed = 99 WHERE user_id = %s", (people[0],))
    refused = await house.http.post("/v1/statistics/refresh", headers=house.session(author))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    done = good(await house.http.post("/v1/statistics/refresh", headers=house.session(house.person("ADMIN"))))
    assert done["mended"] == 2, "the count, and the sum of the study time"
    assert house.db.execute(
        "SELECT lessons_completed FROM user_statistics WHERE user_id = %s", (people[0],)
    ).fetchone() == (4,)


def test_two_weeks_are_the_same_in_the_rule_and_in_sql() -> None:
    assert f"interval '{rules.STOPPED_AFTER.days} days'" == queries._STOPPED
