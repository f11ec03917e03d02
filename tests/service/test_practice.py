"""Practice against a real PostgreSQL: what is in it, what is not, the verdict, and that nothing is written."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.wire import practice as wire

from .conftest import House
from .quiz_kit import SECRET, Json, Quiz, code, full_quiz, good

pytestmark = pytest.mark.anyio
JUDGED = ("one", "all", "truth", "statements", "blanks")


async def submitted(quiz: Quiz, *right: str) -> str:
    """An attempt with right answers to these questions and none to the others."""
    attempt = str((await quiz.start())["id"])
    for name in right:
        good(await quiz.set_answer(attempt, name, quiz.right(name)))
    await quiz.submit(attempt)
    return attempt


async def wrong(quiz: Quiz, user: UUID | None = None) -> list[str]:
    """The names of the questions to practise, in order of their ids."""
    page = good(await quiz.ask("GET", "/v1/practice", user=user))
    names = {str(own): name for name, own in quiz.questions.items()}
    return sorted(names[each["question_id"]] for each in page["wrong"])


async def shown(quiz: Quiz, *names: str) -> list[Json]:
    ids = [str(quiz.questions[name]) for name in names]
    found: list[Json] = good(await quiz.ask("POST", "/v1/practice/questions", {"questions": ids}))["questions"]
    return found


async def try_check(quiz: Quiz, name: str, answer: Json, user: UUID | None = None) -> Any:
    return await quiz.ask("POST", f"/v1/practice/questions/{quiz.questions[name]}/check", {"answer": answer}, user)


def fingerprint(house: Any) -> str:
    """A hash of every row of every table there is."""
    tables = house.db.execute(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
    ).fetchall()
    assert len(tables) >= 27
    whole = hashlib.sha256()
    for (table,) in tables:
        rows = house.db.execute(f"SELECT t::text FROM {table} t ORDER BY 1".encode()).fetchall()
        whole.update(repr((table, rows)).encode())
    return whole.hexdigest()


async def test_what_was_wrong_in_the_newest_attempt_is_to_be_practised(house: House) -> None:
    quiz = full_quiz(house)
    quiz.question("broken", "fill-blank", ("here", True), title="One ___ of two ___")  # nothing is right in the second
    quiz.question("unsure", "true-false", ("True", False), ("False", False))
    quiz.question("none", "multiple-choice", ("a", False), ("b", False))
    assert await wrong(quiz) == []
    await submitted(quiz, "one")
    assert await wrong(quiz) == sorted(set(JUDGED) - {"one"})  # scale and essay are no questions of right or wrong
    first = good(await quiz.ask("GET", "/v1/practice"))["wrong"][0]
    at = quiz.count("SELECT completed_at FROM quiz_attempts")
    assert first["wrong_at"] == at.isoformat().replace("+00:00", "Z")
    await submitted(quiz, "all", "truth")
    assert await wrong(quiz) == ["blanks", "one", "statements"]
    assert await wrong(quiz, house.person()) == []


async def test_a_quiz_that_is_left_or_cooled_is_closed_and_one_that_is_passed_or_exhausted_open(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=90)
    await submitted(quiz, "one")
    for columns, open_ in (
        ({"attempts_limit": 2}, False),
        ({"attempts_limit": 1}, True),
        ({"attempts_limit": None, "quiz_cooldown_in_hours": 24}, False),
        ({"quiz_cooldown_in_hours": 0, "attempts_limit": 0}, True),
    ):
        quiz.set(**columns)
        await _is_open(quiz, open_)
    await quiz.start()
    await _is_open(quiz, False)  # an attempt is open: its answers are not judged before they are submitted
    quiz.set(attempts_limit=5, quiz_cooldown_in_hours=24)
    house.db.execute("UPDATE quiz_attempts SET is_passed = true WHERE completed_at IS NOT NULL")
    await _is_open(quiz, True)


async def _is_open(quiz: Quiz, open_: bool) -> None:
    """The three calls agree."""
    assert bool(await wrong(quiz)) is open_
    assert bool(await shown(quiz, "all")) is open_
    reply = await try_check(quiz, "all", quiz.right("all"))
    assert (reply.status_code, reply.status_code == 200) == (200 if open_ else 404, open_)


@pytest.mark.parametrize(
    "gone",
    [
        "UPDATE questions SET archived = true",
        "UPDATE courses SET archived = true",
        "UPDATE courses SET is_published = false",
        "UPDATE chapters SET archived = true",
        "DELETE FROM student_courses",
        "UPDATE quiz_attempts SET score = NULL",
    ],
)
async def test_what_is_archived_left_or_not_available_falls_out(house: House, gone: str) -> None:
    quiz = full_quiz(house)
    await submitted(quiz)
    await _is_open(quiz, True)
    house.db.execute(gone.encode())
    await _is_open(quiz, False)


async def test_each_kind_is_judged_as_in_its_quiz(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=90, attempts_limit=1)
    await submitted(quiz)
    for name in JUDGED:
        verdict = good(await try_check(quiz, name, quiz.right(name)))
        assert (verdict["is_correct"], verdict["reveals"]) == (True, True), name
        for wrong_answer in ({}, {"blanks": ["", "9"]} if name == "blanks" else {}):
            verdict = good(await try_check(quiz, name, wrong_answer))
            assert not verdict["is_correct"]
        if name == "blanks":
            assert verdict["accepted"] == [[SECRET], ["3 ± 0.5"]]
        else:
            answer = quiz.right(name)
            right = {key: sorted(value) if key == "chosen" else value for key, value in verdict["correct"].items()}
            assert right == {key: sorted(value) if key == "chosen" else value for key, value in answer.items()}
    for name in ("scale", "essay"):
        assert (await try_check(quiz, name, quiz.right(name))).status_code == 404
    assert code(await try_check(quiz, "one", {"text": "b"})) == "bad_request"
    assert code(await try_check(quiz, "one", {"chosen": [str(uuid4())]})) == "bad_request"
    assert (await try_check(quiz, "one", {}, house.person())).status_code == 404


async def test_right_answers_stay_hidden_while_results_hide_them(house: House) -> None:
    """Neither limit nor cooldown, not passed: practice tells right or wrong, as a result would, and no more."""
    quiz = full_quiz(house)
    quiz.set(threshold_score=90)
    await submitted(quiz, "one")
    for name in ("all", "blanks"):
        verdict = good(await try_check(quiz, name, {}))
        assert (verdict["reveals"], verdict["correct"], verdict["accepted"]) == (False, None, [])
    assert SECRET not in (await try_check(quiz, "blanks", {"blanks": ["atlantis", "3"]})).text


async def test_a_set_is_shown_in_its_order_and_its_options_stand_still(house: House) -> None:
    quiz = full_quiz(house)
    await submitted(quiz)
    set_ = await shown(quiz, "blanks", "one", "all", "essay", "one")
    assert [each["question"]["id"] for each in set_] == [str(quiz.questions[name]) for name in ("blanks", "one", "all")]
    assert set_[1]["lesson_title"] == "Lesson 1.2"
    assert set_[1]["course_title"] == "Course"
    assert set_[0]["question"]["title"] == "On ___ lie ___ towns"
    assert await shown(quiz, "blanks", "one", "all") == set_
    too_many = {"questions": [str(uuid4())] * (wire.MOST_QUESTIONS + 1)}
    assert code(await quiz.ask("POST", "/v1/practice/questions", too_many)) == "bad_request"


async def test_practice_writes_nothing_at_all(house: House) -> None:
    quiz = full_quiz(house)
    await submitted(quiz)
    before = fingerprint(house)
    names = await wrong(quiz)
    await shown(quiz, *names)
    for name in names:
        good(await try_check(quiz, name, quiz.right(name)))
        good(await try_check(quiz, name, {}))
    assert fingerprint(house) == before
    assert await wrong(quiz) == names


async def test_pages_hold_all_and_nothing_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    quiz = full_quiz(house)
    more = [quiz.question(f"m{number}", "multiple-choice", ("a", True), ("b", False)) for number in range(wire.PAGE)]
    await submitted(quiz)
    seen: list[str] = []
    ask, pages = "/v1/practice", 0
    while ask:
        page = good(await quiz.ask("GET", ask))
        seen += [each["question_id"] for each in page["wrong"]]
        at, pages = page["more"], pages + 1
        ask = f"/v1/practice?after={at['wrong_at']}&after_id={at['question_id']}" if at else ""
    assert pages == 2
    assert len(seen) == len(set(seen)) == len(more) + len(JUDGED)
