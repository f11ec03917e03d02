"""Preview: who may, that the learner's own rules answer, and that the database stays as it is."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.wire import preview
from lms_tui.wire.operation import Operation

from .conftest import House
from .quiz_kit import SECRET, Quiz, full_quiz, good

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


@pytest.fixture
def quiz(house: House) -> Quiz:
    made = full_quiz(house)
    house.db.execute("UPDATE users SET role = 'CONTENT_CREATOR' WHERE id = (SELECT author_id FROM courses)")
    return made


def author_of(quiz: Quiz) -> UUID:
    row = quiz.house.db.execute("SELECT author_id FROM courses WHERE id = %s", (quiz.course,)).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def calls(course: UUID, lesson: UUID, attempt: UUID) -> list[tuple[str, str, Json | None]]:
    """Every operation of the preview, as one calls it."""
    at = f"/v1/preview/lessons/{lesson}"
    graded: Json = {"questions": [], "answers": {}}
    made: list[tuple[str, str, Json | None]] = [
        ("GET", f"/v1/preview/courses/{course}", None),
        ("GET", at, None),
        ("GET", f"{at}/files", None),
        ("GET", f"{at}/quiz", None),
        ("GET", f"{at}/attempts/{attempt}", None),
        ("POST", f"{at}/attempts/{attempt}/result", graded),
        ("GET", f"{at}/answers", None),
    ]
    assert len(made) == sum(isinstance(each, Operation) for each in vars(preview).values())
    return made


async def test_everybody_but_author_and_admins_gets_what_a_missing_course_gives(quiz: Quiz) -> None:
    house, attempt = quiz.house, uuid4()
    gone = calls(uuid4(), uuid4(), attempt)
    nobody, other = house.person(), house.person("CONTENT_CREATOR")
    demoted = house.person()
    course_of_demoted = house.course(demoted, "Of somebody who is no author any more")
    for person in (nobody, quiz.learner, other):
        for (method, path, body), (_, missing, _) in zip(calls(quiz.course, quiz.lesson, attempt), gone, strict=True):
            refused, absent = await quiz.ask(method, path, body, person), await quiz.ask(method, missing, body, person)
            assert (refused.status_code, refused.content) == (404, absent.content)
            assert {**refused.headers, "content-length": ""} == {**absent.headers, "content-length": ""}
    assert (await quiz.ask("GET", f"/v1/preview/courses/{course_of_demoted}", None, demoted)).status_code == 404
    for person in (author_of(quiz), house.person("ADMIN")):
        statuses = [
            (await quiz.ask(method, path, body, person)).status_code
            for method, path, body in calls(quiz.course, quiz.lesson, attempt)
        ]
        assert statuses == [200, 200, 200, 200, 200, 409, 200]


async def test_it_is_the_learners_course_without_the_callers_own_progress(quiz: Quiz) -> None:
    """Author and learner in one: what is recorded for the person as a learner has no part in the preview."""
    house, author = quiz.house, author_of(quiz)
    quiz.enrol(author)
    attempt = good(await quiz.ask("PUT", f"/v1/attempts/{uuid4()}", {"lesson_id": str(quiz.lesson)}, author))["id"]
    fresh = house.person()
    quiz.enrol(fresh)
    seen = good(await quiz.ask("GET", f"/v1/preview/courses/{quiz.course}", None, author))
    learners = good(await quiz.ask("GET", f"/v1/courses/{quiz.course}", None, fresh))
    assert {**seen, "enrolled_at": None} == {**learners, "enrolled_at": None}
    lesson = good(await quiz.ask("GET", f"/v1/preview/lessons/{quiz.lesson}", None, author))
    assert lesson == good(await quiz.ask("GET", f"/v1/lessons/{quiz.lesson}", None, fresh))
    page = good(await quiz.ask("GET", f"/v1/preview/lessons/{quiz.lesson}/quiz", None, author))
    assert {**page, "now": ""} == {
        **good(await quiz.ask("GET", f"/v1/lessons/{quiz.lesson}/quiz", None, fresh)),
        "now": "",
    }
    shown = good(await quiz.ask("GET", f"/v1/preview/lessons/{quiz.lesson}/attempts/{attempt}", None, author))
    own = good(await quiz.ask("GET", f"/v1/attempts/{attempt}", None, author))
    assert {**shown, "started_at": ""} == {**own, "started_at": ""}
    assert SECRET not in str(shown)


@pytest.mark.parametrize("state", ["is_published = false", "archived = true"])
async def test_drafts_and_archived_courses_are_there_and_archived_chapters_are_not(house: House, state: str) -> None:
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "Not for learners yet")
    house.db.execute(f"UPDATE courses SET {state} WHERE id = %s".encode(), (course,))
    session = house.session(author)
    found = (await house.http.get(f"/v1/preview/courses/{course}", headers=session)).json()
    assert [chapter["title"] for chapter in found["chapters"]] == ["Chapter 1", "Chapter 2"]
    lessons = house.db.execute(
        "SELECT l.id, ch.archived IS TRUE FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
    ).fetchall()
    for lesson, archived in lessons:
        reply = await house.http.get(f"/v1/preview/lessons/{lesson}", headers=session)
        assert reply.status_code == (404 if archived else 200)


async def graded(quiz: Quiz, answers: Json, **more: Any) -> Json:
    """The result of `answers` by name of question, for the author."""
    named = {str(quiz.questions[name]): answer for name, answer in answers.items()}
    body = {"questions": [str(one) for one in quiz.questions.values()], "answers": named, **more}
    path = f"/v1/preview/lessons/{quiz.lesson}/attempts/{uuid4()}/result"
    return good(await quiz.ask("POST", path, body, author_of(quiz)))


async def test_answers_are_graded_as_a_learners_are_and_reveal_by_the_same_rule(quiz: Quiz) -> None:
    quiz.set(threshold_score=60, attempts_limit=3, quiz_cooldown_in_hours=24)
    author = author_of(quiz)
    right = {name: quiz.right(name) for name in ("one", "all", "truth", "statements", "scale", "essay")}
    right["blanks"] = {"blanks": ["zanzibar", "3"]}
    for answers in (right, {"one": right["one"]}, {}):
        learner = quiz.house.person()
        quiz.enrol(learner)
        own = good(await quiz.ask("PUT", f"/v1/attempts/{uuid4()}", {"lesson_id": str(quiz.lesson)}, learner))
        for name, answer in answers.items():
            path = f"/v1/attempts/{own['id']}/answers/{quiz.questions[name]}"
            good(await quiz.ask("PUT", path, {"answer": answer}, learner))
        named = [str(one) for one in quiz.questions.values()]
        path = f"/v1/attempts/{own['id']}/submission"
        learners = good(await quiz.ask("POST", path, {"questions": named}, learner))
        body = {"questions": named, "answers": {str(quiz.questions[name]): a for name, a in answers.items()}}
        path = f"/v1/preview/lessons/{quiz.lesson}/attempts/{own['id']}/result"
        previewed = good(await quiz.ask("POST", path, body, author))
        for result in (learners, previewed):
            for moment in ("completed_at", "opens_at", "now"):
                result[moment] = None
            result["progress"] |= {"id": "", "completed_at": None}
        assert previewed == learners
        assert previewed["is_passed"] is (answers == right)


async def test_the_lessons_done_in_the_request_complete_chapter_and_course(quiz: Quiz) -> None:
    quiz.set(threshold_score=0)
    db = quiz.house.db
    other = [row[0] for row in db.execute("SELECT id FROM lessons WHERE id <> %s", (quiz.lesson,)).fetchall()]
    alone = (await graded(quiz, {}))["progress"]
    assert (alone["completed"], alone["completed_lessons"]) == (True, 1)
    chapter = db.execute("SELECT chapter_id FROM lessons WHERE id = %s", (quiz.lesson,)).fetchone()
    db.execute("INSERT INTO lessons (chapter_id, type, title) VALUES (%s, 'text', 'One more')", chapter)
    more = db.execute("SELECT id FROM lessons WHERE title = 'One more'").fetchone()
    assert more is not None
    half, whole = await graded(quiz, {}), await graded(quiz, {}, completed=[str(one) for one in (more[0], *other)])
    assert not half["progress"]["chapter_completed"]
    assert not half["progress"]["course_completed"]
    assert whole["progress"]["chapter_completed"]
    assert whole["progress"]["course_completed"]


async def test_right_answers_are_given_and_a_question_without_one_says_so(quiz: Quiz) -> None:
    quiz.question("none", "multiple-choice", ("a", False), ("b", False))
    path = f"/v1/preview/lessons/{quiz.lesson}/answers"
    answers = good(await quiz.ask("GET", path, None, author_of(quiz)))["answers"]
    by_id = {answer["question_id"]: answer for answer in answers}
    assert [answer["question_id"] for answer in answers] == [str(one) for one in quiz.questions.values()]
    assert by_id[str(quiz.questions["one"])]["correct"] == quiz.right("one")
    assert SECRET in str(by_id[str(quiz.questions["blanks"])]["accepted"])
    none = by_id[str(quiz.questions["none"])]
    assert (none["correct"], none["is_gradable"]) == (None, False)


async def test_an_answer_that_does_not_fit_and_a_quiz_that_changed_are_refused_as_for_a_learner(quiz: Quiz) -> None:
    path = f"/v1/preview/lessons/{quiz.lesson}/attempts/{uuid4()}/result"
    named = [str(one) for one in quiz.questions.values()]
    author = author_of(quiz)
    wrong = {"questions": named, "answers": {str(quiz.questions["one"]): {"text": "x"}}}
    assert (await quiz.ask("POST", path, wrong, author)).json()["code"] == "bad_request"
    fewer = {"questions": named[1:], "answers": {}}
    assert (await quiz.ask("POST", path, fewer, author)).json()["code"] == "quiz_changed"
    quiz.house.db.execute("UPDATE questions SET archived = true")
    assert (await quiz.ask("POST", path, {**fewer, "questions": []}, author)).json()["code"] == "no_questions"
