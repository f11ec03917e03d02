"""A changed course over one that learners work in: what they did is kept, and counts for what is left."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import psycopg
import pytest

from lms_tui.courses.ids import lesson_id, question_id
from lms_tui.courses.read import read
from lms_tui.service.importing import removed_chapter
from lms_tui.service.statistics import refresh

from .conftest import House
from .import_kit import Folder, everything, imported, one, page, upload

pytestmark = pytest.mark.anyio


class Class:
    """A course that stands, its author, and a learner who is enrolled."""

    def __init__(self, house: House, folder: Folder) -> None:
        self.house, self.folder = house, folder
        self.author, self.learner = house.person("CONTENT_CREATOR"), house.person()

    async def begin(self) -> None:
        await self.bring()
        self.house.db.execute(
            "INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (self.learner, self.folder.id)
        )

    async def bring(self) -> dict[str, Any]:
        """Import the folder as it is now."""
        return await imported(self.house, self.author, self.folder.root)

    def lesson(self, title: str) -> UUID:
        found: UUID = one(self.house, "SELECT id FROM lessons WHERE title = %s", title)
        return found

    def place(self, title: str) -> tuple[str, bool] | None:
        """Chapter of the lesson, and whether that is archived."""
        return self.house.db.execute(
            "SELECT ch.title, ch.archived IS TRUE FROM lessons l JOIN chapters ch ON ch.id = l.chapter_id"
            " WHERE l.title = %s",
            (title,),
        ).fetchone()

    async def complete(self, title: str) -> None:
        reply = await self.house.http.put(
            f"/v1/lessons/{self.lesson(title)}/completion",
            json={"id": str(uuid4())},
            headers=self.house.session(self.learner),
        )
        assert reply.status_code == 200, reply.text

    def attempt(self, *, finished: bool = True) -> UUID:
        """An attempt at the quiz, straight into the tables."""
        attempt = uuid4()
        self.house.db.execute(
            "INSERT INTO quiz_attempts (id, user_id, lesson_id, score, is_passed, completed_at)"
            " VALUES (%s, %s, %s, %s, %s, CASE WHEN %s THEN clock_timestamp() END)",
            (attempt, self.learner, self.lesson("Quiz"), 100 if finished else None, finished, finished),
        )
        return attempt

    def answer(self, attempt: UUID, question: UUID) -> None:
        """Choose the question's first option in `attempt`."""
        self.house.db.execute(
            "INSERT INTO student_question_answers (quiz_attempt_id, question_id, selected_option_id, is_correct)"
            " SELECT %s, question_id, id, is_correct FROM question_answer_options WHERE question_id = %s"
            " ORDER BY display_order LIMIT 1",
            (attempt, question),
        )

    def question(self, name: str, edition: int = 1) -> UUID:
        quiz = next(own for own in read(self.folder.root)[0].lessons if own.title == "Quiz")
        found = next(own for own in quiz.questions if name in own.key)
        return question_id(lesson_id(self.folder.id, quiz), found, edition)

    def marks(self) -> tuple[set[str], bool]:
        """Titles of the learner's completed chapters, and whether the course is completed."""
        chapters = self.house.db.execute(
            "SELECT ch.title FROM student_chapter_progress p JOIN chapters ch ON ch.id = p.chapter_id"
            " WHERE p.user_id = %s AND p.is_completed",
            (self.learner,),
        ).fetchall()
        done = one(self.house, "SELECT completed_at IS NOT NULL FROM student_courses WHERE user_id = %s", self.learner)
        return {title for (title,) in chapters}, done


@pytest.fixture
async def school(house: House, tmp_path: Path) -> Class:
    made = Class(house, Folder(tmp_path / "small"))
    await made.begin()
    return made


def learners_rows(house: House) -> dict[str, Any]:
    names = ("student_courses", "student_lesson_progress", "quiz_attempts", "student_question_answers")
    return {name: rows for name, rows in everything(house).items() if name in names}


