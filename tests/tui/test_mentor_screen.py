"""The mentor's screen at a real service, whose provider is a stub that speaks the real protocol."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from tests.mentor.replies import Answer, Refusal
from tests.mentor.stub import Stub
from tests.tui.library import Library, Reader, reading

import lms_tui.mentor.openai_line  # noqa: F401 - loaded with a service's first question, and a test has 8 seconds
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.tui.screens import mentor_opening
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.mentor import MentorScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.tui.widgets.question_box import QuestionBox

pytestmark = pytest.mark.anyio


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A provider that answers well until it is given other `replies`."""
    with Stub() as running:
        yield running


TEXT = (
    "# Joins\n\nA join puts rows together.\n\nAn outer join keeps rows that have no partner.\n\n" + "More words. " * 300
)
CHAPTERS = {"Joins": [("Outer joins", "text", TEXT), ("Without a mentor", "text", "Alone.")]}
ANSWER = "Look at **left** rows:\n\n```sql\nSELECT 1;\n```\n"
MESSAGES = (
    "SELECT coalesce(json_agg(json_build_array(m.role, m.content, m.model_version LIKE '%%!cut')"
    " ORDER BY m.created_at, m.id), '[]') FROM ai_mentor_thread_messages m"
    " JOIN ai_mentor_threads t ON t.id = m.thread_id WHERE t.is_active AND m.role <> 'system'"
)


async def with_mentor(library: Library, stub: Stub | None) -> UUID:
    """A course whose first lesson has a mentor, who speaks by the stub."""
    library.course("Databases", CHAPTERS, enrolled=True)
    lesson: UUID = library.one("SELECT id FROM lessons WHERE title = 'Outer joins'")
    library.db.execute("INSERT INTO ai_mentor_lessons (lesson_id, learning_objectives) VALUES (%s, 'Joins')", (lesson,))
    if stub is not None:
        await library.close()
        library.mentor = Mentor(ProviderSettings(stub.base, "stub-1", stub.key))
        await library.open()
    return lesson


@asynccontextmanager
async def at_lesson(library: Library, lesson: UUID, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Reader]:
    """A lesson that has a mentor."""
    async with reading(library, size) as reader:
        await reader.shows("Browse the catalog")
        reader.app.push_screen(LessonScreen(lesson))
        await reader.shows("1 Joins › Outer joins", "m mentor")
        yield reader


@asynccontextmanager
async def opened(library: Library, lesson: UUID, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Reader]:
    """The mentor of a lesson, opened from it."""
    async with at_lesson(library, lesson, size) as reader:
        await reader.press("m")
        await reader.shows("› Mentor", "send")
        yield reader


async def stored(reader: Reader, library: Library, *messages: list[object]) -> None:
    """Wait until the active thread holds exactly these: role, text, and of an answer whether it was cut."""
    await reader.until(lambda: library.one(MESSAGES) == [*messages], f"{messages}")


async def ask_and_stop(reader: Reader, stub: Stub) -> None:
    """Ask what the first reply answers at length, and stop it in the middle."""
    await reader.press(*"why?", "enter")
    await reader.shows("First words.", "answering… esc stops")
    await reader.press("escape")
    await reader.shows("Stopped. ctrl+r asks again.")
    await reader.until(stub.asked[0].over.is_set, "the provider is let go")
    assert stub.asked[0].hung_up


async def test_a_question_is_asked_answered_and_stored(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer(ANSWER)]
    async with opened(library, lesson) as reader:
        await reader.shows("It is told this lesson", "who teaches this course, and administrators can read")
        await reader.press(*"why?", "enter")
        await reader.shows("You", "why?", "Mentor", "Look at left rows:", "SELECT 1;", "stub-1 · 160 tokens")
        assert "asking" not in reader.text
        await stored(reader, library, ["user", "why?", None], ["assistant", ANSWER, False])
        await reader.press("escape")
        await reader.shows("1 Joins › Outer joins")
        assert reader.is_on(LessonScreen)
        await reader.press("m")
        await reader.shows("why?", "Look at left rows:")
        assert len(stub.asked) == 1, "what is answered is not asked again"


async def test_an_answer_is_stopped_and_had_again_and_what_came_stays(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer("First words. " + "More words. " * 400, pace=0.05), Answer("The second answer.")]
    async with opened(library, lesson) as reader:
        await ask_and_stop(reader, stub)
        assert reader.is_on(MentorScreen)
        await reader.press("ctrl+r")
        await reader.shows("The second answer.", "stub-1")
        await reader.until(lambda: [cut for _, _, cut in library.one(MESSAGES)] == [None, True, False])
        assert library.one(MESSAGES)[1][1].startswith("First words.")


