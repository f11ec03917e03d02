"""`lms-tui mentor threads | show | rename | start-over`, with the service and without it."""

import os
from uuid import UUID, uuid4

import pytest

from lms_tui.local import service
from tests.service.mentor_kit import add_mentor, add_message, add_thread

from .conftest import ADA, PASSWORD, Twin


@pytest.fixture
def lesson(twin: Twin) -> UUID:
    """A lesson with a mentor, of a course that Ada takes."""
    author = twin.house.person("CONTENT_CREATOR")
    course = twin.house.course(author, "Joins / splits")
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, course))
    own = twin.lessons(course)["Lesson 1.1"]
    add_mentor(twin.house, own)
    return own


def test_threads_are_begun_named_listed_and_shown(twin: Twin, lesson: UUID) -> None:
    name = "joins / splits/lesson 1.1"
    assert twin.say("mentor", "show", name) == "Nothing has been said with this mentor yet.\n"
    assert twin.json("mentor", "show", name) is None
    first = twin.json("mentor", "start-over", name)["id"]
    add_message(twin.house, UUID(first), "What is\n\na join?")
    for number in range(60):
        add_message(twin.house, UUID(first), f"**It** is `{number}`.", "assistant", model="m-1", tokens=7)
    add_message(twin.house, UUID(first), "It is", "assistant", model="m-1!cut")
    assert twin.say("mentor", "rename", first, "Outer joins") == f"It is called so now. {first}\n"
    second = twin.say("mentor", "start-over", str(lesson)).split()[-1]
    rows = twin.columns("mentor", "threads", "lesson 1.1")
    assert [[row[0], row[1], *row[3:]] for row in rows] == [
        [second, "active", "0", "-", "-"],
        [first, "closed", "62", "Outer joins", "What is a join?"],
    ]
    assert [line["thread"]["id"] for line in twin.json("mentor", "threads", name)] == [second, first]
    shown = twin.say("mentor", "show", first)
    lines = shown.splitlines()
    assert lines[0] == "Outer joins · Joins / splits"
    assert lines[1].startswith("closed, it can be read · begun 2")
    assert lines[1].endswith("62 messages")
    assert lines[3].startswith("You · ")
    assert lines[4:7] == ["What is", "", "a join?"]
    assert "m-1 · 7 tokens" in lines[8]
    assert lines[9] == "It is 0."
    assert "broke off or was stopped" in shown
    assert len(twin.json("mentor", "show", first)["messages"]) == 62
    assert twin.json("mentor", "show", name)["thread"]["id"] == second, "that of a lesson is the active one"


def test_what_is_no_thread_is_said(twin: Twin, lesson: UUID) -> None:
    for words, says in (
        (("rename", "x", "y"), "is no id of a thread"),
        (("show", str(uuid4())), "No lesson"),
        (("threads", "Cubes/Lesson 1.1"), "No course that you can see is called “Cubes”"),
        (("threads", "joins / splits/lesson 7"), "No lesson of this course is called"),
    ):
        twin.say("mentor", *words, code=2)
        assert says in twin.errors
    twin.say("mentor", "rename", str(uuid4()), "y", code=1)
    assert "There is no such thread." in twin.errors


def test_what_was_read_is_there_without_the_service_until_one_signs_out(twin: Twin, lesson: UUID) -> None:
    database = os.environ["LMS_TUI_DATABASE"]
    there = ("--service", f"unix:{service.site(database).socket}")
    twin.typed(f"{PASSWORD}\n")
    twin.say(*there, "sign-in", ADA, "--password-stdin")
    thread = add_thread(twin.house, twin.learner, lesson, title="Kept")
    add_message(twin.house, thread, "What is zanzibar?")
    told = twin.json(*there, "mentor", "show", str(thread))
    other = add_thread(twin.house, twin.learner, lesson)
    kept = twin.home / "state" / "mentor.sqlite"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert service.stop_service(database)
    for name in (str(thread), str(lesson), "lesson 1.1", "Joins / splits/Lesson 1.1"):
        assert twin.json(*there, "mentor", "show", name) == told
        assert "This is what this machine keeps of it." in twin.errors
    assert [row[0] for row in twin.columns(*there, "mentor", "threads", "lesson 1.1")] == [str(thread)]
    for words in (("show", str(other)), ("threads", "lesson 2.1")):
        twin.say(*there, "mentor", *words, code=1)
    assert "This is what" not in twin.errors
    twin.say(*there, "mentor", "rename", str(thread), "x", code=1)
    twin.say(*there, "sign-out", "--yes")
    assert b"zanzibar" not in kept.read_bytes()
    twin.say("whoami")
