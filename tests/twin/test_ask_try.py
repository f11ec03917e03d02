"""`lms-tui ask --try`: who teaches a course tries its mentor, a draft's too, and nothing of it is kept."""

import json
from uuid import UUID

import pytest

from tests.mentor.replies import Answer, refusal
from tests.mentor.stub import Stub
from tests.rows import row_hashes
from tests.service.mentor_kit import add_mentor

from .conftest import ADA, Twin
from .test_mentor_check import stub

__all__ = ["stub"]

COUNTED = {"lms_tui.mentor_usage"}


@pytest.fixture
def lesson(twin: Twin) -> UUID:
    """A lesson with a mentor, of a draft that Ada teaches; its course has a slash in its title."""
    twin.house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR' WHERE email = %s", (ADA,))
    course = twin.house.course(twin.learner, "Inner/outer joins", published=False)
    own = twin.lessons(course)["Lesson 1.1"]
    add_mentor(twin.house, own)
    return own


def kept(twin: Twin) -> dict[str, str]:
    return {name: value for name, value in row_hashes(twin.house.db).items() if name not in COUNTED}


def test_several_questions_are_one_conversation_and_no_row_is_another(twin: Twin, stub: Stub, lesson: UUID) -> None:
    stub.replies = [Answer("One."), Answer("Two.")]
    twin.say("courses")  # the session is there
    before = kept(twin)
    assert twin.say("ask", "--try", "inner/outer joins/lesson 1.1", "Why?", "And then?") == "One.\n\nTwo.\n"
    assert [turn["content"] for turn in stub.asked[1].messages[3:]] == ["Why?", "One.", "And then?"]
    assert kept(twin) == before
    assert twin.house.db.execute("SELECT sum(tokens) FROM lms_tui.mentor_usage").fetchone() == (320,)
    assert twin.json("outbox", "list") == []


def test_with_json_each_piece_is_a_line_and_a_question_is_read(twin: Twin, stub: Stub, lesson: UUID) -> None:
    twin.typed("And from\nstandard input?\n")
    events = [json.loads(line) for line in twin.say("ask", "--try", str(lesson), "-", "--json").splitlines()]
    assert "".join(event.get("text", "") for event in events) == Answer().text == events[-1]["message"]["text"]
    assert stub.asked[0].messages[-1]["content"] == "And from\nstandard input?"


def test_a_fault_ends_it(twin: Twin, stub: Stub, lesson: UUID) -> None:
    stub.replies = [refusal(401, "bad key"), Answer("Two.")]
    assert twin.say("ask", "--try", str(lesson), "Why?", "And then?", code=1) == ""
    assert len(stub.asked) == 1


def test_whose_course_it_is_not_finds_none(twin: Twin, stub: Stub, lesson: UUID) -> None:
    other = twin.house.course(twin.house.person("CONTENT_CREATOR"), "Theirs")
    theirs = twin.lessons(other)["Lesson 1.1"]
    add_mentor(twin.house, theirs)
    twin.say("ask", "--try", "theirs/lesson 1.1", "Why?", code=2)
    assert "You teach no course called “theirs”" in twin.errors
    twin.say("ask", "--try", str(theirs), "Why?", code=1)
    assert "There is no such lesson." in twin.errors
    assert not stub.asked


def test_names_that_mean_nothing_or_several(twin: Twin, lesson: UUID) -> None:
    twin.say("ask", "--try", "lesson 1.1", "Why?", code=2)
    assert "Say which course “lesson 1.1” is in" in twin.errors
    twin.say("ask", "--try", "outer joins/lesson", "Why?", code=2)
    assert "“lesson” fits several lessons of this course" in twin.errors
    twin.say("ask", "--try", "outer joins/nothing", "Why?", code=2)
    assert "“nothing” is no lesson of this course" in twin.errors
    twin.say("ask", str(lesson), "Why?", "And then?", code=2)
    assert "Ask one question" in twin.errors