async def test_an_edit_keeps_rows_and_progress(school: Class) -> None:
    house, folder = school.house, school.folder
    await school.complete("A")
    lesson, before = school.lesson("A"), learners_rows(house)
    others = "SELECT id, updated_at FROM lessons WHERE title <> 'A better' AND title <> 'A' ORDER BY id"
    untouched = house.db.execute(others.encode()).fetchall()
    folder.write("one/a.md", page("A better", body="Other text."))
    body = await school.bring()
    row = house.db.execute("SELECT id, description, updated_at > created_at FROM lessons WHERE title LIKE 'A%'")
    assert row.fetchall() == [(lesson, "Other text.", True)]
    assert house.db.execute(others.encode()).fetchall() == untouched
    assert learners_rows(house) == before
    assert body["created"] is False


async def test_an_unused_lesson_that_is_gone_is_deleted(school: Class) -> None:
    school.folder.write("one/b.md", page("B", '[mentor]\nprompt = "P"'))
    await school.bring()
    assert one(school.house, "SELECT count(*) FROM ai_mentor_lessons") == 1
    school.folder.lists(one=["a.md"])
    body = await school.bring()
    assert school.place("B") is None
    assert one(school.house, "SELECT count(*) FROM ai_mentor_lessons") == 0
    assert one(school.house, "SELECT count(*) FROM chapters") == 2
    assert any("'B' is gone from the source: deleted" in note["reason"] for note in body["notes"])


async def test_a_used_lesson_that_is_gone_is_put_aside_and_comes_back(school: Class) -> None:
    house, folder = school.house, school.folder
    await school.complete("B")
    lesson, work = school.lesson("B"), one(house, "SELECT id FROM student_lesson_progress")
    folder.lists(one=["a.md"])
    body = await school.bring()
    assert school.place("B") == ("(removed)", True)
    assert one(house, "SELECT chapter_id FROM student_lesson_progress") == removed_chapter(folder.id)
    assert one(house, "SELECT chapter_count FROM courses") == 2
    assert any("'B' is gone from the source: taken out" in note["reason"] for note in body["notes"])
    before = everything(house)
    assert not any("gone from" in note["reason"] for note in (await school.bring())["notes"])
    assert everything(house) == before
    folder.lists(one=["b.md", "a.md"])
    await school.bring()
    assert school.place("B") == ("Chapter one", False)
    assert (school.lesson("B"), one(house, "SELECT id FROM student_lesson_progress")) == (lesson, work)
    assert one(house, "SELECT chapter_id FROM student_lesson_progress") == one(
        house, "SELECT id FROM chapters WHERE title = 'Chapter one'"
    )
    assert one(house, "SELECT is_completed FROM student_lesson_progress")


@pytest.mark.parametrize("kind", ["attempt", "thread", "check"])
async def test_any_row_of_a_learner_keeps_a_lesson(school: Class, kind: str) -> None:
    values = (school.learner, school.lesson("Quiz"))
    if kind == "attempt":
        school.attempt()
    elif kind == "thread":
        school.house.db.execute("INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s)", values)
    else:
        statement = "INSERT INTO ai_mentor_student_lesson_progress (user_id, lesson_id) VALUES (%s, %s)"
        school.house.db.execute(statement, values)
    school.folder.lists(two=["end.md"])
    await school.bring()
    assert school.place("Quiz") == ("(removed)", True)
    assert one(school.house, "SELECT count(*) FROM questions") == 2


