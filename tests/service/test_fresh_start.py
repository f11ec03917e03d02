"""A fresh start of one lesson: who may give it, what it takes away, what it leaves, and what it does to old writes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from lms_tui.db.queries import statistics

from .conftest import House
from .quiz_kit import Json, Quiz, code, full_quiz, good
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio


@dataclass
class School:
    """A quiz, and the author of its course."""

    quiz: Quiz
    author: UUID

    async def look(self, learner: object = None, user: UUID | None = None) -> httpx.Response:
        """What it would touch, whatever comes."""
        path = f"/v1/lessons/{self.quiz.lesson}/fresh-start?learner={learner or self.quiz.learner}"
        return await self.quiz.ask("GET", path, user=user or self.author)

    async def give(
        self, own: UUID | None = None, learner: UUID | None = None, lesson: UUID | None = None, user: UUID | None = None
    ) -> httpx.Response:
        """Give it, whatever comes."""
        body = {"lesson_id": str(lesson or self.quiz.lesson), "learner_id": str(learner or self.quiz.learner)}
        return await self.quiz.ask("PUT", f"/v1/fresh-starts/{own or uuid4()}", body, user or self.author)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return self.quiz.house.db.execute(f"SELECT * FROM {table} ORDER BY 1".encode()).fetchall()


def school(house: House) -> School:
    quiz = full_quiz(house)
    quiz.set(threshold_score=20, attempts_limit=1, quiz_cooldown_in_hours=24)
    row = house.db.execute("SELECT author_id FROM courses").fetchone()
    assert row is not None
    house.db.execute("UPDATE users SET role = 'content_creator' WHERE id = %s", row)
    return School(quiz, row[0])


async def passed(quiz: Quiz) -> str:
    """The id of an attempt that passed."""
    attempt: str = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", quiz.right("one")))
    assert (await quiz.submit(attempt))["is_passed"]
    return attempt


async def test_it_takes_away_what_was_recorded_and_leaves_answers_times_chapter_and_course(house: House) -> None:
    here = school(house)
    quiz = here.quiz
    house.db.execute("DELETE FROM lessons WHERE id <> %s", (quiz.lesson,))  # so that its one lesson completes all
    house.db.execute("UPDATE chapters SET archived = true WHERE id NOT IN (SELECT chapter_id FROM lessons)")
    attempt = await passed(quiz)
    answers, marks = here.rows("student_question_answers"), here.rows("student_chapter_progress")
    submitted = quiz.count("SELECT completed_at FROM quiz_attempts")
    was = quiz.count("SELECT id FROM student_lesson_progress")
    facts = good(await here.look())
    assert (facts["attempts"], facts["best_score"], facts["started"], facts["open_attempt"]) == (1, 25, True, False)
    assert facts["chapter_completed_at"]
    assert facts["course_completed_at"]
    assert (await quiz.page())["standing"] == "used_up"

    told = good(await here.give())
    assert (told["set_aside"], told["closed"]) == (1, 0)
    assert quiz.count("SELECT score FROM quiz_attempts") is None
    assert quiz.count("SELECT completed_at FROM quiz_attempts") == submitted
    assert here.rows("student_question_answers") == answers
    row = house.db.execute(
        "SELECT id, is_started, is_completed, is_quiz_passed, completed_at, attempts FROM student_lesson_progress"
    ).fetchone()
    assert row == (UUID(told["progress_id"]), False, False, False, None, 0)
    assert row[0] != was
    assert here.rows("student_chapter_progress") == marks
    assert quiz.count("SELECT completed_at IS NOT NULL FROM student_courses")
    page = await quiz.page()
    assert (page["standing"], page["attempts_used"], page["best_score"], page["is_passed"]) == ("ready", 0, None, False)
    assert code(await quiz.result(attempt)) == "not_found"
    assert (await quiz.start())["answers"] == []


async def test_the_statistics_follow_and_agree_with_a_recount(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    pair = [here.quiz.learner], [here.quiz.course]
    async with house.service.shared.pools.writer.connection() as tx:
        await statistics.recount(tx, *pair)  # the enrolment came behind the service's back
    good(await here.give())
    tables = ("course_students_stats", "user_statistics", "courses_summary_stats")
    assert here.quiz.count("SELECT quiz_attempts FROM course_students_stats") == 0
    assert here.quiz.count("SELECT average_quiz_score FROM user_statistics") is None
    assert here.quiz.count("SELECT lessons_completed FROM user_statistics") == 0
    before = [here.rows(table) for table in tables]
    async with house.service.shared.pools.writer.connection() as tx:
        await statistics.recount(tx, *pair)
    assert [here.rows(table) for table in tables] == before


async def test_an_open_attempt_is_closed_and_takes_nothing_any_more(house: House) -> None:
    here = school(house)
    quiz = here.quiz
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", quiz.right("one")))
    told = good(await here.give())
    assert (told["set_aside"], told["closed"], told["progress_id"]) == (0, 1, None)
    assert code(await quiz.set_answer(attempt, "truth", quiz.right("truth"))) == "stale"
    assert code(await quiz.try_submit(attempt)) == "stale"
    assert code(await quiz.ask("GET", f"/v1/attempts/{attempt}")) == "stale"
    assert code(await quiz.try_start(UUID(attempt))) == "stale"
    new = await quiz.start()
    assert (new["answers"], new["number"]) == ([], 1)
    assert await passed(quiz) == new["id"]


async def test_progress_writes_from_before_are_refused_whatever_they_saw(house: House) -> None:
    here = school(house)
    row = house.db.execute("SELECT id FROM lessons WHERE title = 'Lesson 1.1'").fetchone()
    assert row is not None
    here.quiz.lesson = row[0]
    chosen = uuid4()

    async def write(what: str, seen: str | None, own: UUID = chosen) -> httpx.Response:
        body: Json = {"id": str(own)} | ({"seen": seen} if seen else {})
        return await here.quiz.ask("PUT", f"/v1/lessons/{row[0]}/{what}", body)

    good(await write("start", None))
    good(await here.give())
    assert code(await write("completion", None)) == "stale"  # from a screen opened before there was a row
    assert code(await write("completion", str(chosen))) == "stale"
    assert code(await write("start", None)) == "stale"
    new = (good(await here.quiz.ask("GET", f"/v1/lessons/{row[0]}")))["progress_id"]
    assert good(await write("completion", new, uuid4()))["completed"]
    good(await here.give())
    assert code(await write("start", None)) == "stale"  # two fresh starts ago
    assert code(await write("start", new)) == "stale"
    assert good(await write("start", None, uuid4()))["started"]  # a terminal that knew nothing of it


async def test_the_same_request_again_changes_nothing_and_has_the_same_reply(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    own = uuid4()
    first = good(await here.give(own))
    await passed(here.quiz)
    assert good(await here.give(own)) == first
    assert here.quiz.count("SELECT count(*) FROM quiz_attempts WHERE score IS NOT NULL") == 1
    assert here.quiz.count("SELECT count(*) FROM lms_tui.audit") == 1


async def test_ten_times_at_once_is_once(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    own = uuid4()
    replies = [good(reply) for reply in await at_once(here.give(own) for _ in range(10))]
    assert all(reply == replies[0] for reply in replies)
    assert here.quiz.count("SELECT count(*) FROM lms_tui.audit") == 1


async def test_while_the_learner_submits_one_comes_before_the_other(house: House) -> None:
    here = school(house)
    here.quiz.set(attempts_limit=None, quiz_cooldown_in_hours=None)
    for _ in range(10):
        attempt = (await here.quiz.start())["id"]
        submitted, answered, given = await at_once(
            [
                here.quiz.try_submit(attempt),
                here.quiz.set_answer(attempt, "one", here.quiz.right("one")),
                here.give(),
            ]
        )
        assert given.status_code == 200
        assert submitted.status_code == 200 or code(submitted) == "stale"
        assert answered.status_code == 200 or code(answered) in {"stale", "attempt_closed"}
        assert here.quiz.count("SELECT count(*) FROM quiz_attempts WHERE completed_at IS NULL") == 0
        assert here.quiz.count("SELECT count(*) FROM quiz_attempts WHERE score IS NOT NULL") == 0
        assert not here.quiz.count("SELECT coalesce(bool_or(is_completed), false) FROM student_lesson_progress")


async def test_the_audit_says_who_what_to_whom_on_what_and_when(house: House) -> None:
    here = school(house)
    attempt, own = await passed(here.quiz), uuid4()
    was = here.quiz.count("SELECT id::text FROM student_lesson_progress")
    told = good(await here.give(own))
    row = house.db.execute(
        "SELECT id, actor_id, action, subject_id, object_id, details, now() - at < interval '1 minute'"
        " FROM lms_tui.audit"
    ).fetchone()
    assert row is not None
    assert row[:5] == (own, here.author, "lesson.fresh_start", here.quiz.learner, here.quiz.lesson)
    assert (row[5]["attempts"], row[5]["progress_was"], row[5]["reply"]) == ([attempt], was, told)
    assert row[6]


async def test_only_the_author_and_admins_may(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    other = house.person("CONTENT_CREATOR")
    before = here.rows("quiz_attempts"), here.rows("student_lesson_progress")
    for user, expected in ((other, "not_found"), (here.quiz.learner, "forbidden")):
        assert code(await here.look(user=user)) == expected
        assert code(await here.give(user=user)) == expected
    stranger = house.person()
    assert code(await here.look(stranger)) == code(await here.look(uuid4())) == "not_found"
    assert code(await here.give(learner=stranger)) == "not_found"
    assert code(await here.give(lesson=uuid4())) == "not_found"
    assert (here.rows("quiz_attempts"), here.rows("student_lesson_progress")) == before
    assert here.rows("lms_tui.audit") == []
    good(await here.give(user=house.person("admin")))


async def test_an_id_that_stands_for_something_else(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    own = uuid4()
    good(await here.give(own))
    learner = house.person()
    here.quiz.enrol(learner)
    assert code(await here.give(own, learner=learner)) == "id_taken"
    assert code(await here.give(own, user=house.person("ADMIN"))) == "not_found"


async def test_a_learner_is_found_by_address_in_any_case_where_one_has_it(house: House) -> None:
    here = school(house)
    house.db.execute("UPDATE users SET email = 'Ada@x.org' WHERE id = %s", (here.quiz.learner,))
    assert good(await here.look("ada@X.org"))["learner_id"] == str(here.quiz.learner)
    twin = house.person(email="ada@x.org")
    here.quiz.enrol(twin)
    assert good(await here.look("ada@x.org"))["learner_id"] == str(twin)
    assert good(await here.look("Ada@x.org"))["learner_id"] == str(here.quiz.learner)
    assert code(await here.look("ADA@x.org")) == "not_found"


async def test_who_has_left_the_course_can_have_one_too(house: House) -> None:
    here = school(house)
    await passed(here.quiz)
    good(await here.quiz.ask("DELETE", f"/v1/courses/{here.quiz.course}/enrolment"))
    assert good(await here.give())["set_aside"] == 1
    assert here.quiz.count("SELECT quiz_attempts FROM course_students_stats") == 0
