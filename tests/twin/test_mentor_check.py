"""`lms-tui mentor check`: passed, not passed and no check to be had are told apart by the exit code."""

import json
import os
from collections.abc import Iterator
from uuid import UUID

import pytest

from lms_tui.local import service
from tests.mentor.faults import FAULTS
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub
from tests.service.mentor_kit import add_mentor, add_message, add_thread

from .conftest import Twin


@pytest.fixture
def stub(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A provider that the service speaks to."""
    with Stub() as running:
        assert service.stop_service(os.environ["LMS_TUI_DATABASE"])
        for name, value in (("BASE", running.base), ("MODEL", "stub-1"), ("KEY", running.key)):
            monkeypatch.setenv(f"LMS_TUI_MENTOR_{name}", value)
        yield running


def test_a_lesson_is_checked(twin: Twin, stub: Stub) -> None:
    course = twin.house.course(twin.house.person("CONTENT_CREATOR"), "Joins")
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))
    lesson = twin.lessons(course)["Lesson 1.1"]
    add_mentor(twin.house, lesson)
    name = "joins/lesson 1.1"
    assert twin.say("mentor", "check", name, code=1) == ""
    assert "You have said nothing to the mentor" in twin.errors
    assert twin.say("mentor", "check", "--last", name, code=1) == ""
    assert twin.say("done", str(lesson), code=1) == ""
    assert f"lms-tui mentor check {lesson}" in twin.errors
    add_message(twin.house, add_thread(twin.house, twin.learner, lesson), "A join puts rows together.")
    judged = {
        "understanding": 4,
        "engagement": 50,
        "insights": "You said what a join is.\x1b[2J\n\nThe outer one is missing.",
        "recommended_actions": [{"action": "Read on.", "lesson": 2}, {"action": "Draw it.", "lesson": None}],
    }
    stub.replies = [Answer(json.dumps(judged))]
    other: UUID = twin.lessons(course)["Lesson 1.2"]
    assert twin.say("mentor", "check", name, code=7).splitlines() == [
        "Lesson 1.1: not passed yet: it takes 70 %",
        "understanding 4 of 10",
        "engagement 50 of 100",
        "",
        "You said what a join is.[2J",
        "The outer one is missing.",
        "",
        "What to do next:",
        f"1. Read on. [Lesson 1.2: lms-tui show {other}]",
        "2. Draw it.",
    ]
    stub.replies = [*FAULTS["empty"]]
    assert twin.say("mentor", "check", name, code=1) == ""
    assert f"lms-tui done {lesson}" in twin.errors
    stub.replies = [Answer(json.dumps(judged | {"understanding": 8}))]
    told = twin.json("mentor", "check", name)
    assert (told["understanding"], told["is_passed"]) == (8, True)
    assert twin.json("mentor", "check", "--last", name) == told
    assert next(row[4] for row in twin.columns("progress", "joins")) == "done"