async def test_a_chapter_that_is_gone_is_archived_where_somebody_was_in_it(school: Class) -> None:
    house, folder = school.house, school.folder
    await school.complete("A")
    await school.complete("B")
    assert school.marks() == ({"Chapter one"}, False)
    chapter = one(house, "SELECT id FROM chapters WHERE title = 'Chapter one'")
    folder.lists(one=[])
    await school.bring()
    assert one(house, "SELECT archived FROM chapters WHERE id = %s", chapter) is True
    assert one(house, "SELECT chapter_count FROM courses") == 1
    folder.chapters = {"one": ["a.md", "b.md"], **folder.chapters}
    folder.toml()
    await school.bring()
    assert one(house, "SELECT archived FROM chapters WHERE id = %s", chapter) is False
    assert one(house, "SELECT chapter_count FROM courses") == 2
    assert school.place("A") == ("Chapter one", False)


async def test_an_unused_chapter_that_is_gone_is_deleted(school: Class) -> None:
    school.folder.lists(one=[])
    await school.bring()
    titles = school.house.db.execute("SELECT title FROM chapters").fetchall()
    assert titles == [("Chapter two",)]


async def test_what_is_left_may_be_complete_then(school: Class) -> None:
    house, folder = school.house, school.folder
    await school.complete("A")
    await school.complete("End")
    assert school.marks() == (set(), False)
    folder.lists(one=["a.md"])
    await school.bring()
    assert school.marks() == ({"Chapter one"}, False)
    folder.lists(two=["end.md"])
    await school.bring()
    assert school.marks() == ({"Chapter one", "Chapter two"}, True)
    last = one(house, "SELECT max(completed_at) FROM student_lesson_progress")
    assert one(house, "SELECT completed_at FROM student_courses") == last
    counted = house.db.execute("SELECT courses_completed, lessons_completed FROM user_statistics").fetchall()
    assert counted == [(1, 2)]
    assert one(house, "SELECT completed_enrollments FROM courses_summary_stats") == 1
    before = everything(house)
    await refresh(house.service.shared.pools)
    assert everything(house) == before
    folder.lists(one=["a.md", "b.md"], two=["quiz.md", "end.md"])
    await school.bring()
    assert school.marks() == ({"Chapter one", "Chapter two"}, True)  # it stands although lessons are added


async def test_a_lesson_may_move_to_another_chapter(school: Class) -> None:
    folder = school.folder
    folder.write("one/a.md", page("A", f'id = "{school.lesson("A")}"'))
    await school.bring()
    await school.complete("A")
    work = learners_rows(school.house)["quiz_attempts"]
    (folder.root / "one" / "a.md").rename(folder.root / "two" / "a.md")
    folder.lists(one=["b.md"], two=["a.md", "quiz.md", "end.md"])
    await school.bring()
    assert school.place("A") == ("Chapter two", False)
    chapter = one(school.house, "SELECT id FROM chapters WHERE title = 'Chapter two'")
    assert one(school.house, "SELECT chapter_id FROM student_lesson_progress") == chapter
    assert learners_rows(school.house)["quiz_attempts"] == work


async def test_a_rename_is_told_with_the_line_that_keeps_the_row(school: Class) -> None:
    folder, lesson = school.folder, school.lesson("B")
    await school.complete("B")
    (folder.root / "one" / "b.md").rename(folder.root / "one" / "better.md")
    folder.lists(one=["a.md", "better.md"])
    dry = (await upload(school.house, school.author, folder.root, dry_run=True))[1]
    note = next(note for note in dry["notes"] if note["file"] == "one/better.md" and note["level"] == "adapted")
    assert f'id = "{lesson}"' in note["reason"]
    folder.write("one/better.md", page("B", f'id = "{lesson}"'))
    await school.bring()
    assert (school.lesson("B"), school.place("B")) == (lesson, ("Chapter one", False))


async def test_a_question_without_answers_changes_in_place(school: Class) -> None:
    school.attempt()
    question = school.question("q2")
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one now? {~this =that}\n")
    await school.bring()
    row = school.house.db.execute("SELECT title, archived FROM questions WHERE id = %s", (question,)).fetchone()
    assert row == ("Which one now?", False)
    options = school.house.db.execute(
        "SELECT option_text, is_correct FROM question_answer_options WHERE question_id = %s ORDER BY display_order",
        (question,),
    )
    assert options.fetchall() == [("this", False), ("that", True)]
    assert one(school.house, "SELECT count(*) FROM questions") == 2


