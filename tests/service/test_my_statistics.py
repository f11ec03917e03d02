"""A learner's own statistics: streak, weeks and categories, in the learner's time zone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lms_tui.rules.statistics import average, mean_hours

from .conftest import House
from .test_statistics import attempt, enrol, recount

pytestmark = pytest.mark.anyio


async def mine(house: House, user: UUID, **query: object) -> dict[str, Any]:
    reply = await house.http.get("/v1/statistics", params=query, headers=house.session(user))  # type: ignore[arg-type]
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def at_noon(back: int) -> datetime:
    """Noon in UTC, so many days ago; of today a moment ago."""
    now = datetime.now(UTC)
    return now if back == 0 else (now - timedelta(days=back)).replace(hour=12, minute=0, second=0, microsecond=0)


def lesson_done(house: House, user: UUID, title: str, at: datetime) -> None:
    house.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_completed, is_started, completed_at)"
        " SELECT %s, id, chapter_id, true, true, %s FROM lessons WHERE title = %s ORDER BY id LIMIT 1",
        (user, at, title),
    )


async def test_a_newcomer_has_nothing_and_twelve_empty_weeks(house: House) -> None:
    found = await mine(house, house.person())
    assert found["streak"] == {"days": 0, "longest": 0, "active_today": False}
    assert (found["courses"], found["categories"], found["study_minutes"]) == ([], [], 0)
    assert len(found["weeks"]) == 12
    assert {week["lessons"] for week in found["weeks"]} == {0}
    assert found["weeks"][-1]["begins"] <= found["today"]


async def test_three_kinds_of_doing_make_a_streak(house: House) -> None:
    """Yesterday a lesson, the day before an attempt that no longer counts, three days ago a message to the mentor."""
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    lesson_done(house, user, "Lesson 1.1", at_noon(1))
    attempt(house, user, course, None)
    house.db.execute("UPDATE quiz_attempts SET completed_at = %s", (at_noon(2),))
    house.db.execute(
        "WITH t AS (INSERT INTO ai_mentor_threads (user_id, lesson_id) SELECT %s, id FROM lessons LIMIT 1 RETURNING id)"
        " INSERT INTO ai_mentor_thread_messages (thread_id, role, content, created_at)"
        " SELECT id, r, 'x', %s - r.back * interval '1 day' FROM t,"
        " (VALUES ('user', 3), ('assistant', 4), ('system', 5)) AS r(r, back)",
        (user, at_noon(0)),
    )
    found = await mine(house, user)
    assert found["streak"] == {"days": 3, "longest": 3, "active_today": False}
    assert (await mine(house, house.person()))["streak"]["days"] == 0, "another's doing is another's"


async def test_weeks_have_lessons_scores_and_study_time(house: House) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    lesson_done(house, user, "Lesson 1.1", at_noon(0))
    for score in (50, 67, 67):
        attempt(house, user, course, score)
    attempt(house, user, course, None)
    reply = await house.http.put(
        f"/v1/courses/{course}/study-time", json={"seen": 0, "minutes": 25}, headers=house.session(user)
    )
    assert reply.status_code == 200
    await recount(house, [user], [course])
    found = await mine(house, user, weeks=2)
    assert found["weeks"][-1] | {"begins": ""} == {
        "begins": "",
        "lessons": 1,
        "study_minutes": 25,
        "attempts": 3,
        "average_score": 61.33,
    }
    assert found["weeks"][0]["attempts"] == 0
    assert (found["average_score"], found["lessons_completed"], found["study_minutes"]) == (61.33, 1, 25)
    (line,) = found["courses"]
    assert (line["lessons"], line["completed_lessons"], line["average_best"]) == (4, 1, 67)
    assert found["categories"] == [{"category": "About Course", "quizzes": 1, "average_best": 67}]


async def test_categories_are_the_mean_of_the_best_scores_the_strongest_first(house: House) -> None:
    user = house.person()
    for title, scores in (("Weak", (10, 40)), ("Strong", (90, 80))):
        course = house.course(user, title)
        enrol(house, user, course)
        for score in scores:
            attempt(house, user, course, score)
    found = await mine(house, user)
    assert [(line["category"], line["average_best"]) for line in found["categories"]] == [
        ("About Strong", 90),
        ("About Weak", 40),
    ]


async def test_the_day_is_that_of_the_time_zone_given(house: House) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course)
    lesson_done(house, user, "Lesson 1.1", datetime.now(UTC))
    east, west = await mine(house, user, zone="+14:00"), await mine(house, user, zone="-12:00")
    assert east["today"] != west["today"]
    assert east["streak"]["active_today"]
    assert west["streak"]["active_today"]
    assert (await mine(house, user, zone="Europe/Warsaw"))["zone"] == "Europe/Warsaw"
    reply = await house.http.get("/v1/statistics", params={"zone": "Mars/Olympus"}, headers=house.session(user))
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_request")
    assert "Mars/Olympus" in reply.json()["detail"]
    for weeks in (0, 54):
        reply = await house.http.get("/v1/statistics", params={"weeks": weeks}, headers=house.session(user))
        assert reply.status_code == 400


@pytest.mark.parametrize("scores", [(50, 67, 67), (1, 0, 0, 0, 0, 0, 0, 0), (5000,), (-5000,), (0,)])
async def test_the_counters_round_and_clamp_as_the_rule_does(house: House, scores: tuple[int, ...]) -> None:
    user, course = house.person(), house.course(house.person(), "Course")
    enrol(house, user, course, 5)
    for score in scores:
        attempt(house, user, course, score)
    await recount(house, [user], [course])
    row = house.db.execute(
        "SELECT u.average_quiz_score, s.average_quiz_score, c.average_completion_time_hours FROM user_statistics u,"
        " course_students_stats s, courses_summary_stats c"
    ).fetchone()
    assert row == (average(scores), average(scores), mean_hours([timedelta(hours=5)]))
