"""The proofs under concurrency, with small numbers by default. The issue's numbers, with what they came to:

    LMS_TUI_RACES=full pytest tests/service/test_quiz_proofs.py -n 0 -s

100 workers that start, answer and submit until they are refused, at limits of 1, 3 and 10, 50 rounds each; 100 starts
at once; 1,000 rounds of save against submit and of save against save; one submission 50 times at once. On the ASGI app
with its real pools and a real PostgreSQL, in which a unique index makes a second open attempt impossible to miss.
"""

import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import anyio
import pytest

from .conftest import House
from .quiz_kit import Json, Quiz, code, empty_quiz, full_quiz, good
from .test_quiz_races import at_once

pytestmark = pytest.mark.anyio

FULL = os.environ.get("LMS_TUI_RACES") == "full"
WORKERS, ROUNDS = (100, 50) if FULL else (12, 2)
STARTS, SAVES, SUBMISSIONS = (100, 1000, 50) if FULL else (20, 15, 10)

ONE_OPEN = "CREATE UNIQUE INDEX one_open ON quiz_attempts (user_id, lesson_id) WHERE completed_at IS NULL"
GRADED_OTHERWISE = """
SELECT count(*) FROM (
  SELECT s.quiz_attempt_id, s.question_id, bool_and(s.is_correct) AS graded, sum(s.points_earned) AS points,
    coalesce(array_agg(s.selected_option_id ORDER BY s.selected_option_id)
      FILTER (WHERE s.selected_option_id IS NOT NULL), '{}') AS chosen,
    count(*) FILTER (WHERE s.is_correct IS NULL) AS open
  FROM student_question_answers s JOIN quiz_attempts t ON t.id = s.quiz_attempt_id AND t.completed_at IS NOT NULL
  GROUP BY 1, 2
) a JOIN questions q ON q.id = a.question_id CROSS JOIN LATERAL (
  SELECT array_agg(o.id ORDER BY o.id) FILTER (WHERE o.is_correct) AS correct
  FROM question_answer_options o WHERE o.question_id = q.id
) o
WHERE a.open > 0 OR a.graded IS DISTINCT FROM (a.chosen = o.correct) OR a.points <> CASE WHEN a.graded THEN 1 ELSE 0 END
"""
"""How many questions of submitted attempts have another verdict, or points, than their stored choices deserve."""
DOUBLED = """
SELECT count(*) FROM (SELECT 1 FROM student_question_answers
  GROUP BY quiz_attempt_id, question_id, selected_option_id HAVING count(*) > 1) doubled"""
SECOND_CHOICE = """
SELECT count(*) FROM (SELECT 1 FROM student_question_answers WHERE question_id = %s
  GROUP BY quiz_attempt_id HAVING count(*) > 1) second"""


def choices(house: House) -> Quiz:
    """A quiz of a single choice and a choice of all that apply, one point each."""
    quiz = empty_quiz(house)
    quiz.question("one", "multiple-choice", ("a", False), ("b", True), ("c", False))
    quiz.question("all", "multiple-choice", ("a", True), ("b", False), ("c", True))
    house.db.execute(ONE_OPEN.encode())
    return quiz


@pytest.fixture
def said() -> Iterator[Counter[str]]:
    """Counts what was done; at the end of a full run it is told, with how long it took."""
    counted: Counter[str] = Counter()
    begun = time.monotonic()
    yield counted
    if FULL:
        print(f"\n{time.monotonic() - begun:.1f} s: {dict(sorted(counted.items()))}", flush=True)  # noqa: T201


