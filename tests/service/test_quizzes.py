"""The start page, an attempt, its answers, submission and result, one learner at a time."""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

import anyio
import pytest

from .conftest import House
from .quiz_kit import Json, code, empty_quiz, full_quiz, good

pytestmark = pytest.mark.anyio


async def test_the_start_page_says_all_before_an_attempt_begins(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=70, attempts_limit=3, quiz_cooldown_in_hours=2)
    page = await quiz.page()
    assert (page["questions"], page["points"], page["threshold"], page["attempts_left"]) == (7, 8, 70, 3)
    assert (page["standing"], page["open_attempt"], page["chapter_number"]) == ("ready", None, 1)
    assert (page["previous"]["title"], page["next"]["title"]) == ("Lesson 1.1", "Lesson 2.1")
    quiz.set(threshold_score=0, attempts_limit=-1, quiz_cooldown_in_hours=0)
    page = await quiz.page()
    assert page["threshold"] is page["attempts_limit"] is page["cooldown_in_hours"] is page["attempts_left"] is None


async def test_a_quiz_says_that_it_has_a_mentor_before_and_after(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    assert (await quiz.page())["has_mentor"] is (await quiz.submit(attempt))["has_mentor"] is False
    house.db.execute("INSERT INTO ai_mentor_lessons (lesson_id) VALUES (%s)", (quiz.lesson,))
    assert (await quiz.page())["has_mentor"] is good(await quiz.result(attempt))["has_mentor"] is True


async def test_an_attempt_is_resumed_with_all_answers_and_the_same_order(house: House) -> None:
    quiz = full_quiz(house)
    first = await quiz.start()
    assert (first["number"], first["answers"], len(first["questions"])) == (1, [], 7)
    saved = good(await quiz.set_answer(first["id"], "one", quiz.right("one")))
    again = await quiz.start()
    assert again["id"] == first["id"]
    assert again["questions"] == first["questions"]
    assert again["answers"] == [saved]
    assert good(await quiz.ask("GET", f"/v1/attempts/{first['id']}")) == again
    page = await quiz.page()
    assert (page["standing"], page["open_attempt"], page["open_answered"]) == ("open", first["id"], 1)


async def test_everything_right_ends_in_the_tables_as_on_the_screen(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=100)
    attempt = await quiz.start()
    for name in quiz.questions:
        good(await quiz.set_answer(attempt["id"], name, quiz.right(name)))
    assert quiz.count("SELECT count(*) FROM student_question_answers WHERE is_correct IS NOT NULL") == 0
    result = await quiz.submit(attempt["id"])
    assert (result["score"], result["earned"], result["possible"], result["is_passed"]) == (100, 8, 8, True)
    assert all(one["is_correct"] for one in result["questions"])
    assert result["reveals"]
    row = house.db.execute(
        "SELECT score, is_passed, completed_at FROM quiz_attempts WHERE id = %s", (attempt["id"],)
    ).fetchone()
    assert row == (100, True, datetime.fromisoformat(result["completed_at"]))
    rows = house.db.execute(
        "SELECT question_id, count(*), sum(points_earned), bool_and(is_correct),"
        " (array_agg(points_earned ORDER BY id))[1] FROM student_question_answers GROUP BY 1"
    ).fetchall()
    stored = {str(own): rest for own, *rest in rows}
    for name, own in quiz.questions.items():
        points = 2 if name == "one" else 1
        assert stored[str(own)] == [{"all": 2, "statements": 2, "blanks": 2}.get(name, 1), points, True, points]
    progress = house.db.execute(
        "SELECT is_started, is_completed, is_quiz_passed, attempts, completed_at FROM student_lesson_progress"
    ).fetchall()
    assert [one[:4] for one in progress] == [(True, True, True, 1)]
    assert result["progress"]["completed"]
    assert progress[0][4] == datetime.fromisoformat(result["progress"]["completed_at"])
    assert (result["progress"]["completed_lessons"], result["progress"]["lessons"]) == (1, 4)
    average = quiz.count("SELECT average_quiz_score FROM course_students_stats")
    assert (average, quiz.count("SELECT quiz_attempts FROM course_students_stats")) == (100, 1)
    assert quiz.count("SELECT average_quiz_score FROM user_statistics") == 100


async def test_the_last_lesson_completes_chapter_and_course(house: House) -> None:
    quiz = full_quiz(house)
    house.db.execute("DELETE FROM lessons WHERE id <> %s", (quiz.lesson,))
    attempt = await quiz.start()
    result = await quiz.submit(attempt["id"])
    assert result["progress"]["chapter_completed"]
    assert result["progress"]["course_completed"]
    assert quiz.count("SELECT completed_at IS NOT NULL FROM student_courses")
    assert quiz.count("SELECT is_completed FROM student_chapter_progress")


async def test_a_submission_counts_the_unanswered_as_wrong_and_stores_a_row_for_each(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=26)
    attempt = await quiz.start()
    good(await quiz.set_answer(attempt["id"], "one", quiz.right("one")))
    result = await quiz.submit(attempt["id"])
    assert (result["score"], result["is_passed"], result["reveals"]) == (25, False, False)
    assert quiz.count("SELECT count(DISTINCT question_id) FROM student_question_answers WHERE is_correct = false") == 6
    assert quiz.count("SELECT count(*) FROM student_question_answers") == 7
    assert not result["progress"]["completed"]
    assert result["progress"]["started"]


async def test_a_replay_returns_the_stored_result_and_changes_nothing(house: House) -> None:
    quiz = full_quiz(house)
    attempt = await quiz.start()
    first = await quiz.submit(attempt["id"])
    dump = house.db.execute("SELECT * FROM student_question_answers ORDER BY id").fetchall()
    for again in (await quiz.submit(attempt["id"]), good(await quiz.try_submit(attempt["id"], []))):
        assert {**again, "now": ""} == {**first, "now": ""}
    assert {**good(await quiz.result(attempt["id"])), "now": ""} == {**first, "now": ""}
    assert house.db.execute("SELECT * FROM student_question_answers ORDER BY id").fetchall() == dump
    assert quiz.count("SELECT attempts FROM student_lesson_progress") == 1
    assert quiz.count("SELECT count(*) FROM quiz_attempts") == 1


async def test_what_the_rows_of_an_answer_are(house: House) -> None:
    quiz = full_quiz(house)
    attempt = await quiz.start()
    for name in ("statements", "blanks", "all"):
        good(await quiz.set_answer(attempt["id"], name, quiz.right(name)))
    blanks = house.db.execute(
        "SELECT id, answer_text, selected_option_id FROM student_question_answers WHERE question_id = %s",
        (quiz.questions["blanks"],),
    ).fetchall()
    own = UUID(attempt["id"])
    assert set(blanks) == {
        (uuid5(own, f"{quiz.questions['blanks']}:blank:1"), " ZANZIBAR ", None),
        (uuid5(own, f"{quiz.questions['blanks']}:blank:2"), "3,4", None),
    }
    marks = house.db.execute(
        "SELECT selected_option_id, answer_text FROM student_question_answers WHERE question_id = %s",
        (quiz.questions["statements"],),
    ).fetchall()
    assert set(marks) == set(zip(quiz.options["statements"], ("true", "false"), strict=True))
    times = quiz.count("SELECT count(DISTINCT (question_id, updated_at)) FROM student_question_answers")
    assert times == 3


async def test_a_base_decides_who_replaces(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    first = good(await quiz.set_answer(attempt, "essay", {"text": "one"}))
    assert good(await quiz.set_answer(attempt, "essay", {"text": "one"})) == first
    assert good(await quiz.set_answer(attempt, "essay", {"text": "one"}, "2020-01-01T00:00:00Z")) == first
    refused = await quiz.set_answer(attempt, "essay", {"text": "two"})
    assert (code(refused), refused.json()["stored"]) == ("answer_conflict", first)
    second = good(await quiz.set_answer(attempt, "essay", {"text": "two"}, first["updated_at"]))
    assert second["updated_at"] > first["updated_at"]
    late = await quiz.set_answer(attempt, "essay", {"text": "three"}, first["updated_at"])
    assert (code(late), late.json()["stored"]) == ("answer_conflict", second)
    cleared = good(await quiz.set_answer(attempt, "essay", {}, second["updated_at"]))
    assert cleared["answer"] == {}
    row = house.db.execute("SELECT answer_text, selected_option_id FROM student_question_answers").fetchall()
    assert row == [(None, None)]
    assert (await quiz.start())["answers"] == [cleared]
    assert (await quiz.page())["open_answered"] == 0


async def test_a_clock_that_stands_still_gives_a_later_time_all_the_same(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "essay", {"text": "one"}))
    house.db.execute("UPDATE student_question_answers SET updated_at = '2999-01-01T00:00:00Z'")
    second = good(await quiz.set_answer(attempt, "essay", {"text": "two"}, "2999-01-01T00:00:00Z"))
    assert second["updated_at"] == "2999-01-01T00:00:00.000001Z"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("one", {"chosen": [str(uuid4())]}),
        ("one", {"text": "b"}),
        ("blanks", {"blanks": ["one"]}),
        ("scale", {"text": "6"}),
        ("essay", {"text": "x" * 10_001}),
        ("essay", {"text": "\0"}),
        ("essay", {"words": "x"}),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused_and_nothing_written(
    house: House, name: str, answer: Json
) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    assert code(await quiz.set_answer(attempt, name, answer)) == "bad_request"
    assert quiz.count("SELECT count(*) FROM student_question_answers") == 0


async def test_two_choices_where_one_is_asked_for_are_refused(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    both = {"chosen": [str(option) for option in quiz.options["one"][:2]]}
    assert code(await quiz.set_answer(attempt, "one", both)) == "bad_request"
    foreign = {"chosen": [str(quiz.options["all"][0])]}
    assert code(await quiz.set_answer(attempt, "one", foreign)) == "bad_request"


async def test_a_closed_attempt_takes_no_answers(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    assert code(await quiz.result(attempt)) == "not_found"
    await quiz.submit(attempt)
    assert code(await quiz.set_answer(attempt, "one", quiz.right("one"))) == "attempt_closed"
    assert code(await quiz.ask("GET", f"/v1/attempts/{attempt}")) == "attempt_closed"
    assert code(await quiz.try_start(UUID(attempt))) == "attempt_closed"


async def test_anothers_attempt_and_a_missing_one_answer_alike(house: House) -> None:
    quiz = full_quiz(house)
    other = house.person()
    quiz.enrol(other)
    attempt = (await quiz.start())["id"]
    body: Json = {"answer": {"text": "x"}}
    for method, path, sent in (
        ("GET", "", None),
        ("GET", "/result", None),
        ("PUT", f"/answers/{quiz.questions['essay']}", body),
        ("POST", "/submission", {"questions": []}),
    ):
        theirs = await quiz.ask(method, f"/v1/attempts/{attempt}{path}", sent, other)
        missing = await quiz.ask(method, f"/v1/attempts/{uuid4()}{path}", sent, other)
        assert (theirs.status_code, theirs.content) == (404, missing.content), (method, path)
    assert code(await quiz.try_start(UUID(attempt), other)) == "not_found"
    assert quiz.count("SELECT count(*) FROM student_question_answers") == 0


async def test_an_id_that_stands_for_another_quiz_is_taken(house: House) -> None:
    quiz = full_quiz(house)
    attempt = UUID((await quiz.start())["id"])
    quiz.lesson = quiz.count("SELECT id FROM lessons WHERE title = 'Lesson 2.2'")
    quiz.question("more", "essay")
    assert code(await quiz.try_start(attempt)) == "id_taken"


async def test_who_may_come_in(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    stranger = house.person()
    assert code(await quiz.try_start(user=stranger)) == "enrol_first"
    assert code(await quiz.ask("GET", f"/v1/lessons/{quiz.lesson}/quiz", user=stranger)) == "enrol_first"
    text = quiz.count("SELECT id FROM lessons WHERE title = 'Lesson 1.1'")
    assert code(await quiz.ask("GET", f"/v1/lessons/{text}/quiz")) == "not_found"
    house.db.execute("UPDATE courses SET archived = true")
    assert code(await quiz.ask("GET", f"/v1/lessons/{quiz.lesson}/quiz", user=stranger)) == "not_found"
    for reply in (
        await quiz.try_start(),
        await quiz.ask("GET", f"/v1/attempts/{attempt}"),
        await quiz.set_answer(attempt, "essay", {"text": "x"}),
        await quiz.try_submit(attempt),
        await quiz.result(attempt),
    ):
        assert code(reply) == "course_unavailable"
    house.db.execute("UPDATE courses SET archived = NULL")
    house.db.execute("DELETE FROM student_courses")
    assert code(await quiz.set_answer(attempt, "essay", {"text": "x"})) == "enrol_first"
    assert code(await quiz.try_submit(attempt)) == "enrol_first"
    house.db.execute("UPDATE chapters SET archived = true")
    assert code(await quiz.set_answer(attempt, "essay", {"text": "x"})) == "not_found"


async def test_a_quiz_without_questions_cannot_be_started(house: House) -> None:
    quiz = empty_quiz(house)
    assert (await quiz.page())["standing"] == "no_questions"
    assert code(await quiz.try_start()) == "no_questions"
    own = quiz.question("gone", "essay")
    attempt = (await quiz.start())["id"]
    house.db.execute("UPDATE questions SET archived = true")
    assert code(await quiz.try_submit(attempt, [str(own)])) == "no_questions"


async def test_a_quiz_that_changed_goes_back_to_the_review_with_all_answers(house: House) -> None:
    quiz = full_quiz(house)
    attempt = await quiz.start()
    good(await quiz.set_answer(attempt["id"], "essay", {"text": "kept"}))
    good(await quiz.set_answer(attempt["id"], "one", quiz.right("one")))
    shown = [str(own) for own in quiz.questions.values()]
    new = quiz.question("new", "essay")
    gone = quiz.questions["one"]
    house.db.execute("UPDATE questions SET archived = true WHERE id = %s", (gone,))
    assert code(await quiz.try_submit(attempt["id"], shown)) == "quiz_changed"
    assert code(await quiz.set_answer(attempt["id"], "new", {"text": "x"})) == "quiz_changed"
    assert code(await quiz.set_answer(attempt["id"], "one", {})) == "quiz_changed"
    now = await quiz.start()
    left = [question["id"] for question in now["questions"]]
    assert left == [own for own in shown if own != str(gone)]
    assert str(new) not in left
    assert [one["answer"] for one in now["answers"]] == [{"text": "kept"}]
    result = good(await quiz.try_submit(attempt["id"], left))
    assert [one["question"]["id"] for one in result["questions"]] == left
    assert result["possible"] == 6
    assert quiz.count("SELECT is_correct IS NULL FROM student_question_answers WHERE question_id = %s", gone)
    house.db.execute("UPDATE questions SET archived = NULL")
    assert [one["question"]["id"] for one in good(await quiz.result(attempt["id"]))["questions"]] == left


async def test_the_limit_counts_attempts_that_count(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(attempts_limit=2, threshold_score=50)
    first = await quiz.submit((await quiz.start())["id"])
    assert (first["attempts_left"], first["reveals"], first["number"]) == (1, False, 1)
    assert all(one["correct"] is None and one["accepted"] == [] for one in first["questions"])
    second = await quiz.submit((await quiz.start())["id"])
    assert (second["attempts_left"], second["reveals"], second["number"]) == (0, True, 2)
    shown = {one["question"]["id"]: one for one in second["questions"]}
    assert shown[str(quiz.questions["blanks"])]["accepted"] == [["zanzibar"], ["3 ± 0.5"]]
    assert shown[str(quiz.questions["one"])]["correct"] == quiz.right("one")
    assert code(await quiz.try_start()) == "attempts_used_up"
    page = await quiz.page()
    assert (page["standing"], page["attempts_used"], len(page["attempts"])) == ("used_up", 2, 2)
    house.db.execute("UPDATE quiz_attempts SET score = NULL WHERE id = %s", (first["attempt_id"],))
    assert (await quiz.page())["standing"] == "ready"
    assert code(await quiz.result(first["attempt_id"])) == "not_found"
    assert code(await quiz.try_submit(first["attempt_id"])) == "stale"
    assert (await quiz.start())["number"] == 2


async def test_an_attempt_beyond_the_limit_is_not_graded(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    quiz.set(attempts_limit=1)
    house.db.execute(
        "INSERT INTO quiz_attempts (user_id, lesson_id, score, completed_at, created_at)"
        " VALUES (%s, %s, 10, now(), now() - interval '1 hour')",
        (quiz.learner, quiz.lesson),
    )
    assert code(await quiz.try_submit(attempt)) == "attempts_used_up"


async def test_the_cooldown_runs_by_the_databases_clock(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(quiz_cooldown_in_hours=2)
    result = await quiz.submit((await quiz.start())["id"])
    opens, ended = datetime.fromisoformat(result["opens_at"]), datetime.fromisoformat(result["completed_at"])
    assert (opens - ended).total_seconds() == 7200
    refused = await quiz.try_start()
    assert (code(refused), refused.json()["opens_at"]) == ("cooldown", result["opens_at"])
    page = await quiz.page()
    assert (page["standing"], page["opens_at"]) == ("cooldown", result["opens_at"])
    house.db.execute("UPDATE quiz_attempts SET completed_at = completed_at - interval '2 hours'")
    assert (await quiz.page())["opens_at"] is None
    await quiz.start()


async def test_the_best_attempt_is_the_result_and_a_pass_stands(house: House) -> None:
    quiz = full_quiz(house)
    quiz.set(threshold_score=20)
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", quiz.right("one")))
    passed = await quiz.submit(attempt)
    failed = await quiz.submit((await quiz.start())["id"])
    assert (passed["is_passed"], failed["is_passed"], failed["reveals"]) == (True, False, True)
    page = await quiz.page()
    assert (page["best_score"], page["is_passed"]) == (25, True)
    assert [line["score"] for line in page["attempts"]] == [0, 25]
    assert failed["progress"]["completed"]
    assert quiz.count("SELECT is_quiz_passed AND attempts = 2 FROM student_lesson_progress")
    assert quiz.count("SELECT average_quiz_score FROM course_students_stats") == 12.5


async def test_points_changed_later_leave_what_was_earned(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    good(await quiz.set_answer(attempt, "one", quiz.right("one")))
    await quiz.submit(attempt)
    house.db.execute("UPDATE questions SET points = 9 WHERE id = %s", (quiz.questions["one"],))
    result = good(await quiz.result(attempt))
    assert (result["score"], result["earned"], result["possible"]) == (25, 2, 8)


async def test_after_the_database_went_away_the_service_recovers_by_itself(house: House) -> None:
    quiz = full_quiz(house)
    attempt = (await quiz.start())["id"]
    async with anyio.create_task_group() as group:  # several connections of both pools are in use
        for _ in range(4):
            group.start_soon(quiz.page)
            group.start_soon(quiz.start)
    house.db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    replies = [await quiz.set_answer(attempt, "essay", {"text": "kept"}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 503, 200]  # one for each pool, then all are new
    assert (await quiz.start())["answers"] == [replies[2].json()]
