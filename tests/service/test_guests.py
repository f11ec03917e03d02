"""Guests: who looks around without a session, where the settings let them, and that nothing of theirs is stored."""

from dataclasses import dataclass
from typing import Any

import pytest

from lms_tui.wire import catalog, files, finding, learning, quizzes, system
from lms_tui.wire.operation import Access, Operation, Request
from lms_tui.wire.operations import ALL
from tests.rows import row_hashes

from .conftest import House
from .statement_kit import World, ask, counted, populated

pytestmark = pytest.mark.anyio

ALLOWED = {
    "catalog.page",
    "catalog.counts",
    "catalog.course",
    "catalog.find",
    "files.lesson",
    "files.thumbnail",
    "learning.lesson",
}
SETTING = "INSERT INTO settings (unregistered_user_courses_accessibility) VALUES (%s)"


@dataclass
class Guest:
    """Asks without a session."""

    world: World

    async def ask(self, operation: Operation[Any, Any], request: Request, **headers: str) -> Any:
        """Return the reply."""
        return await ask(self.world.house.http, operation, request, headers)

    def all(self) -> list[tuple[Operation[Any, Any], Request]]:
        """Return each operation that a guest may call, with what it asks."""
        course, lesson = self.world.quiz.course, self.world.text_lesson
        return [
            (catalog.PAGE, catalog.PageRequest()),
            (catalog.COUNTS, catalog.CountsRequest()),
            (catalog.COURSE, catalog.CourseRequest(course_id=course)),
            (finding.FIND, finding.FindRequest(name="other 7")),
            (files.LESSON, files.LessonFilesRequest(lesson_id=lesson)),
            (files.THUMBNAIL, files.ThumbnailRequest(course_id=course)),
            (learning.LESSON, learning.LessonRequest(lesson_id=lesson)),
        ]


@pytest.fixture
async def guest(house: House) -> Guest:
    """A guest of a service in use, which has no settings yet."""
    return Guest(await populated(house))


def test_exactly_these_operations_are_for_guests() -> None:
    assert {operation.name for operation in ALL if operation.access is Access.GUEST} == ALLOWED


@pytest.mark.parametrize(("setting", "status"), [(True, 200), (None, 200), (False, 401)])
async def test_the_setting_lets_guests_in_and_one_that_says_nothing_does(
    guest: Guest, setting: bool | None, status: int
) -> None:
    guest.world.house.db.execute(SETTING, (setting,))
    for operation, request in guest.all():
        reply = await guest.ask(operation, request)
        assert (operation.name, reply.status_code) == (operation.name, status)
    health = await guest.ask(system.HEALTH, system.HealthRequest())
    assert health.json()["guests"] is (status == 200)


async def test_without_a_settings_row_nobody_is_let_in(guest: Guest) -> None:
    for operation, request in guest.all():
        reply = await guest.ask(operation, request)
        assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")
    assert (await guest.ask(system.HEALTH, system.HealthRequest())).json()["guests"] is False


async def test_a_session_that_is_not_valid_makes_nobody_a_guest(guest: Guest) -> None:
    guest.world.house.db.execute(SETTING, (True,))
    for given in ("Bearer", "Bearer nonsense", "Basic YTpi"):
        reply = await guest.ask(catalog.PAGE, catalog.PageRequest(), authorization=given)
        assert reply.status_code == 401, given


async def test_it_is_one_statement_to_let_a_guest_in_and_none_for_who_is_signed_in(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as for a learner, whose own row is read in its place."""
    guest.world.house.db.execute(SETTING, (True,))
    for operation, request in guest.all():
        with counted(monkeypatch) as of_guest:
            await guest.ask(operation, request)
        guest.world.house.service.shared.counts._kept.clear()
        with counted(monkeypatch) as of_learner:
            await guest.world.send(operation, request)
        guest.world.house.service.shared.counts._kept.clear()
        assert (operation.name, len(of_guest)) == (operation.name, len(of_learner))
        assert "settings" in of_guest[0]
        assert not any("settings" in statement for statement in of_learner)


async def test_a_guest_sees_what_somebody_sees_who_is_enrolled_nowhere(guest: Guest) -> None:
    house = guest.world.house
    house.db.execute(SETTING, (True,))
    stranger = house.session(house.person())
    for operation, request in guest.all():
        of_stranger = await ask(house.http, operation, request, stranger)
        of_guest = await guest.ask(operation, request)
        if operation is not files.LESSON:  # whose links are signed with the time
            assert of_guest.content == of_stranger.content, operation.name
    course = (await guest.ask(*guest.all()[2])).json()
    assert (course["enrolled"], course["may_read"], course["resume_lesson"]) == (False, True, None)
    assert not any(line["started"] for chapter in course["chapters"] for line in chapter["lessons"])


async def test_what_a_guest_may_not_open_answers_as_to_the_not_enrolled(guest: Guest) -> None:
    house, world = guest.world.house, guest.world
    house.db.execute(SETTING, (True,))
    lesson = learning.LessonRequest(lesson_id=world.text_lesson)
    quiz = await guest.ask(learning.LESSON, learning.LessonRequest(lesson_id=world.quiz.lesson))
    assert (quiz.status_code, quiz.json()["code"]) == (403, "enrol_first")
    start_page = await guest.ask(quizzes.QUIZ, quizzes.QuizRequest(lesson_id=world.quiz.lesson))
    assert (start_page.status_code, start_page.json()["code"]) == (401, "unauthenticated")
    house.db.execute("UPDATE courses SET price_in_cents = 4900")
    assert (await guest.ask(learning.LESSON, lesson)).json()["code"] == "enrol_first"
    assert (await guest.ask(files.LESSON, files.LessonFilesRequest(lesson_id=world.text_lesson))).status_code == 403
    house.db.execute("UPDATE courses SET is_published = false, price_in_cents = 0")
    for operation, request in guest.all()[2:]:
        reply = await guest.ask(operation, request)
        if operation is finding.FIND:
            assert reply.json() == {"found": [], "more": False}
        else:
            assert (operation.name, reply.status_code) == (operation.name, 404)


async def test_nothing_of_a_guest_is_stored(guest: Guest) -> None:
    house = guest.world.house
    house.db.execute(SETTING, (True,))
    await guest.world.send(catalog.PAGE, catalog.PageRequest(search="othre"))  # gathers the words of the courses
    before = row_hashes(house.db)
    for operation, request in guest.all():
        assert (await guest.ask(operation, request)).status_code == 200
    await guest.ask(catalog.PAGE, catalog.PageRequest(search="othre"))
    await guest.ask(learning.LESSON, learning.LessonRequest(lesson_id=guest.world.quiz.lesson))
    assert row_hashes(house.db) == before


async def test_the_rows_of_who_has_the_id_of_nobody_are_not_a_guests(guest: Guest) -> None:
    """Other programs write this database too: a person whose id is all zeros learns like anybody."""
    house, course = guest.world.house, guest.world.quiz.course
    house.db.execute(SETTING, (True,))
    zeros = "00000000-0000-0000-0000-000000000000"
    house.db.execute(
        "INSERT INTO users (id, email, first_name, last_name, role) VALUES (%s, 'z@x.org', 'Z', 'Z', 'ADMIN')", (zeros,)
    )
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (zeros, course))
    reply = await guest.ask(catalog.COURSE, catalog.CourseRequest(course_id=course))
    assert reply.json()["enrolled"] is False