async def work(quiz: Quiz, learner: UUID, said: Counter[str], number: int) -> None:
    """Start, answer and submit until refused; what is lost to another worker in between is no refusal."""
    named = [str(own) for own in quiz.questions.values()]
    while True:
        started = await quiz.try_start(user=learner)
        if started.status_code != 200:
            assert code(started) == "attempts_used_up"
            said["refused"] += 1
            return
        attempt = started.json()["id"]
        options = quiz.options["one"]
        answer: Json = {"chosen": [str(options[number % len(options)])]}
        answered = await quiz.set_answer(attempt, "one", answer, user=learner)
        assert answered.status_code == 200 or code(answered) in {"answer_conflict", "attempt_closed"}
        said[f"answer {answered.status_code}"] += 1
        submitted = await quiz.ask("POST", f"/v1/attempts/{attempt}/submission", {"questions": named}, learner)
        assert submitted.status_code == 200
        said["submitted"] += 1


@pytest.mark.parametrize("limit", [1, 3, 10])
async def test_workers_in_a_loop_never_pass_the_limit(house: House, limit: int, said: Counter[str]) -> None:
    quiz = choices(house)
    quiz.set(attempts_limit=limit)
    for _ in range(ROUNDS):
        learner = house.person()
        quiz.enrol(learner)
        async with anyio.create_task_group() as group:
            for number in range(WORKERS):
                group.start_soon(work, quiz, learner, said, number)
        count = "SELECT count(*) FROM quiz_attempts t WHERE t.user_id = %s"
        assert quiz.count(f"{count} AND t.completed_at IS NOT NULL AND t.score IS NOT NULL", learner) == limit
        assert quiz.count(count, learner) == limit  # and none open beside
        assert quiz.count("SELECT attempts FROM student_lesson_progress WHERE user_id = %s", learner) == limit
        assert quiz.count("SELECT quiz_attempts FROM course_students_stats WHERE user_id = %s", learner) == limit
        said["rounds"] += 1
    assert said["refused"] == ROUNDS * WORKERS
    assert quiz.count(GRADED_OTHERWISE) == quiz.count(DOUBLED) == 0


async def test_starters_at_once_make_one_attempt(house: House, said: Counter[str]) -> None:
    quiz = full_quiz(house)
    house.db.execute(ONE_OPEN.encode())
    replies = [good(reply) for reply in await at_once(quiz.try_start() for _ in range(STARTS))]
    assert len({reply["id"] for reply in replies}) == 1
    assert quiz.count("SELECT count(*) FROM quiz_attempts") == 1
    said["replies with one id"] = len(replies)


async def test_save_against_submit_grades_what_stands(house: House, said: Counter[str]) -> None:
    quiz = choices(house)
    for number in range(SAVES):
        attempt = (await quiz.start())["id"]
        options = [str(option) for option in quiz.options["one"]]
        base = None
        if number % 2:  # an answer stands already, and is changed while it is graded
            base = good(await quiz.set_answer(attempt, "one", {"chosen": options[:1]}))["updated_at"]
        calls = [
            quiz.set_answer(attempt, "one", {"chosen": options[1:2]}, base),
            quiz.try_submit(attempt),
            quiz.set_answer(attempt, "all", quiz.right("all")),
        ]
        order = (0, 1, 2) if number % 3 else (1, 2, 0)
        replies = await at_once(calls[place] for place in order)
        saved, submitted, saved_too = (replies[order.index(place)] for place in range(3))
        result = good(submitted)
        for reply, name in ((saved, "one"), (saved_too, "all")):
            shown = next(one for one in result["questions"] if one["question"]["id"] == str(quiz.questions[name]))
            assert reply.status_code == 200 or code(reply) == "attempt_closed"
            assert shown["is_correct"] is (reply.status_code == 200)
            said["saved before" if reply.status_code == 200 else "refused after"] += 1
        assert good(await quiz.result(attempt)) | {"now": ""} == result | {"now": ""}
        said["rounds"] += 1
    assert quiz.count(GRADED_OTHERWISE) == 0
    assert quiz.count(DOUBLED) == quiz.count(SECOND_CHOICE, quiz.questions["one"]) == 0


