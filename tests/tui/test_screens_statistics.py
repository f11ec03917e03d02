"""The screens of statistics, on a real service: the ways to them, and what they show of a course in use."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.course_learner import CourseLearnerScreen
from lms_tui.tui.screens.course_learners import CourseLearnersScreen
from lms_tui.tui.screens.course_statistics import CourseStatisticsScreen, LessonsStatisticsScreen
from lms_tui.tui.screens.courses_statistics import CoursesStatisticsScreen
from lms_tui.tui.screens.question_statistics import QuestionsStatisticsScreen, QuestionStatisticsScreen
from lms_tui.tui.screens.statistics import StatisticsScreen
from lms_tui.wire.course_statistics import LearnersRequest

pytestmark = pytest.mark.anyio

HOSTILE = "x[/ [@click=app.quit]y[/]\x1b[66;6n\u202ez"


@pytest.fixture
def course(library: Library) -> UUID:
    """A course of which every text is hostile, with 120 learners, of whom the first took the quiz."""
    course = library.course(
        f"SQL {HOSTILE}", {f"C {HOSTILE}": [(f"T {HOSTILE}", "text", "x"), (f"Q {HOSTILE}", "quiz", "")]}, enrolled=True
    )
    quiz, chapter = library.db.execute("SELECT id, chapter_id FROM lessons WHERE type = 'quiz'").fetchone() or ()
    question, right = uuid4(), uuid4()
    library.db.execute(
        "INSERT INTO questions (id, lesson_id, type, title, created_at)"
        " VALUES (%s, %s, 'multiple-choice', %s, '2020-01-01')",
        (question, quiz, f"Why {HOSTILE}"),
    )
    library.db.execute(
        "INSERT INTO question_answer_options (id, question_id, option_text, is_correct) VALUES (%s, %s, %s, true)",
        (right, question, f"Because {HOSTILE}"),
    )
    library.db.execute(
        "WITH u AS (INSERT INTO users (email, first_name, last_name)"
        " SELECT n || '@x.org', 'P' || to_char(n, 'FM000'), %s FROM generate_series(1, 120) n RETURNING id)"
        " INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM u",
        (HOSTILE, course),
    )
    first = library.one("SELECT id FROM users WHERE first_name = 'P001'")
    attempt = uuid4()
    library.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, score, is_passed, completed_at)"
        " VALUES (%s, %s, %s, 80, true, now() + interval '1 minute')",
        (attempt, first, quiz),
    )
    library.db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, selected_option_id, is_correct)"
        " VALUES (%s, %s, %s, true)",
        (attempt, question, right),
    )
    library.db.execute(
        "INSERT INTO student_lesson_progress (user_id, lesson_id, chapter_id, is_started, is_completed, completed_at)"
        " VALUES (%s, %s, %s, true, true, now())",
        (first, quiz, chapter),
    )
    group = uuid4()
    library.db.execute("INSERT INTO groups (id, name) VALUES (%s, %s)", (group, f"G {HOSTILE}"))
    library.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (group, first))
    return course


def harmless(reader: Reader) -> None:
    assert "\x1b" not in reader.text
    assert "\u202e" not in reader.text
    assert "x[/" in reader.text, "the hostile text is seen as the text that it is"


async def to_course(reader: Reader) -> None:
    await reader.shows("s stats")
    await reader.press("s")
    await reader.until(lambda: reader.is_on(StatisticsScreen))
    await reader.shows("No streak now", "My courses")
    harmless(reader)
    await reader.press("o")
    await reader.until(lambda: reader.is_on(CoursesStatisticsScreen))
    await reader.shows("enrolments in", "most learners first")
    harmless(reader)
    await reader.press("enter")
    await reader.until(lambda: reader.is_on(CourseStatisticsScreen))
    await reader.shows("121 learners enrolled")


async def test_from_home_to_every_section_and_back(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await to_course(reader)
        harmless(reader)
        await reader.press("tab")
        await reader.until(lambda: reader.is_on(LessonsStatisticsScreen))
        await reader.shows("1 began", "1 passed")
        harmless(reader)
        await reader.press("3")
        await reader.until(lambda: reader.is_on(QuestionsStatisticsScreen))
        await reader.shows("100 % right")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(QuestionStatisticsScreen))
        await reader.shows("What was chosen", "Because")
        harmless(reader)
        await reader.press("escape")
        await reader.press(*["shift+tab"] * 4)
        await reader.until(lambda: reader.is_on(CourseLearnersScreen))
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(CoursesStatisticsScreen))


async def test_a_group_stays_chosen_from_section_to_section(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await to_course(reader)
        await reader.press("f")
        await reader.until(lambda: reader.is_on(ChooseScreen))
        await reader.shows("1 learner")
        await reader.press("down", "enter")
        await reader.shows("1 learner enrolled", "group G")
        await reader.press("4")
        await reader.until(lambda: reader.is_on(CourseLearnersScreen))
        await reader.shows("1/1", "group G", "P001")
        harmless(reader)
        await reader.press("f")
        await reader.until(lambda: reader.is_on(ChooseScreen))
        await reader.press("home", "enter")
        await reader.shows("1/121", "all learners")


async def test_learners_come_as_the_cursor_goes_in_any_order(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await to_course(reader)
        await reader.press("4")
        await reader.shows("1/121")
        await reader.press("end")
        await reader.shows("121/121", "P120")
        await reader.press("O")
        await reader.shows("1/121", "P120")
        await reader.press("o")
        await reader.until(lambda: reader.is_on(ChooseScreen))
        await reader.press("down", "enter")
        await reader.until(lambda: "P001" in reader.here, "the farthest first")


async def test_the_end_of_many_learners_is_one_page_away(
    library: Library, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever one goes from there, each learner stands once, at the place that the order gives."""
    library.db.execute(
        "WITH u AS (INSERT INTO users (email, first_name, last_name)"
        " SELECT 'm' || n || '@x.org', 'Q' || to_char(n, 'FM0000'), ''"
        " FROM generate_series(1, 1000) n RETURNING id)"
        " INSERT INTO student_courses (user_id, course_id) SELECT id, %s FROM u",
        (course,),
    )
    asked: list[LearnersRequest] = []
    async with reading(library) as reader:
        await to_course(reader)
        call = reader.app.call

        async def counted(operation: Any, request: Any) -> Any:
            if isinstance(request, LearnersRequest):
                asked.append(request)
            return await call(operation, request)

        monkeypatch.setattr(reader.app, "call", counted)
        await reader.press("4")
        await reader.shows("1/1,121", "P001")
        await reader.press("end")
        await reader.shows("1,121/1,121", "Q1000")
        assert len(asked) == 2
        await reader.press("up")
        await reader.until(lambda: "Q1000" in reader.here)
        screen = reader.screen
        assert isinstance(screen, CourseLearnersScreen)
        for place in (700, 300, 640, 520):
            screen._list.move_to(place)
            await reader.until(lambda at=place: f"Q{at - 119:04}" in reader.here, f"at {place}")  # type: ignore[misc]
        while (gap := next((at for at in range(1121) if screen._line(at) is None), None)) is not None:
            screen._list.move_to(gap)
            await reader.until(lambda at=gap: screen._line(at) is not None, f"at {gap}")  # type: ignore[misc]
        names = [line.name if (line := screen._line(at)) is not None else "" for at in range(1121)]
        assert all(names), "all have arrived by now"
        assert len(set(names)) == 1121
        assert names[:-1] == sorted(names[:-1])
        assert len(asked) <= 13
        screen._list.move_to(1100)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(CourseLearnerScreen))
        await reader.shows("Q0981")


