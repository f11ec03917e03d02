"""What the service reads for the mentor: this lesson, this learner, and no right answer of any question."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from lms_tui.db.queries import mentor_facts
from lms_tui.rules.mentor_facts import Facts, Wrong
from lms_tui.service.database import open_pools
from lms_tui.service.mentor_facts import facts_of
from lms_tui.service.settings import Settings

from .conftest import House, housed
from .plan_kit import add_answers, plan_of, read_whole
from .quiz_kit import SECRET, Quiz, full_quiz, good

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with housed(Settings(database_url=database_url, secrets=tmp_path / "secrets")) as house:
        yield house


@pytest.fixture
def quiz(house: House) -> Quiz:
    return full_quiz(house)


async def read(house: House, user: UUID, lesson: UUID) -> Facts | None:
    async with house.service.shared.pools.reader.connection() as connection:
        return await mentor_facts.facts(connection, user, lesson)


def mentored(house: House, lesson: UUID, **columns: str | None) -> None:
    given = {"ai_prompt": None, "learning_objectives": None, "difficulty_level": None} | columns
    house.db.execute(
        "INSERT INTO ai_mentor_lessons (lesson_id, ai_prompt, learning_objectives, difficulty_level)"
        " VALUES (%s, %s, %s, %s)",
        (lesson, given["ai_prompt"], given["learning_objectives"], given["difficulty_level"]),
    )


def group(house: House, name: str, characteristic: str | None, *users: UUID, archived: bool | None = None) -> None:
    own = uuid4()
    house.db.execute("INSERT INTO groups VALUES (%s, now(), now(), %s, %s, %s)", (own, name, characteristic, archived))
    for user in users:
        house.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (own, user))


async def test_a_lesson_without_a_mentor_has_nothing_to_tell(house: House, quiz: Quiz) -> None:
    assert await read(house, quiz.learner, quiz.lesson) is None
    mentored(house, quiz.lesson)
    assert await read(house, uuid4(), quiz.lesson) is None
    assert await read(house, quiz.learner, quiz.lesson) == Facts(
        course="Course", chapter="Chapter 1", lesson="Lesson 1.2", text="", ai_prompt="", objectives="", difficulty="",
        first_name="Ada", groups=[], wrong=[],
    )  # fmt: skip


async def test_the_lesson_its_author_and_the_learners_own_groups(house: House, quiz: Quiz) -> None:
    mentored(house, quiz.lesson, ai_prompt="Be kind.", learning_objectives="Joins", difficulty_level="easy")
    house.db.execute("UPDATE lessons SET description = '<p>Text</p>' WHERE id = %s", (quiz.lesson,))
    other = house.person()
    group(house, "B", "Needs breaks", quiz.learner, other)
    group(house, "A", "Likes maps", quiz.learner)
    group(house, "C", "Of the other", other)
    group(house, "D", "Archived", quiz.learner, archived=True)
    group(house, "E", " ", quiz.learner)
    group(house, "F", None, quiz.learner)
    found = await read(house, quiz.learner, quiz.lesson)
    assert found is not None
    assert (found.text, found.ai_prompt, found.objectives) == ("<p>Text</p>", "Be kind.", "Joins")
    assert (found.difficulty, found.groups) == ("easy", ["Likes maps", "Needs breaks"])


async def test_a_lesson_in_html_is_told_as_its_readers_see_it(house: House, quiz: Quiz) -> None:
    mentored(house, quiz.lesson)
    for text, told in (
        ("<h2>Joins</h2><!-- obey --><p>A <b>left</b> join</p><script>obey()</script>", "## Joins\n\nA **left** join"),
        ("A *left* <b>join</b>", "A *left* <b>join</b>"),
    ):
        house.db.execute("UPDATE lessons SET description = %s WHERE id = %s", (text, quiz.lesson))
        found = await facts_of(house.service.shared.pools, quiz.learner, quiz.lesson)
        assert found is not None
        assert found.text == told
    assert await facts_of(house.service.shared.pools, uuid4(), quiz.lesson) is None


async def test_wrong_answers_and_never_a_right_one(house: House, quiz: Quiz) -> None:
    """Of every kind of question; an attempt that is open, and one that another learner made, are not told of."""
    mentored(house, quiz.lesson)
    quiz.question("two", "true_false", ("Ice is warm", False), ("Steam is hot", True))
    other = house.person()
    quiz.enrol(other)
    theirs = good(await quiz.try_start(user=other))["id"]
    await quiz.set_answer(theirs, "essay", {"text": "Of the other learner"}, user=other)
    house.db.execute("UPDATE quiz_attempts SET completed_at = now(), score = 0")
    house.db.execute("UPDATE student_question_answers SET is_correct = false")
    attempt = (await quiz.start())["id"]
    own = quiz.options
    answers: dict[str, dict[str, Any]] = {
        "one": {"chosen": [str(own["one"][0])]},
        "all": {"chosen": [str(own["all"][0]), str(own["all"][1])]},
        "truth": {"chosen": [str(own["truth"][1])]},
        "statements": {"marked": {str(own["statements"][0]): False, str(own["statements"][1]): False}},
        "blanks": {"blanks": ["atlantis", "9"]},
        "essay": {"text": "Because."},
    }
    for name, answer in answers.items():
        good(await quiz.set_answer(attempt, name, answer))
    assert (await read(house, quiz.learner, quiz.lesson)).wrong == []  # type: ignore[union-attr]
    await quiz.submit(attempt)
    found = await read(house, quiz.learner, quiz.lesson)
    assert found is not None
    assert found.wrong == [
        Wrong("Lesson 1.2", "Question one", "a"),
        Wrong("Lesson 1.2", "Question all", "a; b"),
        Wrong("Lesson 1.2", "Question truth", "False"),
        Wrong("Lesson 1.2", "Question statements", "Water is wet: false; Fire is cold: false"),
        Wrong("Lesson 1.2", "On ___ lie ___ towns", found.wrong[4].answer),
        Wrong("Lesson 1.2", "Question scale", ""),
        Wrong("Lesson 1.2", "Question two", ""),
    ]
    assert sorted(found.wrong[4].answer.split("; ")) == ["9", "atlantis"]
    assert SECRET not in repr(found).lower()
    # another program may name the accepted text as what was chosen: it stays untold
    quiz.house.db.execute(
        "UPDATE student_question_answers SET selected_option_id = %s, answer_text = NULL WHERE question_id = %s",
        (own["blanks"][0], quiz.questions["blanks"]),
    )
    assert SECRET not in repr(await read(house, quiz.learner, quiz.lesson)).lower()
    # one with brackets in it may stand as several markers: all of the title between them stays untold
    house.db.execute("UPDATE questions SET title = 'In [a]zanzibar[b] it is' WHERE title LIKE '%%lie%%'")
    house.db.execute(
        "UPDATE question_answer_options SET option_text = 'a]zanzibar[b' WHERE id = %s", (own["blanks"][0],)
    )
    told = await read(house, quiz.learner, quiz.lesson)
    assert told is not None
    assert [wrong.question for wrong in told.wrong if "it is" in wrong.question] == ["In ___ it is"]


async def test_the_newest_attempt_that_counts_decides(house: House, quiz: Quiz) -> None:
    mentored(house, quiz.lesson)
    quiz.set(threshold_score=100)
    for right in ("one", "essay"):
        attempt = (await quiz.start())["id"]
        good(await quiz.set_answer(attempt, right, quiz.right(right)))
        await quiz.submit(attempt)
        wrong = [missed.question for missed in (await read(house, quiz.learner, quiz.lesson)).wrong]  # type: ignore[union-attr]
        assert f"Question {right}" not in wrong
        assert len(wrong) == 6
    house.db.execute("UPDATE questions SET archived = true WHERE id = %s", (quiz.questions["one"],))
    assert len((await read(house, quiz.learner, quiz.lesson)).wrong) == 5  # type: ignore[union-attr]
    # a fresh start takes the score: the attempt before it counts again, and then none does
    house.db.execute("UPDATE quiz_attempts SET score = NULL WHERE id = %s", (attempt,))
    wrong = [missed.question for missed in (await read(house, quiz.learner, quiz.lesson)).wrong]  # type: ignore[union-attr]
    assert "Question essay" in wrong
    house.db.execute("UPDATE quiz_attempts SET score = NULL")
    assert (await read(house, quiz.learner, quiz.lesson)).wrong == []  # type: ignore[union-attr]


async def test_other_courses_are_not_told_of_and_what_is_told_is_bounded(house: House, quiz: Quiz) -> None:
    elsewhere = house.course(house.person(), "Elsewhere")
    lesson = house.db.execute(
        "SELECT l.id FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id WHERE ch.course_id = %s LIMIT 1",
        (elsewhere,),
    ).fetchone()
    assert lesson is not None
    mentored(house, lesson[0], ai_prompt="p" * 99_999)
    mentored(house, quiz.lesson)
    for number in range(40):
        quiz.question(f"q{number}", "multiple-choice", ("a", True), ("b", False), title="t" * 9_999)
    attempt = (await quiz.start())["id"]
    await quiz.submit(attempt)
    found = await read(house, quiz.learner, lesson[0])
    assert found is not None
    assert found.wrong == []
    assert len(found.ai_prompt) == 16_000
    found = await read(house, quiz.learner, quiz.lesson)
    assert found is not None
    assert len(found.wrong) == 30
    assert max(len(missed.question) for missed in found.wrong) == 600


async def test_it_is_one_statement_read_by_indexes(database_url: str) -> None:
    """Among 100,000 answers, of learners who are each in 50 of 500 groups; each course has 50 more chapters."""
    with psycopg.connect(database_url, autocommit=True) as db:
        add_answers(db)
        db.execute("INSERT INTO chapters (course_id, title) SELECT id, n::text FROM courses, generate_series(1, 50) n")
        db.execute("INSERT INTO ai_mentor_lessons (lesson_id) SELECT id FROM lessons")
        db.execute("INSERT INTO groups (name, characteristic) SELECT n, 'c' || n FROM generate_series(1, 500) n")
        db.execute(
            "INSERT INTO group_users (group_id, user_id) SELECT g.id, u.id FROM groups g, users u"
            " WHERE hashtext(g.name || u.email) % 10 = 0"
        )
        db.execute("ANALYZE")
        ids = db.execute("SELECT (SELECT id FROM taken LIMIT 1), (SELECT id FROM users OFFSET 7 LIMIT 1)").fetchone()
        assert ids is not None
    pools = open_pools(database_url, 1)
    async with pools.reader.connection() as connection:
        binds = {"lesson": ("uuid", f"'{ids[0]}'"), "user": ("uuid", f"'{ids[1]}'")}
        plan = await plan_of(connection, mentor_facts.FACTS, binds)
        assert not read_whole(plan, "group_users"), plan
        found = await mentor_facts.facts(connection, ids[1], ids[0])
        assert found is not None
        assert (len(found.wrong), len(found.groups)) == (30, 10)
    await pools.close()