async def test_save_against_save_leaves_one_answer_whole(house: House, said: Counter[str]) -> None:
    quiz = choices(house)
    attempt = (await quiz.start())["id"]
    ids = {name: [str(option) for option in quiz.options[name]] for name in quiz.questions}
    answers = {
        "one": [[option] for option in ids["one"]],
        "all": [list(some) for size in (1, 2, 3) for some in itertools.combinations(ids["all"], size)],
    }
    stands: dict[str, list[str]] = {"one": [], "all": []}
    bases: dict[str, str | None] = {"one": None, "all": None}
    for number in range(SAVES):
        name = ("one", "all")[number % 2]
        others = [chosen for chosen in answers[name] if chosen != stands[name]]  # the same would be acknowledged
        pair = [others[number % len(others)], others[(number + 1) % len(others)]]
        replies = await at_once(quiz.set_answer(attempt, name, {"chosen": chosen}, bases[name]) for chosen in pair)
        won = [place for place, reply in enumerate(replies) if reply.status_code == 200]
        assert len(won) == 1
        stored = replies[won[0]].json()
        rows = house.db.execute(
            "SELECT selected_option_id::text FROM student_question_answers WHERE question_id = %s",
            (quiz.questions[name],),
        ).fetchall()
        assert sorted(row[0] for row in rows) == sorted(stored["answer"]["chosen"])
        for place, reply in enumerate(replies):
            if place not in won:
                assert code(reply) == "answer_conflict"
                assert reply.json()["stored"] == stored
        bases[name], stands[name] = stored["updated_at"], stored["answer"]["chosen"]
        said["rounds"] += 1
        said[f"won by {won[0] + 1}"] += 1
    result = await quiz.submit(attempt)
    assert [one["answer"] for one in result["questions"]] == [{"chosen": chosen} for chosen in _stored(quiz)]
    assert quiz.count(GRADED_OTHERWISE) == quiz.count(DOUBLED) == 0


def _stored(quiz: Quiz) -> list[list[str]]:
    """The choices that stand for each question, in the order of its options."""
    return [
        [
            str(option)
            for option in quiz.options[name]
            if quiz.count("SELECT count(*) FROM student_question_answers WHERE selected_option_id = %s", option)
        ]
        for name in quiz.questions
    ]


async def test_one_submission_many_times_at_once_has_one_result(house: House, said: Counter[str]) -> None:
    quiz = choices(house)
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", quiz.right("one")))
    replies = [good(reply) for reply in await at_once(quiz.try_submit(attempt) for _ in range(SUBMISSIONS))]
    assert all(reply | {"now": ""} == replies[0] | {"now": ""} for reply in replies)
    assert (replies[0]["score"], replies[0]["earned"]) == (50, 1)
    assert quiz.count("SELECT attempts FROM student_lesson_progress") == 1
    assert quiz.count("SELECT count(*) FROM student_question_answers") == 2
    assert quiz.count(GRADED_OTHERWISE) == 0
    said["equal replies"] = len(replies)


async def test_the_proof_sees_what_it_is_to_see(house: House) -> None:
    """A verdict, points and a row that are wrong by hand are counted."""
    quiz = choices(house)
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", {"chosen": [str(quiz.options["one"][1])]}))
    await quiz.submit(attempt)
    own = quiz.questions["one"]
    for statement in (
        "UPDATE student_question_answers SET is_correct = false, points_earned = 0 WHERE question_id = %s",
        "UPDATE student_question_answers SET points_earned = 2, is_correct = true WHERE question_id = %s",
    ):
        house.db.execute(statement.encode(), (own,))
        assert quiz.count(GRADED_OTHERWISE) == 1
    copy = "INSERT INTO student_question_answers (quiz_attempt_id, question_id, selected_option_id, is_correct) SELECT"
    house.db.execute(
        f"{copy} quiz_attempt_id, question_id, selected_option_id, true FROM student_question_answers"
        " WHERE question_id = %s".encode(),
        (own,),
    )
    assert (quiz.count(DOUBLED), quiz.count(SECOND_CHOICE, own)) == (1, 1)
