"""Practice on a real service: its count at home, a set answered to its end, what is kept, and what is never graded."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.service.test_practice import fingerprint
from tests.tui.library import Library, Reader, reading

from lms_tui.client.practice_file import PracticeFile
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.practice import PracticeScreen
from lms_tui.tui.screens.practice_done import PracticeDoneScreen

pytestmark = pytest.mark.anyio
QUESTIONS = (
    ("Which rows does it keep?", "multiple-choice", (("left", True), ("right", False))),
    ("On the ___ lie towns", "fill-blank", (("coast", True),)),
    ("Judge these", "true-false", (("Water is wet", True), ("Fire is cold", False))),
)


@pytest.fixture
def missed(library: Library) -> Library:
    """A library in which the reader left three questions of a quiz unanswered, and passed, two days ago."""
    course = library.course("Relational databases", {"Joins": [("Check yourself", "quiz", "")]}, enrolled=True)
    lesson = library.one("SELECT l.id FROM lessons l JOIN chapters c ON c.id = chapter_id WHERE course_id = %s", course)
    library.db.execute("UPDATE lessons SET attempts_limit = 3 WHERE id = %s", (lesson,))
    attempt = uuid4()
    library.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, created_at, completed_at, score, is_passed)"
        " VALUES (%s, %s, %s, now() - interval '50 hours', now() - interval '48 hours', 0, true)",
        (attempt, library.me, lesson),
    )
    for place, (title, kind, options) in enumerate(QUESTIONS, 1):
        question = uuid4()
        library.db.execute(
            "INSERT INTO questions (id, lesson_id, type, title, display_order, created_at)"
            " VALUES (%s, %s, %s, %s, %s, now() - interval '60 hours')",
            (question, lesson, kind, title, place),
        )
        for order, (text, right) in enumerate(options, 1):
            library.db.execute(
                "INSERT INTO question_answer_options (question_id, option_text, is_correct, display_order)"
                " VALUES (%s, %s, %s, %s)",
                (question, text, right, order),
            )
        library.db.execute(
            "INSERT INTO student_question_answers (quiz_attempt_id, question_id, is_correct) VALUES (%s, %s, false)",
            (attempt, question),
        )
    return library


def kept(library: Library) -> dict[UUID, int | None]:
    """Days until each question that was practised comes back."""
    lines = PracticeFile(library.folder / "practice.sqlite", ("library", str(library.me))).lines()
    return {own: None if line.due is None else (line.due - library.today).days for own, line in lines.items()}


async def answered_right(reader: Reader) -> None:
    """Answer the question that is shown, whichever it is."""
    if "Which rows" in reader.text:
        left = next(line for line in reader.lines if " left" in line)
        await reader.press("1" if " 1 " in left else "2", "enter")
    elif "On the" in reader.text:
        await reader.press(*([] if "leave the field" in reader.text else ["tab"]), *"coast", "enter")
    else:
        await reader.press("t", "f", "enter")
    await reader.shows("✓ right, comes back tomorrow")


async def test_a_set_from_home_to_its_end(missed: Library) -> None:
    before = fingerprint(missed)
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions you got wrong", "w practice")
        await reader.press("w")
        await reader.shows("question 1 of 3", "schedule kept on this machine", "Practice › ", "⏎ check")
        await answered_right(reader)
        await reader.press("enter")
        await reader.shows("question 2 of 3")
        await reader.press("enter")
        await reader.shows("Answer it first")
        assert len(kept(missed)) == 1
        await (reader.press("escape", "x") if "On the" in reader.text else reader.press("x"))
        await reader.shows("✗ wrong, comes back tomorrow", "You: no answer")
        await reader.press("n")
        await reader.shows("question 3 of 3")
        await answered_right(reader)
        await reader.press("n")
        await reader.shows("2 of 3 questions right.", "kept on this machine only", "statistics are as they were")
        assert reader.is_on(PracticeDoneScreen)
        assert reader.text.count("tomorrow") == 3
        assert kept(missed) == dict.fromkeys(kept(missed), 1)
        await reader.press("escape")
        await reader.lacks("Practice: ")
        assert reader.is_on(HomeScreen)
        await reader.press("w")
        await reader.shows("Nothing to practise today.", "Next: tomorrow, 3 questions.")
    assert fingerprint(missed) == before


async def test_home_opens_it_by_its_row_too_and_the_cursor_stays_on_the_catalog(missed: Library) -> None:
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions")
        await reader.press("end")
        assert "Browse the catalog" in reader.here
        await reader.press("up")
        assert "Practice: 3 questions" in reader.here
        await reader.press("enter")
        await reader.shows("question 1 of 3")


async def test_leaving_in_the_middle_keeps_what_was_done(missed: Library) -> None:
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions")
        await reader.press("w")
        await reader.shows("question 1 of 3")
        await answered_right(reader)
        await reader.press("escape")
        await reader.shows("Practice: 2 questions")
    async with reading(missed) as reader:
        await reader.shows("Practice: 2 questions")
        await reader.press("w")
        await reader.shows("question 1 of 2")


async def test_days_go_on_and_a_learned_question_comes_no_more(missed: Library) -> None:
    missed.db.execute("UPDATE questions SET archived = true WHERE title <> 'Judge these'")
    today = missed.today
    for passed, words in ((0, "tomorrow"), (1, "in 3 days"), (4, "in 7 days"), (11, "in 16 days"), (27, "in 35 days")):
        missed.today = today + timedelta(days=passed)
        async with reading(missed) as reader:
            await reader.shows("Practice: 1 question ")
            await reader.press("w")
            await reader.shows("question 1 of 1")
            await reader.press("t", "f", "enter")
            await reader.shows(f"✓ right, comes back {words}")
    missed.today = today + timedelta(days=62)
    async with reading(missed) as reader:
        await reader.shows("Practice: 1 question ")
        await reader.press("w")
        await reader.shows("question 1 of 1")
        await reader.press("t", "f", "enter")
        await reader.shows("✓ right, learned")
        await reader.press("enter", "escape", "w")
        await reader.shows("Nothing to practise today.", "comes here a day later")


async def test_offline_judges_nothing(missed: Library) -> None:
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions")
        await reader.press("w")
        await reader.shows("question 1 of 3")
        missed.away = True
        await (reader.press("escape", "x") if "On the" in reader.text else reader.press("x"))
        await reader.shows("Nothing was judged: Enter tries again")
        assert kept(missed) == {}
        missed.away = False
        await answered_right(reader)
    missed.away = True


async def test_what_cannot_be_practised_any_more_is_left_out(missed: Library) -> None:
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions")
        await reader.press("w")
        await reader.shows("question 1 of 3")
        missed.db.execute("UPDATE quiz_attempts SET is_passed = false")  # an attempt is left: it would be a trial
        await (reader.press("escape", "x") if "On the" in reader.text else reader.press("x"))
        await reader.shows("cannot be practised any more", "question 1 of 2")
        for left in (2, 1):
            await reader.shows(f"question 1 of {left}")
            await (reader.press("escape", "x") if "On the" in reader.text else reader.press("x"))
        await reader.shows("Nothing to practise today.")


async def test_a_damaged_file_is_told_and_practice_goes_on(missed: Library) -> None:
    (missed.folder / "practice.sqlite").write_bytes(b"x" * 5000)
    async with reading(missed) as reader:
        await reader.shows("Practice: 3 questions")
        await reader.press("w")
        await reader.shows("was damaged", "question 1 of 3")
        assert reader.is_on(PracticeScreen)
        await answered_right(reader)


async def test_a_newcomer_is_asked_nothing_and_offered_nothing(library: Library) -> None:
    async with reading(library) as reader:
        await reader.shows("Welcome")
        await reader.press("w")
        assert reader.is_on(HomeScreen)
        assert "practice" not in reader.lines[-1]