async def test_the_last_question_is_edited_and_the_old_thread_can_be_read(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer("One."), Answer("Two."), Answer("Three.")]
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("One.", "stub-1")
        await reader.press(*"second?", "enter")
        await reader.shows("Two.", "stub-1")
        await reader.press(*"draft", "f4")
        await reader.shows("You edit your last question")
        await reader.press("escape")
        await reader.lacks("You edit your last question")
        assert reader.app.screen._box.text == "draft", "leaving it brings back what was typed"  # type: ignore[attr-defined]
        await reader.press("f4", "!", "enter")
        await reader.shows("second?!", "Three.", "One.")
        assert "Two." not in reader.text
        texts = ["first?", "One.", "second?!", "Three."]
        await reader.until(lambda: [content for _, content, _ in library.one(MESSAGES)] == texts)
        await reader.press("ctrl+t")
        await reader.shows("Conversations", "going on · 4 messages", "4 messages")
        await reader.press("down", "enter")
        await reader.shows("A conversation of before: to read only.", "second?", "Two.")
        await reader.press("escape", "escape")
        await reader.shows("second?!", "Three.")


async def test_every_fault_has_its_sentence_and_the_lesson_stays_readable(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [
        Refusal(401, {"error": {"message": "sk-secret is wrong"}}),
        Answer("It begins well. " * 20, breaks_after=3),
        Answer("At last."),
    ]
    async with opened(library, lesson) as reader:
        await reader.press(*"why?", "enter")
        await reader.shows("why?", "ctrl+r asks again.", "^r answer again")
        assert "secret" not in reader.text
        await stored(reader, library, ["user", "why?", None])
        await reader.press("ctrl+r")
        await reader.shows("It begins well.", "ctrl+r asks again.", "^r answer again")
        await reader.press("ctrl+r")
        await reader.shows("At last.", "^r answer again")  # before its end is here, escape stops it
        await reader.until(lambda: [cut for _, _, cut in library.one(MESSAGES)] == [None, True, False])
        await reader.press("escape")
        await reader.shows("A join puts rows together.")


async def test_a_question_waits_for_the_service_and_is_answered_then(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer("Here I am.")]
    async with opened(library, lesson) as reader:
        library.away = True
        await reader.press(*"there?", "enter")
        await reader.shows("there?", "The question is kept on this machine", "◌ 1 waiting")
        await reader.press(*"and?", "enter")
        await reader.shows("Your last question waits to be sent.")
        library.away = False
        await reader.shows("Here I am.")
        await stored(reader, library, ["user", "there?", None], ["assistant", "Here I am.", False])
        assert reader.app.screen._box.text == "and?", "what was typed meanwhile is not lost"  # type: ignore[attr-defined]


async def test_what_was_asked_without_the_service_is_answered_when_the_mentor_is_opened_next(
    library: Library, stub: Stub
) -> None:
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer("One."), Answer("Two.")]
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("One.", "stub-1")
        await reader.press("escape")
        library.away = True
        await reader.press("m")
        await reader.shows("this is read from this machine", "first?", "One.")
        await reader.press(*"second?", "enter")
        await reader.shows("The question is kept on this machine")
        await reader.press("escape")
        await reader.shows("◌ 1 waiting", "A join puts rows together.")
        library.away = False
        (await reader.app.backend()).outbox.hurry()
        await reader.shows("● saved")
        assert len(stub.asked) == 1
        await reader.press("m")
        await reader.shows("second?", "Two.")
        texts = ["first?", "One.", "second?", "Two."]
        await reader.until(lambda: [content for _, content, _ in library.one(MESSAGES)] == texts)