async def test_a_learner_in_detail_and_a_fresh_start(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await to_course(reader)
        await reader.press("4")
        await reader.shows("1/121")
        await reader.press("o")
        await reader.until(lambda: reader.is_on(ChooseScreen))
        await reader.press("down", "enter")
        await reader.until(lambda: "P001" in reader.here)
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(CourseLearnerScreen))
        await reader.shows("attempt 1", "passed", "groups: G")
        harmless(reader)
        assert "fresh start" not in reader.lines[-1], "nothing was done in the first lesson"
        await reader.press("down")
        await reader.shows("fresh start")
        await reader.press("F")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.shows("1 attempt will not count")
        await reader.press("escape")
        assert library.one("SELECT score FROM quiz_attempts") == 80
        await reader.until(lambda: reader.is_on(CourseLearnerScreen))
        await reader.press("F")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.press("y")
        await reader.shows("set aside by a fresh start")
        assert library.one("SELECT score FROM quiz_attempts") is None
        assert library.one("SELECT count(*) FROM lms_tui.audit") == 1


async def test_from_the_courses_that_one_teaches(library: Library, course: UUID) -> None:
    async with reading(library) as reader:
        await reader.shows("m teach")
        await reader.press("m")
        await reader.shows("enrolled")
        await reader.press("s")
        await reader.until(lambda: reader.is_on(CourseStatisticsScreen))
        await reader.shows("121 learners enrolled")


async def test_who_teaches_nothing_is_not_offered_others_numbers(library: Library) -> None:
    library.db.execute("UPDATE users SET role = 'STUDENT' WHERE id = %s", (library.me,))
    async with reading(library) as reader:
        await reader.shows("s stats")
        await reader.press("s")
        await reader.shows("No streak now")
        assert "courses I teach" not in reader.text
        await reader.press("o")
        assert reader.is_on(StatisticsScreen)