@pytest.mark.parametrize(
    "text",
    [
        "::q2::Which one now? {=this ~that ~none}",
        "::q2::Which one? {~this =that ~none}",
        "::q2::Which one? {=this ~that}",
        "::q2::Which one? {=this =that}",
    ],
    ids=["text", "key", "options", "type"],
)
async def test_an_answered_question_never_changes(school: Class, text: str) -> None:
    house, question = school.house, school.question("q2")
    school.answer(school.attempt(), question)
    old = "SELECT type, title, points, created_at FROM questions WHERE id = %s"
    options = "SELECT * FROM question_answer_options WHERE question_id = %s ORDER BY id"
    stood = [house.db.execute(statement.encode(), (question,)).fetchall() for statement in (old, options)]
    answers = learners_rows(house)
    school.folder.write("two/quiz.gift", f"::q1::Is it so? {{T}}\n\n{text}\n")
    body = await school.bring()
    assert [house.db.execute(statement.encode(), (question,)).fetchall() for statement in (old, options)] == stood
    assert one(house, "SELECT archived FROM questions WHERE id = %s", question) is True
    assert one(house, "SELECT archived FROM questions WHERE id = %s", school.question("q2", 2)) is False
    assert learners_rows(house) == answers
    assert ("two/quiz.gift", 3) in {
        (note["file"], note["line"]) for note in body["notes"] if "answered before" in note["reason"]
    }
    before = everything(house)
    await school.bring()
    assert everything(house) == before
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one? {=this ~that ~none}\n")
    await school.bring()  # put back: the first edition comes back, the unanswered second one goes
    assert one(house, "SELECT archived FROM questions WHERE id = %s", question) is False
    assert one(house, "SELECT count(*) FROM questions") == 2


async def test_an_answered_question_may_be_worth_more(school: Class) -> None:
    question = school.question("q2")
    school.answer(school.attempt(), question)
    school.folder.write(
        "two/quiz.gift", "::q1::Is it so? {T}\n\n// [tag:points:3]\n::q2::Which one? {=this ~that ~none}\n"
    )
    await school.bring()
    assert one(school.house, "SELECT points FROM questions WHERE id = %s", question) == 3


async def test_a_question_shown_in_an_open_attempt_does_not_change_under_it(school: Class) -> None:
    question = school.question("q2")
    school.attempt(finished=False)
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one? {~this =that ~none}\n")
    await school.bring()
    assert one(school.house, "SELECT archived FROM questions WHERE id = %s", question) is True
    assert one(school.house, "SELECT archived FROM questions WHERE id = %s", school.question("q2", 2)) is False


async def test_questions_that_are_gone(school: Class) -> None:
    house, first, second = school.house, school.question("q1"), school.question("q2")
    school.answer(school.attempt(), second)
    school.folder.write("two/quiz.gift", "::new::Another? {F}\n")
    body = await school.bring()
    assert one(house, "SELECT count(*) FROM questions WHERE id = %s", first) == 0
    assert one(house, "SELECT archived FROM questions WHERE id = %s", second) is True
    assert sum("is gone from the source" in note["reason"] for note in body["notes"]) == 2
    school.folder.write("two/quiz.gift", "::q2::Which one? {=this ~that ~none}\n")
    await school.bring()
    assert one(house, "SELECT archived FROM questions WHERE id = %s", second) is False


async def test_a_mentor_comes_changes_and_goes(school: Class) -> None:
    rows = "SELECT lesson_id, ai_prompt, learning_objectives, difficulty_level FROM ai_mentor_lessons"
    for prompt in ("P", "Q"):
        school.folder.write("one/a.md", page("A", f'[mentor]\nprompt = "{prompt}"\ndifficulty = "easy"'))
        await school.bring()
        assert school.house.db.execute(rows).fetchall() == [(school.lesson("A"), prompt, None, "easy")]
    school.folder.write("one/a.md", page("A"))
    await school.bring()
    assert school.house.db.execute(rows).fetchall() == []


