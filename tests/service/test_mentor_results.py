"""What became of a course's mentors, for who teaches it: numbers by lesson, learners, checks, transcripts."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from lms_tui.wire.mentor_results import CHECKS_AT_ONCE, LINES_AT_ONCE, TALKERS_AT_ONCE

from .conftest import House
from .mentor_kit import OBJECTIVES, PROMPT, add_check, add_mentor, add_message, add_thread
from .quiz_kit import Json, good

pytestmark = pytest.mark.anyio


@dataclass
class Class:
    """A course with a mentor in two lessons, its author, and three learners."""

    house: House
    author: UUID
    course: UUID
    lessons: dict[str, UUID]
    learners: list[UUID]

    async def ask(self, path: str = "", **query: object) -> Json:
        """Ask as the author."""
        reply = await self.house.http.get(
            f"/v1/courses/{self.course}/mentor{path}",
            params={name: str(value) for name, value in query.items()},
            headers=self.house.session(self.author),
        )
        return good(reply)


@pytest.fixture
def taught(house: House) -> Class:
    """The class."""
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "Joins")
    lessons = dict(house.db.execute("SELECT title, id FROM lessons").fetchall())
    for title in ("Lesson 1.1", "Lesson 2.1", "Lesson 3.1"):
        add_mentor(house, lessons[title])
    learners = [house.person(email=f"{name}@x.org") for name in ("ada", "ben", "cem")]
    for learner in learners:
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, course))
    return Class(house, author, course, lessons, learners)


async def test_numbers_by_lesson_of_those_enrolled_and_their_newest_checks(taught: Class) -> None:
    house, lesson = taught.house, taught.lessons["Lesson 1.1"]
    ada, ben, cem = taught.learners
    gone = house.person()
    for learner, said in ((ada, 3), (ben, 1), (gone, 9)):
        thread = add_thread(house, learner, lesson)
        for number in range(said):
            add_message(house, thread, f"{number}", "assistant" if number % 2 else "user")
        add_message(house, thread, PROMPT, "system")
        add_message(house, thread, "", "assistant", model="m!cut")
    add_thread(house, cem, lesson)
    add_check(house, ada, lesson, 2, engagement=10)
    add_check(house, ada, lesson, 7, engagement=40)
    add_check(house, ben, lesson, 6, engagement=81)
    add_check(house, gone, lesson, 10, engagement=100)
    add_check(house, cem, taught.lessons["Lesson 1.2"], None)
    told = await taught.ask()
    assert told["title"] == "Joins"
    assert [line["title"] for line in told["lessons"]] == ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1"]
    first, had, other = told["lessons"]
    assert (first["objectives"], first["difficulty"]) == (OBJECTIVES, "medium")
    assert (first["learners"], first["messages"], first["checked"], first["passed"]) == (2, 4, 2, 1)
    assert (first["average_understanding"], first["average_engagement"]) == (6.5, 60.5)
    assert (had["objectives"], had["checked"], had["passed"], had["average_understanding"]) == ("", 1, 0, None)
    assert (other["learners"], other["checked"], other["average_understanding"]) == (0, 0, None)
    house.db.execute("UPDATE lessons SET threshold_score = 60 WHERE id = %s", (lesson,))
    assert (await taught.ask())["lessons"][0]["passed"] == 2
    group: UUID = house.db.execute("INSERT INTO groups (name) VALUES ('Night') RETURNING id").fetchone()[0]  # type: ignore[index]
    house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (group, ben))
    of_group = (await taught.ask(group_id=group))["lessons"][0]
    assert (of_group["learners"], of_group["messages"], of_group["checked"]) == (1, 1, 1)


async def test_the_learners_of_a_mentor_come_by_pages_the_newest_first(taught: Class) -> None:
    house, lesson = taught.house, taught.lessons["Lesson 1.1"]
    for number in range(TALKERS_AT_ONCE):
        learner = house.person(email=f"p{number}@x.org")
        house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (learner, taught.course))
        add_message(house, add_thread(house, learner, lesson), "?")
    add_check(
        house, taught.learners[0], lesson, 9, engagement=55, insights="Good.", recommended=f"- Go (lesson: X, {lesson})"
    )
    add_message(house, add_thread(house, taught.learners[1], taught.lessons["Lesson 2.1"]), "elsewhere")
    told = await taught.ask(f"/lessons/{lesson}")
    assert (told["title"], told["course_title"], told["objectives"]) == ("Lesson 1.1", "Joins", OBJECTIVES)
    assert told["total"] == TALKERS_AT_ONCE + 1
    first = told["learners"][0]
    assert (first["email"], first["name"], first["threads"], first["messages"]) == ("ada@x.org", "Ada L", 0, 0)
    check = first["check"]
    assert (check["understanding"], check["engagement"], check["passed"]) == (9, 55, True)
    assert (check["insights"], check["recommended"]) == ("Good.", "- Go (lesson: X)")
    emails = [f"p{number}@x.org" for number in reversed(range(TALKERS_AT_ONCE))]
    assert [line["email"] for line in told["learners"][1:]] == emails[:-1]
    rest = await taught.ask(f"/lessons/{lesson}", after=told["next"])
    assert [line["email"] for line in rest["learners"]] == emails[-1:]
    assert (rest["next"], rest["learners"][0]["check"]) == (None, None)
    reply = await house.http.get(
        f"/v1/courses/{taught.course}/mentor/lessons/{lesson}?after=x", headers=house.session(taught.author)
    )
    assert reply.json()["code"] == "bad_request"


async def test_one_learner_has_threads_and_checks_by_lesson(taught: Class) -> None:
    house, lesson, ada = taught.house, taught.lessons["Lesson 1.1"], taught.learners[0]
    old = add_thread(house, ada, lesson, active=False, title="First try")
    add_message(house, old, "What is a join?")
    add_thread(house, ada, lesson, active=False)
    new = add_thread(house, ada, lesson)
    for number in range(CHECKS_AT_ONCE + 2):
        add_check(house, ada, lesson, number % 11, insights=f"No. {number}", recommended=f"- Go (lesson: X, {lesson})")
    told = await taught.ask(f"/learners/{ada}")
    assert (told["name"], told["email"], told["course_title"]) == ("Ada L", "ada@x.org", "Joins")
    (line,) = told["lessons"]
    assert str(lesson) not in str([one["recommended"] for one in line["checks"]])
    assert [one["insights"] for one in line["checks"]] == [f"No. {n}" for n in range(CHECKS_AT_ONCE + 1, 1, -1)]
    assert [one["thread"]["id"] for one in line["threads"]] == [str(new), str(old)]
    assert (line["threads"][1]["begins"], line["threads"][1]["messages"]) == ("What is a join?", 1)
    assert (await taught.ask(f"/learners/{taught.learners[1]}"))["lessons"] == []


async def test_a_learners_threads_come_by_pages_down_the_outline(taught: Class) -> None:
    """Each once and in order, wherever a page ends: in a lesson, behind its heading, behind its last thread."""
    house, ada = taught.house, taught.learners[0]
    first, second, third = (taught.lessons[f"Lesson {number}"] for number in ("1.1", "1.2", "2.1"))
    for number in range(2 * LINES_AT_ONCE - 2):  # with its heading, the second page ends behind the next heading
        add_message(house, add_thread(house, ada, first, active=False, title=f"{number}"), "?")
    house.db.execute("UPDATE ai_mentor_threads SET created_at = '2026-01-01' WHERE thread_title < '15'")  # by id then
    add_check(house, ada, first, 8, insights="Found.")
    add_check(house, ada, second, 3)
    for number in range(LINES_AT_ONCE):  # page three ends behind the last of them, and the last lesson is alone
        add_message(house, add_thread(house, ada, second, active=False, title=f"s{number}"), "?")
    add_check(house, ada, third, None)
    statement = "SELECT id::text FROM ai_mentor_threads WHERE lesson_id = %s ORDER BY created_at DESC, id DESC"
    wanted = {str(one): [own for (own,) in house.db.execute(statement, (one,))] for one in (first, second)}
    read: dict[str, list[str]] = {}
    sizes: list[int] = []
    checks: list[tuple[str, int]] = []
    after: dict[str, object] = {}
    while True:
        told = await taught.ask(f"/learners/{ada}", **after)
        sizes.append(sum(len(line["threads"]) for line in told["lessons"]))
        for line in told["lessons"]:
            read.setdefault(line["id"], []).extend(one["thread"]["id"] for one in line["threads"])
            checks += [(line["id"], len(line["checks"]))]
        if told["next"] is None:
            break
        after = {"after": told["next"]}
    assert read == {**wanted, str(third): []}
    assert sizes == [LINES_AT_ONCE - 1, LINES_AT_ONCE - 1, LINES_AT_ONCE, 0]
    assert checks == [(str(first), 1), (str(first), 0), (str(second), 1), (str(second), 0), (str(third), 1)]
    reply = await house.http.get(
        f"/v1/courses/{taught.course}/mentor/learners/{ada}?after=x", headers=house.session(taught.author)
    )
    assert reply.json()["code"] == "bad_request"


async def test_a_transcript_is_read_by_pages_and_has_nothing_that_the_mentor_was_told(taught: Class) -> None:
    house, ada = taught.house, taught.learners[0]
    thread = add_thread(house, ada, taught.lessons["Lesson 1.1"])
    for number in range(60):
        add_message(house, thread, f"Said {number}")
        add_message(house, thread, PROMPT, "system")
    told = await taught.ask(f"/threads/{thread}")
    assert (told["learner"], told["learner_id"], told["earlier"]) == ("Ada L", str(ada), True)
    before = await taught.ask(f"/threads/{thread}", before=told["messages"][0]["id"])
    assert [one["text"] for one in [*before["messages"], *told["messages"]]] == [f"Said {n}" for n in range(60)]
    assert PROMPT not in str(told)
    author = house.session(taught.author)
    for change in ("DELETE FROM student_courses", "UPDATE chapters SET archived = true"):
        house.db.execute(change.encode())
        reply = await house.http.get(f"/v1/courses/{taught.course}/mentor/threads/{thread}", headers=author)
        assert reply.status_code == 404
        house.db.execute(
            "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (ada, taught.course),
        )
