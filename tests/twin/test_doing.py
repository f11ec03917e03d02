"""`enrol`, `leave`, `done` and `outbox`: what they change, what waits, and that nothing is dropped in silence."""

import asyncio
import io
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from lms_tui.cli import taking
from lms_tui.client.api import Api
from lms_tui.client.errors import Refused
from lms_tui.config import resolve
from lms_tui.wire import learning
from lms_tui.wire.accounts import User
from lms_tui.wire.operation import Reply

from .conftest import ADA, Twin
from .test_file import stored

NOBODY = "unix:/nowhere/service.sock"


class Terminal(io.StringIO):
    """A keyboard at which somebody sits."""

    def isatty(self) -> bool:
        return True


def give(twin: Twin, lesson: UUID) -> Reply | Refused | None:
    """Mark a lesson as done where no service can be reached, which keeps it in the outbox."""
    user = User(id=twin.learner, email=ADA, first_name="", last_name="", role="STUDENT")
    request = learning.ProgressRequest(lesson_id=lesson, id=uuid4(), at=datetime.now(UTC))

    async def put() -> Reply | Refused | None:
        api = Api(NOBODY)
        try:
            return await taking._delivered(resolve(), api, user, request, "Done: Joins\x1b[31m")
        finally:
            await api.aclose()

    return asyncio.run(put())


def test_enrolling_and_leaving_is_done_once_and_leaving_asks(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    priced = twin.house.course(twin.house.person(), "Query plans", price=4900)
    assert twin.say("enrol", "joins") == "You take “Joins” now.\n"
    first = msgspec.convert(twin.json("enrol", "joins"), learning.Enrolment)
    assert (first.course_id, first.enrolled) == (course, True)
    twin.say("enrol", "query", code=1)
    assert "not free" in twin.errors
    twin.say("leave", "joins", code=2)
    assert "add --yes" in twin.errors
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    twin.say("leave", "joins", code=1)
    assert twin.errors == "Leave “Joins”? [y/N] "
    assert twin.columns("courses", "--mine")
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert "any more" in twin.say("leave", "joins")
    assert twin.columns("courses", "--mine") == []
    assert msgspec.convert(twin.json("enrol", "joins"), learning.Enrolment).enrolled_at == first.enrolled_at
    twin.house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (twin.learner, priced))
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    twin.say("leave", "query", code=1)
    assert "only staff can let you in again" in twin.errors
    assert twin.json("leave", str(priced), "--yes")["enrolled"] is False


def test_done_is_recorded_once_and_says_what_cannot_be_done_by_hand(twin: Twin) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    lesson = str(twin.lessons(course)["Lesson 1.1"])
    twin.say("done", lesson, code=1)
    assert f"lms-tui enrol {course}" in twin.errors
    twin.say("enrol", "joins")
    said = twin.say("done", lesson)
    assert said == "“Lesson 1.1” is done. 1 of 4 lessons of “Joins” are done.\n"
    told = msgspec.convert(twin.json("done", "lesson 1.1", "--in", "joins"), learning.LessonProgress)
    assert (told.completed, told.completed_lessons, told.course_completed) == (True, 1, False)
    twin.say("done", "lesson 1.2", code=1)
    assert "A quiz is done by what happens in it" in twin.errors
    rows = twin.house.db.execute("SELECT is_completed FROM student_lesson_progress").fetchall()
    assert rows == [(True,)]
    assert twin.columns("outbox", "list") == []
    twin.house.db.execute("UPDATE lessons SET type = 'text'")
    twin.say("done", "lesson 1.2")
    twin.say("done", "lesson 2.1")
    assert twin.say("done", "lesson 2.2").endswith("You have completed this course.\n")


