"""The history of a quiz and the change between two attempts; who may see what of it."""

from uuid import uuid4

import pytest

from .conftest import House
from .quiz_kit import Json, Quiz, code, full_quiz, good

pytestmark = pytest.mark.anyio


async def taken(quiz: Quiz, *right: str) -> Json:
    """Take the quiz with right answers to these questions, and `a` to the choice of one where it is not among them."""
    attempt = (await quiz.start())["id"]
    for name in right:
        good(await quiz.set_answer(attempt, name, quiz.right(name)))
    if "one" not in right:
        good(await quiz.set_answer(attempt, "one", {"chosen": [str(quiz.options["one"][0])]}))
    return await quiz.submit(attempt)


async def history(quiz: Quiz) -> Json:
    return good(await quiz.ask("GET", f"/v1/lessons/{quiz.lesson}/attempts"))


async def compare(quiz: Quiz, one: str, other: str) -> Json:
    return good(await quiz.ask("GET", f"/v1/attempts/{one}/comparison/{other}"))


async def test_the_history_has_every_attempt_the_newest_first(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=50, attempts_limit=5)
    first, second = await taken(quiz, "truth"), await taken(quiz, "one", "all", "scale")
    house.db.execute(
        "UPDATE quiz_attempts SET created_at = completed_at - interval '95 seconds' WHERE id = %s",
        (second["attempt_id"],),
    )
    house.db.execute(
        "UPDATE quiz_attempts SET created_at = completed_at - interval '1 hour' WHERE id = %s", (first["attempt_id"],)
    )
    third = (await quiz.start())["id"]
    told = await history(quiz)
    assert (told["best_score"], told["is_passed"], told["attempts_left"], told["threshold"]) == (50, True, 3, 50)
    assert [
        (one["id"], one["state"], one["number"], one["score"], one["is_passed"], one["seconds"])
        for one in told["attempts"]
    ] == [
        (third, "open", 3, None, False, None),
        (second["attempt_id"], "counts", 2, 50, True, 95),
        (first["attempt_id"], "counts", 1, 12, False, 3600),
    ]


async def test_an_attempt_set_aside_stays_in_the_history_without_number_and_score(house: House) -> None:
    quiz = full_quiz(house)
    first = await taken(quiz, "truth")
    house.db.execute("UPDATE quiz_attempts SET score = NULL")
    second = await taken(quiz, "truth")
    told = await history(quiz)
    assert [(one["id"], one["state"], one["number"], one["score"]) for one in told["attempts"]] == [
        (second["attempt_id"], "counts", 1, 12),
        (first["attempt_id"], "set_aside", None, None),
    ]


async def test_the_change_between_two_attempts_whichever_is_named_first(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=90, attempts_limit=3)
    first, second = await taken(quiz, "truth", "all"), await taken(quiz, "one", "all")
    there = await compare(quiz, first["attempt_id"], second["attempt_id"])
    back = await compare(quiz, second["attempt_id"], first["attempt_id"])
    assert there == back
    assert (there["earlier"]["number"], there["later"]["number"], there["reveals"]) == (1, 2, False)
    changes = {one["later"]["question"]["id"]: one["change"] for one in there["questions"]}
    assert {name: changes[str(own)] for name, own in quiz.questions.items()} == {
        "one": "gained",
        "all": "still_right",
        "truth": "lost",
        "statements": "still_wrong",
        "blanks": "still_wrong",
        "scale": "still_wrong",
        "essay": "still_wrong",
    }
    one = there["questions"][0]
    assert one["earlier"]["answer"] == {"chosen": [str(quiz.options["one"][0])]}
    assert one["later"]["answer"] == quiz.right("one")


async def test_right_answers_are_in_the_change_only_where_a_result_has_them(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=90, attempts_limit=3)
    first, second = await taken(quiz), await taken(quiz)
    ids = first["attempt_id"], second["attempt_id"]
    for one in (await compare(quiz, *ids))["questions"]:
        for side in ("earlier", "later"):
            assert one[side]["correct"] is None
            assert one[side]["accepted"] == []
    await taken(quiz)  # the last
    shown = await compare(quiz, *ids)
    assert shown["reveals"]
    assert shown["questions"][0]["earlier"]["correct"] == quiz.right("one")


async def test_a_question_of_one_attempt_alone_is_said_to_be_so(house: House) -> None:
    quiz = full_quiz(house)
    first = await taken(quiz, "truth")
    house.db.execute("UPDATE questions SET archived = true WHERE id = %s", (quiz.questions.pop("truth"),))
    new = quiz.question("new", "essay")
    second = await taken(quiz)
    told = (await compare(quiz, first["attempt_id"], second["attempt_id"]))["questions"]
    assert (told[-1]["change"], told[-1]["later"]) == ("only_earlier", None)
    assert [
        (one["change"], one["earlier"]) for one in told if one["later"] and one["later"]["question"]["id"] == str(new)
    ] == [("only_later", None)]


async def test_who_may_compare_what(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=90)
    first, second = (await taken(quiz))["attempt_id"], (await taken(quiz))["attempt_id"]
    other, lesson = house.person(), quiz.lesson
    quiz.enrol(other)
    path = f"/v1/attempts/{first}/comparison"
    assert code(await quiz.ask("GET", f"{path}/{first}")) == "bad_request"
    assert code(await quiz.ask("GET", f"{path}/{uuid4()}")) == "not_found"
    assert code(await quiz.ask("GET", f"{path}/{second}", user=other)) == "not_found"
    opened = (await quiz.start())["id"]
    assert code(await quiz.ask("GET", f"{path}/{opened}")) == "not_found"
    house.db.execute("UPDATE quiz_attempts SET score = NULL WHERE id = %s", (second,))
    assert code(await quiz.ask("GET", f"{path}/{second}")) == "not_found"
    row = house.db.execute("SELECT id FROM lessons WHERE title = 'Lesson 2.2'").fetchone()
    assert row is not None
    house.db.execute("UPDATE questions SET lesson_id = %s WHERE id = %s", (row[0], quiz.questions["essay"]))
    quiz.lesson, asked = row[0], quiz.questions
    quiz.questions = {"essay": asked["essay"]}
    elsewhere = (await quiz.submit((await quiz.start())["id"]))["attempt_id"]
    assert code(await quiz.ask("GET", f"{path}/{elsewhere}")) == "bad_request"
    house.db.execute("DELETE FROM student_courses WHERE user_id = %s", (quiz.learner,))
    assert code(await quiz.ask("GET", f"/v1/lessons/{lesson}/attempts")) == "enrol_first"
