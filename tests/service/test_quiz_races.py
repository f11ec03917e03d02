"""Many terminals at once: one attempt, one answer, one submission, and never more than the limit."""

from collections import Counter
from collections.abc import Awaitable, Iterable
from uuid import uuid4

import anyio
import httpx
import pytest

from .conftest import House
from .quiz_kit import Json, code, full_quiz, good

pytestmark = pytest.mark.anyio


async def at_once(calls: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    """Await all of `calls` at once; their replies in the order of the calls."""
    waiting = list(calls)
    replies: dict[int, httpx.Response] = {}

    async def one(place: int, call: Awaitable[httpx.Response]) -> None:
        replies[place] = await call

    async with anyio.create_task_group() as group:
        for place, call in enumerate(waiting):
            group.start_soon(one, place, call)
    return [replies[place] for place in range(len(waiting))]


async def test_twenty_starters_make_one_attempt(house: House) -> None:
    quiz = full_quiz(house)
    replies = await at_once(quiz.try_start() for _ in range(20))
    assert len({good(reply)["id"] for reply in replies}) == 1
    assert quiz.count("SELECT count(*) FROM quiz_attempts") == 1


async def test_twenty_starters_with_one_id_make_one_attempt(house: House) -> None:
    quiz = full_quiz(house)
    own = uuid4()
    replies = await at_once(quiz.try_start(own) for _ in range(20))
    assert {good(reply)["id"] for reply in replies} == {str(own)}


async def test_two_people_with_one_id_get_one_attempt_and_a_404(house: House) -> None:
    quiz = full_quiz(house)
    other, own = house.person(), uuid4()
    quiz.enrol(other)
    replies = await at_once(quiz.try_start(own, user) for user in (quiz.learner, other))
    assert sorted(reply.status_code for reply in replies) == [200, 404]


async def test_savers_at_once_leave_one_choice_and_one_winner(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    base = None
    for _ in range(5):
        choices: list[Json] = [{"chosen": [str(option)]} for option in quiz.options["one"]] * 4
        replies = await at_once(quiz.set_answer(attempt, "one", choice, base) for choice in choices)
        assert quiz.count("SELECT count(*) FROM student_question_answers") == 1
        stored = (await quiz.start())["answers"][0]
        base = stored["updated_at"]
        for choice, reply in zip(choices, replies, strict=True):
            if reply.status_code == 200 and choice == stored["answer"]:
                assert reply.json() == stored
            elif reply.status_code == 409:
                assert code(reply) == "answer_conflict"
        # The same choice as the one that stood is acknowledged; of the others exactly one replaced it.
        assert {str(reply.status_code) for reply in replies} == {"200", "409"}
        assert any(reply.status_code == 200 and reply.json() == stored for reply in replies)


async def test_savers_of_all_that_apply_never_mix_their_choices(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    own = [str(option) for option in quiz.options["all"]]
    sets = [own[:1], own[:2], own[1:], own]
    await at_once(quiz.set_answer(attempt, "all", {"chosen": chosen}) for chosen in sets * 5)
    rows = house.db.execute("SELECT selected_option_id::text FROM student_question_answers").fetchall()
    assert {option for (option,) in rows} in [set(chosen) for chosen in sets]
    assert len(rows) == len({option for (option,) in rows})


async def test_submitting_while_saving_grades_what_stands(house: House) -> None:
    quiz = full_quiz(house)
    for _ in range(5):
        attempt = (await quiz.start())["id"]
        calls = [quiz.set_answer(attempt, name, quiz.right(name)) for name in quiz.questions]
        calls.insert(3, quiz.try_submit(attempt))
        calls.append(quiz.try_submit(attempt))
        replies = await at_once(calls)
        assert {reply.status_code for reply in replies} <= {200, 409}
        result = good(await quiz.result(attempt))
        rows = house.db.execute(
            "SELECT question_id::text, bool_and(is_correct), sum(points_earned) FROM student_question_answers"
            " WHERE quiz_attempt_id = %s GROUP BY 1",
            (attempt,),
        ).fetchall()
        shown = {one["question"]["id"]: (one["is_correct"], one["points_earned"]) for one in result["questions"]}
        assert {own: (right, points) for own, right, points in rows} == shown
        assert result["earned"] == sum(points for *_, points in rows)
        saved = sum(reply.status_code == 200 for reply in replies) - 2
        assert saved == sum(right for _, right, _ in rows)


async def test_submissions_at_once_close_once_and_agree(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    replies = [good(reply) for reply in await at_once(quiz.try_submit(attempt) for _ in range(10))]
    assert all({**reply, "now": ""} == {**replies[0], "now": ""} for reply in replies)
    assert quiz.count("SELECT attempts FROM student_lesson_progress") == 1
    assert quiz.count("SELECT count(*) FROM student_question_answers") == 7


async def test_never_more_attempts_than_the_limit(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(attempts_limit=3)
    told: Counter[str] = Counter()

    async def terminal() -> None:
        for _ in range(4):
            started = await quiz.try_start()
            if started.status_code == 200:
                submitted = await quiz.try_submit(started.json()["id"])
                assert submitted.status_code == 200
            else:
                told[code(started)] += 1

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(terminal)
    assert quiz.count("SELECT count(*) FROM quiz_attempts WHERE completed_at IS NOT NULL") == 3
    assert quiz.count("SELECT count(*) FROM quiz_attempts") == 3
    assert quiz.count("SELECT attempts FROM student_lesson_progress") == 3
    assert set(told) <= {"attempts_used_up", "attempt_closed"}
    assert told["attempts_used_up"] > 0


async def test_two_open_attempts_of_another_program_cannot_both_count_beyond_the_limit(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(attempts_limit=1)
    both = [uuid4(), uuid4()]
    for place, own in enumerate(both):
        house.db.execute(
            "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at)"
            " VALUES (%s, %s, %s, now() + %s * interval '1s')",
            (own, quiz.learner, quiz.lesson, place),
        )
    replies = await at_once(quiz.try_submit(str(own)) for own in both)
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    assert quiz.count("SELECT count(*) FROM quiz_attempts WHERE completed_at IS NOT NULL") == 1


async def test_never_two_attempts_within_the_cooldown(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(quiz_cooldown_in_hours=1)

    async def terminal() -> None:
        for _ in range(3):
            started = await quiz.try_start()
            if started.status_code == 200:
                good(await quiz.try_submit(started.json()["id"]))
            else:
                assert code(started) in {"cooldown", "attempt_closed"}

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(terminal)
    assert quiz.count("SELECT count(*) FROM quiz_attempts") == 1


async def test_learners_of_one_course_submit_at_once_without_a_deadlock(house: House) -> None:
    quiz = full_quiz(house)
    people = [house.person() for _ in range(10)]
    quiz.enrol(*people)
    started = [(person, good(await quiz.try_start(user=person))["id"]) for person in people]
    named = [str(own) for own in quiz.questions.values()]
    replies = await at_once(
        quiz.ask("POST", f"/v1/attempts/{attempt}/submission", {"questions": named}, person)
        for person, attempt in started
    )
    assert {reply.status_code for reply in replies} == {200}
