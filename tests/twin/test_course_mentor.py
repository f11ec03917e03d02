"""`lms-tui course mentor`: what an author sees of the mentors of a course of theirs."""

from uuid import UUID

import pytest

from lms_tui.wire.mentor_results import LINES_AT_ONCE
from tests.service.mentor_kit import add_check, add_mentor, add_message, add_thread

from .conftest import ADA, Twin


@pytest.fixture
def course(twin: Twin) -> UUID:
    """A course that Ada teaches, two of its lessons with a mentor; Ben learns in it."""
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR' WHERE email = %s", (ADA,))
    course = twin.house.course(twin.learner, "Joins")
    lessons = twin.lessons(course)
    ben = twin.house.person(email="ben@x.org")
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (ben, course))
    for title in ("Lesson 1.1", "Lesson 2.1"):
        add_mentor(twin.house, lessons[title])
    thread = add_thread(twin.house, ben, lessons["Lesson 1.1"], title="Mine")
    for number in range(60):
        add_message(twin.house, thread, f"Said **{number}**", "assistant" if number % 2 else "user")
    add_check(twin.house, ben, lessons["Lesson 1.1"], 4, engagement=20)
    add_check(
        twin.house, ben, lessons["Lesson 1.1"], 8, engagement=70, insights="Knows joins.", recommended="- go\n- on"
    )
    return course


def test_lessons_learners_a_learner_and_a_thread(twin: Twin, course: UUID) -> None:
    rows = twin.columns("course", "mentor", "joins")
    assert [row[2:] for row in rows] == [
        ["Lesson 1.1", "1", "60", "1", "1", "8.0", "70.0"],
        ["Lesson 2.1", "0", "0", "0", "0", "-", "-"],
    ]
    assert [line["title"] for line in twin.json("course", "mentor", str(course))["lessons"]] == [row[2] for row in rows]
    (learner,) = twin.columns("course", "mentor", "Joins", "--lesson", "1.1")
    assert learner[1:8] == ["Ada L", "ben@x.org", "1", "60", "8", "70", "passed"]
    assert twin.columns("course", "mentor", "Joins", "--lesson", rows[1][0]) == []
    shown = twin.say("course", "mentor", "Joins", "--learner", "ben@x.org").splitlines()
    assert shown[:3] == ["Ada L · ben@x.org · Joins", "", "Lesson 1.1 · Chapter 1"]
    assert shown[3].startswith("  passed · understanding 8 of 10 · engagement 70 of 100 · 2")
    assert shown[3].endswith("2 checks")
    assert shown[4:7] == ["  Knows joins.", "  - go", "  - on"]
    assert shown[7].endswith("60 messages · Mine")
    thread = shown[7].split()[0]
    told = twin.json("course", "mentor", "Joins", "--thread", thread)
    assert [one["text"] for one in told["messages"]] == [f"Said **{n}**" for n in range(60)]
    lines = twin.say("course", "mentor", "Joins", "--thread", thread).splitlines()
    assert lines[0] == "Ada L · Mine · Lesson 1.1 · Joins"
    assert (lines[3], lines[6]) == ("Said **0**", "Said 1"), "a question as it was typed, an answer as Markdown"


def test_all_threads_of_a_learner_are_listed_whatever_a_page_holds(twin: Twin, course: UUID) -> None:
    ben = twin.house.db.execute("SELECT id FROM users WHERE email = 'ben@x.org'").fetchone()
    assert ben is not None
    for number in range(LINES_AT_ONCE + 20):
        lesson = twin.lessons(course)["Lesson 1.1"]
        add_message(twin.house, add_thread(twin.house, ben[0], lesson, active=False, title=f"No. {number}"), "?")
    lines = twin.say("course", "mentor", "Joins", "--learner", "ben@x.org").splitlines()
    assert len([line for line in lines if "messages · Mine" in line or "message · No. " in line]) == LINES_AT_ONCE + 21
    assert len([line for line in lines if line.startswith("Lesson 1.1")]) == 1
    told = twin.json("course", "mentor", "Joins", "--learner", "ben@x.org")
    assert (len(told["lessons"]), told["next"]) == (1, None)
    assert (len(told["lessons"][0]["threads"]), len(told["lessons"][0]["checks"])) == (LINES_AT_ONCE + 21, 2)


def test_what_is_meant_by_nothing_or_by_several_is_said(twin: Twin, course: UUID) -> None:
    twin.say("course", "mentor", "Joins", "--lesson", "lesson", code=2)
    assert "fits several lessons of this course" in twin.errors
    twin.say("course", "mentor", "Joins", "--lesson", "Lesson 1.2", code=2)
    assert "is no lesson with a mentor of this course" in twin.errors
    twin.say("course", "mentor", "Joins", "--thread", "x", code=2)
    assert "is no id of a thread" in twin.errors
    twin.say("course", "mentor", "Joins", "--learner", "eve@x.org", code=1)
    twin.house.db.execute("UPDATE users SET role = 'STUDENT'")
    twin.say("course", "mentor", str(course), code=1)
