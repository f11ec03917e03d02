"""Staff let people into courses and take them out: once, recorded, each line reported, statistics true."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from lms_tui.service.statistics import refresh
from lms_tui.wire import enrolments, learning

from .people_kit import Office, code, opened
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio


class Class:
    """A priced course with its author, and an administrator."""

    def __init__(self, office: Office) -> None:
        self.office, self.house = office, office.house
        self.author = office.add("author@x.org", "CONTENT_CREATOR")
        self.course = self.house.course(self.author, "Joins", price=900)

    async def give(
        self, *whos: object, user: UUID | None = None, own: UUID | None = None, check: bool = False
    ) -> httpx.Response:
        """Let them in, as the author unless told otherwise."""
        people = [enrolments.Wanted(line=line, who=str(who)) for line, who in enumerate(whos, 1)]
        request = enrolments.GiveRequest(id=own or uuid4(), course_id=self.course, people=people, check=check)
        return await self.office.ask(enrolments.GIVE, request, user or self.author)

    async def given(self, *whos: object, user: UUID | None = None, check: bool = False) -> list[str]:
        """What became of each: the outcome, or why not."""
        reply = await self.give(*whos, user=user, check=check)
        assert reply.status_code == 200, reply.text
        return [line["fault"] or line["outcome"] for line in reply.json()["lines"]]

    async def remove(self, learner: UUID, user: UUID | None = None, own: UUID | None = None) -> httpx.Response:
        request = enrolments.RemoveRequest(id=own or uuid4(), course_id=self.course, learner_id=learner)
        return await self.office.ask(enrolments.REMOVE, request, user or self.author)

    def acts(self) -> list[tuple[Any, ...]]:
        """Actor, action, subject and object of each row of the audit."""
        select = "SELECT actor_id, action, subject_id, object_id FROM lms_tui.audit ORDER BY at"
        return self.house.db.execute(select.encode()).fetchall()

    async def true(self) -> bool:
        """Whether all statistics are as counting them anew makes them."""
        return (await refresh(self.house.service.shared.pools)).mended == 0


@pytest.fixture
async def a_class(database_url: str, tmp_path: Path) -> AsyncIterator[Class]:
    async with opened(database_url, tmp_path / "secrets") as office:
        yield Class(office)


async def test_each_has_its_outcome_and_the_same_again_changes_nothing(a_class: Class) -> None:
    ada, gone = a_class.office.add("ada@x.org"), a_class.office.add("gone@x.org")
    a_class.office.add("Two@x.org")
    a_class.office.add("two@x.org")
    a_class.house.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    whos = (" ADA@x.org ", "ada@x.org", "TWO@x.org", "gone@x.org", "nobody@x.org", "", "no\x1bne", "none", "a" * 330)
    faults = ["unknown", "unknown", "unknown", "no_address", "control_characters", "malformed", "too_long"]
    assert await a_class.given(*whos, check=True) == ["enrolled", "duplicate", *faults]
    assert a_class.office.one("SELECT count(*) FROM student_courses") == 0
    assert await a_class.given(*whos) == ["enrolled", "duplicate", *faults]
    assert await a_class.given(*whos) == ["unchanged", "duplicate", *faults]
    assert await a_class.given("gone@x.org", user=a_class.office.admin) == ["archived"]
    assert await a_class.given(ada, "two@x.org") == ["unchanged", "enrolled"]
    two = a_class.office.one("SELECT user_id FROM student_courses WHERE user_id <> %s", ada)
    assert a_class.acts() == [(a_class.author, "enrolments.give", one, a_class.course) for one in (ada, two)]
    assert await a_class.true()
    numbers = a_class.house.db.execute("SELECT total_enrollments FROM courses_summary_stats").fetchall()
    assert numbers == [(2,)]


async def test_who_is_let_in_learns_and_who_is_taken_out_comes_back_to_what_they_did(a_class: Class) -> None:
    ada = a_class.office.add("ada@x.org")
    lesson = a_class.office.one("SELECT id FROM lessons WHERE title = 'Lesson 1.1'")
    read = learning.LessonRequest(lesson_id=lesson)
    assert code(await a_class.office.ask(learning.LESSON, read, ada)) == "enrol_first"
    assert (await a_class.give("ada@x.org")).json()["available"] is True
    done = learning.ProgressRequest(lesson_id=lesson, id=uuid4())
    assert (await a_class.office.ask(learning.COMPLETE, done, ada)).status_code == 200
    look = enrolments.LookRequest(course_id=a_class.course, learner="ADA@x.org")
    facts = await a_class.office.good(enrolments.LOOK, look, a_class.author)
    assert (facts["completed_lessons"], facts["lessons"], facts["price_in_cents"]) == (1, 4, 900)
    own = uuid4()
    first, again = [(await a_class.remove(ada, own=own)).json() for _ in range(2)]
    assert first == again
    assert first["removed"] is True
    assert code(await a_class.office.ask(learning.LESSON, read, ada)) == "enrol_first"
    assert code(await a_class.office.ask(enrolments.LOOK, look, a_class.author)) == "not_found"
    assert (await a_class.remove(ada)).json()["removed"] is False
    assert await a_class.given(ada, user=a_class.office.admin) == ["enrolled"]
    assert (await a_class.remove(ada, own=own)).json() == first  # done long ago: not once more
    assert (await a_class.office.ask(learning.LESSON, read, ada)).json()["completed"] is True
    assert [action for _, action, _, _ in a_class.acts()] == [f"enrolments.{n}" for n in ("give", "remove", "give")]
    assert await a_class.true()


async def test_only_in_ones_own_course_and_of_nobody_who_never_was_in_it(a_class: Class) -> None:
    ada, other = a_class.office.add("ada@x.org"), a_class.office.add("other@x.org", "CONTENT_CREATOR")
    assert code(await a_class.give(ada, user=other)) == "not_found"
    assert code(await a_class.give(ada, user=ada)) == "forbidden"
    assert code(await a_class.remove(ada)) == "not_found"
    own = uuid4()
    assert (await a_class.give(ada, own=own)).status_code == 200
    assert code(await a_class.remove(ada, user=other)) == "not_found"
    assert code(await a_class.give(other, own=own)) == "id_taken"
    assert code(await a_class.give(ada, own=own, user=a_class.office.admin)) == "not_found"
    people = [enrolments.Wanted(line=1, who="a@x.org")] * 2
    request = enrolments.GiveRequest(id=uuid4(), course_id=a_class.course, people=people)
    assert code(await a_class.office.ask(enrolments.GIVE, request, a_class.author)) == "bad_request"
    assert a_class.office.one("SELECT count(*) FROM student_courses") == 1


async def test_at_once_each_is_in_once_and_the_same_request_has_one_answer(a_class: Class) -> None:
    people = [a_class.office.add(f"p{n}@x.org") for n in range(20)]
    own = uuid4()
    same = await at_once(a_class.give(*people[:10], own=own) for _ in range(6))
    assert {reply.text for reply in same} == {same[0].text}
    assert [line["outcome"] for line in same[0].json()["lines"]] == ["enrolled"] * 10
    replies = await at_once(a_class.give(*people[:: -1 if n % 2 else 1]) for n in range(8))
    lines = [line["outcome"] for reply in replies for line in reply.json()["lines"]]
    assert lines.count("enrolled") == 10
    mixed = [a_class.remove(one) for one in people] + [a_class.give(*people) for _ in range(3)]
    assert {reply.status_code for reply in await at_once(mixed)} == {200}
    await a_class.give(people[0])
    own = uuid4()
    taken = await at_once(a_class.remove(people[0], own=own) for _ in range(6))
    assert {reply.text for reply in taken} == {taken[0].text}
    assert taken[0].json()["removed"] is True
    assert await a_class.true()