def test_a_film_is_done_only_after_its_address_was_shown_or_its_file_saved(twin: Twin, tmp_path: Path) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    lesson = str(twin.lessons(course)["Lesson 1.1"])
    twin.say("enrol", "joins")
    done = "SELECT bool_or(is_completed) IS TRUE FROM student_lesson_progress"
    twin.house.db.execute(
        "UPDATE lessons SET type = 'video', file_s3_key = 'https://x.example/f' WHERE id = %s", (lesson,)
    )
    twin.say("done", lesson, code=1)
    assert f"Open it first. This shows its address: lms-tui show {lesson}" in twin.errors
    film = stored(twin, course, b"film", "mp4")
    twin.house.db.execute("UPDATE lessons SET file_s3_key = %s WHERE id = %s", (film, lesson))
    twin.say("show", lesson)
    twin.say("done", lesson, code=1)
    assert f"Open it first. This saves its file: lms-tui file save {lesson}" in twin.errors
    assert twin.house.db.execute(done).fetchone() == (False,)
    twin.say("file", "save", lesson, "--to", str(tmp_path / "film.mp4"))
    twin.say("done", lesson)
    assert twin.house.db.execute(done).fetchone() == (True,)
    second = str(twin.lessons(course)["Lesson 2.1"])
    twin.house.db.execute(
        "UPDATE lessons SET type = 'video', file_s3_key = 'https://x.example/f' WHERE id = %s", (second,)
    )
    twin.json("show", second)
    twin.say("done", second)
    third = str(twin.lessons(course)["Lesson 2.2"])
    twin.house.db.execute(
        "UPDATE lessons SET type = 'video', file_s3_key = %s WHERE id = %s", (film.replace("mp4", "ogg"), third)
    )
    twin.say("done", third)  # its file is missing: nobody can open it


def test_what_waits_is_listed_and_sent(twin: Twin) -> None:
    assert twin.json("outbox", "list") == []
    assert twin.say("outbox", "send") == "All is with the service.\n"
    course = twin.house.course(twin.house.person(), "Joins")
    twin.say("enrol", "joins")
    assert give(twin, twin.lessons(course)["Lesson 1.1"]) is None
    (row,) = twin.columns("outbox", "list")
    assert (row[1], row[4], row[5]) == ("next", "Done: Joins[31m", "-")
    (told,) = twin.json("outbox", "list")
    assert (told["operation"], told["refused"], told["content"]["lesson_id"]) == (
        "learning.complete",
        None,
        str(twin.lessons(course)["Lesson 1.1"]),
    )
    twin.say("outbox", "discard", row[0], "--yes", code=2)
    assert "was not refused: it goes by itself" in twin.errors
    assert twin.json("outbox", "send") == {"waiting": 0, "refused": 0, "held": 0}
    assert twin.columns("outbox", "list") == []
    assert twin.house.db.execute("SELECT is_completed FROM student_lesson_progress").fetchall() == [(True,)]


def test_what_was_refused_is_kept_tried_again_saved_and_thrown_away_by_name_alone(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    twin.say("enrol", "joins")
    assert give(twin, twin.lessons(course)["Lesson 1.2"]) is None
    assert "0 waiting, 1 refused" in twin.say("outbox", "send", code=5)
    ((number, state, *_, why),) = twin.columns("outbox", "list")
    assert (state, why) == ("refused", "This lesson is complete when its quiz is passed, not by hand.")
    twin.say("outbox", "retry", number, code=5)
    twin.say("outbox", "retry", "77", code=2)
    assert "There is no 77 in your outbox" in twin.errors
    saved = tmp_path / "saved.json"
    assert twin.say("outbox", "save", number, str(saved)) == f"Saved as {saved}\n"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert msgspec.json.decode(saved.read_bytes()) == twin.json("outbox", "list")[0]
    twin.say("outbox", "save", number, str(saved), code=1)
    assert "nothing is written over" in twin.errors
    twin.say("outbox", "save", number, str(tmp_path / "no" / "x"), code=1)
    assert "cannot be written" in twin.errors
    assert twin.json("outbox", "save", number, str(tmp_path))["file"].startswith(str(tmp_path / "lms-tui-complete-"))
    twin.say("outbox", "discard", number, code=2)
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    twin.say("outbox", "discard", number, code=1)
    assert len(twin.columns("outbox", "list")) == 1
    assert twin.json("outbox", "discard", number, "--yes") == {"discarded": int(number)}
    assert twin.columns("outbox", "list") == []


def test_done_says_that_it_waits_where_the_database_is_held_up(twin: Twin, database_url: str) -> None:
    course = twin.house.course(twin.house.person(), "Joins")
    twin.say("enrol", "joins")
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE student_lesson_progress IN SHARE ROW EXCLUSIVE MODE")  # it can be read alone
        twin.say("done", str(twin.lessons(course)["Lesson 1.1"]), code=4)
    assert "lms-tui outbox send" in twin.errors
    assert twin.json("outbox", "list")[0]["what"] == "Done: Lesson 1.1 (Joins)"
    twin.say("outbox", "send")
    assert twin.house.db.execute("SELECT is_completed FROM student_lesson_progress").fetchall() == [(True,)]