async def test_what_is_typed_and_not_sent_is_there_again(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await reader.press("a", "ctrl+j", "b", "escape")
        await reader.shows("A join puts rows together.")
        await reader.press("m")
        await reader.shows(" a\n", " b\n")
        await reader.press("enter")
        await reader.shows("Look at the rows")
        await reader.press("up")
        assert reader.app.screen._box.text == "a\nb", "and sent, behind the up key"  # type: ignore[attr-defined]


async def test_a_passage_of_the_lesson_is_quoted(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with at_lesson(library, lesson) as reader:
        await reader.shows("A join puts")
        await reader.press("M")
        await reader.shows("Quote which passage to the mentor?", "An outer join keeps")
        await reader.press("down", "down", "enter")
        await reader.shows("› Mentor", "> An outer join keeps rows that have no partner.")
        await reader.press(*"why?", "enter")
        await reader.shows("│ An outer join keeps rows", "Look at the rows")
        assert library.one(MESSAGES)[0][1] == "> An outer join keeps rows that have no partner.\n\nwhy?"
        await reader.press("x", "ctrl+o", "enter")
        await reader.shows("> # Joins", "x")


async def test_beside_the_lesson_on_a_wide_screen_and_its_place_untouched(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson, size=(120, 40)) as reader:
        await reader.shows("A join puts rows together.", "It is told this lesson")
        await reader.press("escape")
        await reader.lacks("› Mentor")
        assert reader.app.screen._text.line == 0  # type: ignore[attr-defined]
        await reader.press("m")
        await reader.shows("It is told this lesson")
        await reader.press("shift+tab", "shift+tab", "pagedown")
        await reader.lacks("A join puts rows together.")
        await reader.press("escape")
        await reader.lacks("› Mentor")
        assert reader.app.screen._text.place.letters > 0, "one has read on"  # type: ignore[attr-defined]


async def test_a_new_conversation_is_begun_and_titles_are_given(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("Look at the rows")
        await reader.press("ctrl+t")
        await reader.shows("going on · 2 messages", "first?")
        await reader.press("e")
        await reader.shows("What shall this conversation be called?")
        await reader.press(*"On joins", "enter")
        await reader.shows("On joins", "going on")
        await reader.press("n")
        await reader.shows("Begin a new conversation?")
        await reader.press("y")
        await reader.shows("It is told this lesson")
        assert "first?" not in reader.text
        await reader.press("ctrl+t")
        await reader.shows("On joins", "first?")


async def test_earlier_pages_come_by_scrolling_up(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    library.db.execute(
        "WITH t AS (INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s) RETURNING id)"
        " INSERT INTO ai_mentor_thread_messages (thread_id, role, content, created_at)"
        " SELECT t.id, CASE n %% 2 WHEN 0 THEN 'user' ELSE 'assistant' END, 'message ' || n || '.',"
        " now() - interval '1 day' + n * interval '1 second' FROM t, generate_series(0, 129) n",
        (library.me, lesson),
    )
    async with opened(library, lesson) as reader:
        await reader.shows("message 129.")
        await reader.press("shift+tab", "home")
        await reader.shows("message 80.")
        await reader.press("home")
        for _ in range(3):
            await reader.pilot.pause(0.2)
            await reader.press("home")
        await reader.shows("message 0.")
        assert len(reader.app.screen._view.turns) == 130  # type: ignore[attr-defined]


async def test_without_a_provider_it_says_so_calmly(library: Library) -> None:
    lesson = await with_mentor(library, None)
    async with at_lesson(library, lesson) as reader:
        await reader.press("m")
        await reader.shows("› Mentor", "No mentor is set up here.")
        assert "Ask about this lesson" not in reader.text, "there is nobody to ask"
        await reader.press("escape")
        await reader.shows("A join puts rows together.")


async def test_a_question_of_a_submitted_quiz_is_quoted_to_its_mentor(library: Library, stub: Stub) -> None:
    await with_mentor(library, stub)
    library.course("Quizzes", {"One": [("Check", "quiz", "")]}, enrolled=True)
    quiz = library.one("SELECT id FROM lessons WHERE title = 'Check'")
    library.db.execute("INSERT INTO ai_mentor_lessons (lesson_id) VALUES (%s)", (quiz,))
    question, attempt = uuid4(), uuid4()
    library.db.execute(
        "INSERT INTO questions (id, lesson_id, type, title) VALUES (%s, %s, 'fill-blank', 'It keeps the ___ rows.')",
        (question, quiz),
    )
    library.db.execute(
        "INSERT INTO question_answer_options (question_id, option_text, is_correct) VALUES (%s, 'zanzibar', true)",
        (question,),
    )
    library.db.execute("UPDATE lessons SET threshold_score = 100 WHERE id = %s", (quiz,))
    library.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, score, completed_at) VALUES (%s, %s, %s, 0, now())",
        (attempt, library.me, quiz),
    )
    library.db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, answer_text) VALUES (%s, %s, 'left')",
        (attempt, question),
    )
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        reader.app.push_screen(ResultScreen(attempt))
        await reader.shows("not passed yet")
        await reader.press("enter")
        await reader.shows("m ask the mentor")
        await reader.press("m")
        await reader.shows("› Mentor", "> It keeps the ___ rows.", "> My answer: left (wrong)")
        assert "zanzibar" not in reader.text
        await reader.press("enter")
        await reader.shows("Look at the rows", "^r answer again")
        assert "zanzibar" not in str(stub.asked[0].body)
        await reader.press("escape", "escape", "escape")
        reader.app.push_screen(QuizStartScreen(quiz))
        await reader.shows("m mentor")