async def test_what_another_program_archived_is_not_touched(school: Class) -> None:
    house = school.house
    chapter = uuid4()
    house.db.execute(
        "INSERT INTO chapters (id, course_id, title, archived) VALUES (%s, %s, 'Old', true)",
        (chapter, school.folder.id),
    )
    house.db.execute("INSERT INTO lessons (chapter_id, type, title) VALUES (%s, 'text', 'Old one')", (chapter,))
    house.db.execute("UPDATE courses SET archived = true")
    before = everything(house)
    body = await school.bring()
    assert everything(house) == before
    assert any("archived and stays so" in note["reason"] for note in body["notes"])


async def test_a_refused_change_leaves_all_as_it_was(school: Class) -> None:
    await school.complete("B")
    school.folder.lists(one=["a.md"])
    school.folder.write("two/end.md", page("E" * 101))
    before = everything(school.house)
    status, body = await upload(school.house, school.author, school.folder.root)
    assert (status, [note["file"] for note in body["notes"]]) == (422, ["two/end.md"])
    assert everything(school.house) == before


async def test_a_dry_run_of_a_change_writes_nothing(school: Class) -> None:
    await school.complete("A")
    school.folder.lists(one=["a.md"], two=["end.md"])
    before = everything(school.house)
    status, body = await upload(school.house, school.author, school.folder.root, dry_run=True)
    assert (status, body["created"], body["lessons"]) == (200, False, 2)
    assert everything(school.house) == before


async def test_an_answer_that_comes_during_the_import_counts(school: Class, database_url: str) -> None:
    """The import waits for it, and then finds the question answered."""
    question, attempt = school.question("q2"), school.attempt()
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one now? {=this ~that}\n")
    with psycopg.connect(database_url) as learner:
        learner.execute(
            "INSERT INTO student_question_answers (quiz_attempt_id, question_id) VALUES (%s, %s)", (attempt, question)
        )
        async with anyio.create_task_group() as group:
            group.start_soon(school.bring)
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            with anyio.fail_after(20):
                while not one(school.house, waiting):
                    await anyio.lowlevel.checkpoint()
            learner.commit()
    assert one(school.house, "SELECT archived FROM questions WHERE id = %s", question) is True


async def test_the_report_tells_how_many_lessons_changed_and_which_files_each_came_from(
    house: House, tmp_path: Path
) -> None:
    school = Class(house, Folder(tmp_path / "small"))
    report = await school.bring()
    assert report["changed"] == 4
    places = {place["file"]: place for place in report["places"]}
    assert list(places) == ["one/a.md", "one/b.md", "two/quiz.md", "two/end.md"]
    assert places["one/a.md"]["lesson_id"] == str(school.lesson("A"))
    assert places["one/a.md"]["questions_file"] == ""
    assert (places["two/quiz.md"]["questions_file"], places["two/quiz.md"]["question_lines"]) == (
        "two/quiz.gift",
        [1, 3],
    )
    assert (await school.bring())["changed"] == 0
    school.folder.write("one/a.md", page("A", body="Other."))
    assert (await school.bring())["changed"] == 1
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n\n::q2::Which one? {=this ~that ~some}\n")
    assert (await school.bring())["changed"] == 1
    school.folder.write("two/quiz.gift", "::q1::Is it so? {T}\n")
    assert (await school.bring())["changed"] == 1
    school.folder.write("two/end.md", page("End", "[mentor]\nprompt = 'Ask.'"))
    assert (await school.bring())["changed"] == 1
    school.folder.write("two/end.md", page("End"))
    school.folder.lists(one=["a.md"])
    assert (await school.bring())["changed"] == 2, "one lost its mentor, one is gone"