async def test_a_thread_that_is_over_is_told_and_the_question_goes_to_the_new_one(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("Look at the rows", "stub-1")
        library.db.execute("UPDATE ai_mentor_threads SET is_active = false")
        library.db.execute("INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s)", (library.me, lesson))
        await reader.press(*"second?", "enter")
        await reader.shows("This conversation is over", "where you type")
        await reader.press("f4")
        await reader.lacks("first?")
        await reader.shows("second?")
        await reader.press("enter")
        await reader.until(lambda: [role for role, _, _ in library.one(MESSAGES)] == ["user", "assistant"])
        await reader.shows("Look at the rows")


async def test_old_threads_are_read_without_the_service_and_it_is_there_again_by_itself(
    library: Library, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentor_opening, "_LOOK_AGAIN", 0.2)
    lesson = await with_mentor(library, stub)
    stub.replies = [Answer("One."), Answer("Two."), Answer("Three.")]
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("One.", "stub-1")
        await reader.press("ctrl+t", "n")
        await reader.shows("Begin a new conversation?")
        await reader.press("y")
        await reader.shows("It is told this lesson")
        await reader.press(*"second?", "enter")
        await reader.shows("Two.", "stub-1")
        await reader.press("escape")
        await reader.shows("m mentor")
        library.away = True
        await reader.press("m")
        await reader.shows("this is read from this machine", "second?", "Two.")
        await reader.press("ctrl+t")
        await reader.shows("these are kept on this machine", "first?")
        assert "rename" not in reader.text
        await reader.press("down", "enter")
        await reader.shows("to read only", "One.")
        await reader.press("escape", "escape")
        await reader.shows("second?")
        await reader.press("tab", "t")
        await reader.shows("these are kept on this machine", "first?")
        await reader.press("escape", "tab")
        await reader.press(*"third?", "enter")
        await reader.shows("The question is kept on this machine")
        library.away = False
        (await reader.app.backend()).outbox.hurry()
        await reader.shows("third?", "Three.", "tokens today")
        assert len(stub.asked) == 3
        await reader.until(lambda: [cut for _, _, cut in library.one(MESSAGES)] == [None, False, None, False])


async def test_while_the_answer_of_before_still_ends_the_next_one_waits_a_moment(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        library.db.execute("INSERT INTO lms_tui.mentor_streams VALUES (%s, %s, 0, now())", (library.me, uuid4()))
        await reader.press(*"why?", "enter")
        await reader.until(lambda: library.one(MESSAGES) == [["user", "why?", None]])
        await reader.pilot.pause(0.4)
        assert "answering you already" not in reader.text
        library.db.execute("DELETE FROM lms_tui.mentor_streams")
        await reader.shows("Look at the rows", "stub-1")


async def test_what_is_typed_ahead_of_the_mentor_is_the_question(library: Library, stub: Stub) -> None:
    """All keys at once, as they come over a slow line: d, n and ? would do something to the lesson, q to the mentor."""
    lesson = await with_mentor(library, stub)
    async with at_lesson(library, lesson) as reader:
        await reader.press_ahead(*"mdo n rows? q")
        await reader.shows("› Mentor", "send")
        assert reader.app.screen.query_one(QuestionBox).text == "do n rows? q"
        await reader.press("enter")
        await reader.until(lambda: [said[1] for said in library.one(MESSAGES)][:1] == ["do n rows? q"])


async def test_letters_are_commands_where_nothing_is_being_opened(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with at_lesson(library, lesson) as reader:
        library.away = True
        await reader.press("m")
        await reader.shows("r try again")
        await reader.press("w", "r")
        library.away = False
        await reader.press("r")
        await reader.shows("› Mentor", "send")
        assert reader.app.screen.query_one(QuestionBox).text == ""
        await reader.press(*"why?", "enter")
        await reader.shows("stub-1")
        await reader.press("tab", "w")
        await reader.shows("The mentor answers questions about this lesson.")
        await reader.press("escape")
        await reader.shows("Ask about this lesson")


def test_a_lesson_loads_nothing_of_its_mentor() -> None:
    opened = ("lesson", "quiz_start", "judged")
    program = f"import sys, {', '.join(f'lms_tui.tui.screens.{name}' for name in opened)}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    theirs = ("lms_tui.tui.screens.mentor", "lms_tui.tui.widgets.conversation", "lms_tui.client.events")
    assert [name for name in ran.stdout.split() if name.startswith((*theirs, "textual.widgets._text_area"))] == []
