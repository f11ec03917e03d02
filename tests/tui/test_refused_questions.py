"""A question to the mentor that waited and was then refused: why is said, its text goes back to where one types, or it
is dropped; nothing of it is lost on the way."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub
from tests.tui.library import Library, Reader
from tests.tui.quiz_service import QuizService, refusal, screen_text, settled, taking
from tests.tui.test_mentor_screen import MESSAGES, opened, with_mentor
from tests.tui.test_screens_outbox import answered

from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.mentor import MentorScreen
from lms_tui.tui.screens.outbox import OutboxScreen
from lms_tui.wire.errors import Code

pytestmark = pytest.mark.anyio
TEXT = "why [b]so[/b]?"


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A provider that answers well."""
    with Stub() as running:
        yield running


def begin_another_thread(library: Library, lesson: UUID) -> None:
    """Have what names the thread of before be refused."""
    library.db.execute("UPDATE ai_mentor_threads SET is_active = false")
    library.db.execute("INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s)", (library.me, lesson))


async def refused_later(reader: Reader, library: Library, lesson: UUID) -> None:
    """Ask while the service is away, leave, and have the question refused when it is back."""
    await reader.press(*"first?", "enter")
    await reader.shows("Look at the rows", "stub-1")
    library.away = True
    await reader.press(*TEXT, "enter")
    await reader.shows("The question is kept on this machine")
    await reader.press("escape")
    await reader.shows("◌ 1 waiting", "A join puts rows together.")
    begin_another_thread(library, lesson)
    library.away = False
    (await reader.app.backend()).outbox.hurry()
    await reader.shows("! 1 refused", "f3 leads to your question: This conversation is over")


async def leave_a_draft(reader: Reader) -> None:
    """Type something at the mentor, and leave it unsent."""
    await reader.press("m")
    await reader.shows("› Mentor", "send")
    await reader.press(*"draft", "escape")
    await reader.shows("A join puts rows together.")


def typed(reader: Reader) -> str:
    screen = reader.app.screen
    assert isinstance(screen, MentorScreen)
    return screen._box.text


async def refused(reader: Reader) -> int:
    return (await reader.app.backend()).outbox.counts().refused


async def test_it_says_why_and_is_dropped_after_a_question(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await refused_later(reader, library, lesson)
        await reader.press("f3")
        await reader.shows("1 thing refused", f"“{TEXT}”", "another one has begun. Open the mentor again.")
        await reader.shows("⏎ take it back", "t try now", "d drop")
        await reader.press("d")
        await reader.shows("Throw away “A question to the mentor: Outer joins”?", TEXT)
        await reader.press("escape")
        await reader.lacks("Throw away")
        assert await refused(reader) == 1
        await reader.press("d")
        await reader.shows("Throw away")
        await reader.press("y")
        await reader.shows("All saved", "Thrown away.")
        assert await refused(reader) == 0
        assert "drop" not in reader.lines[-1]


async def test_it_is_taken_back_beside_what_is_typed_and_leaves_when_it_is_asked_anew(
    library: Library, stub: Stub
) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await refused_later(reader, library, lesson)
        await leave_a_draft(reader)
        await reader.press("f3")
        await reader.shows("1 thing refused", "⏎ take it back")
        await reader.press("enter")
        await reader.shows("› Mentor", TEXT)
        assert typed(reader) == TEXT
        assert await refused(reader) == 1, "a kill here would lose nothing"
        stub.replies = [Answer("Since it is so.")]
        await reader.press("enter")
        await reader.shows("Since it is so.", "stub-1")
        assert typed(reader) == "draft", "what was typed before is there again"
        assert [text for _, text, _ in library.one(MESSAGES)] == [TEXT, "Since it is so."]
        assert await refused(reader) == 0
        await reader.press("escape")
        await reader.shows("All saved")
        assert reader.is_on(OutboxScreen)


async def test_taken_back_and_not_asked_it_is_in_both_places_until_it_is(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await refused_later(reader, library, lesson)
        await leave_a_draft(reader)
        await reader.press("f3")
        await reader.shows("⏎ take it back")
        await reader.press("enter")
        await reader.shows("› Mentor", TEXT)
        await reader.press("!", "escape")
        await reader.shows("1 thing refused")
        await reader.press("enter")
        await reader.shows("› Mentor", TEXT)
        assert typed(reader) == f"{TEXT}!\n\ndraft", "once, as it was changed, and the draft of before"
        await reader.press("enter")
        await reader.shows("Look at the rows", "stub-1")
        assert library.one(MESSAGES)[0][1] == f"{TEXT}!\n\ndraft"
        assert await refused(reader) == 0


async def test_from_the_mentors_own_screen_it_goes_back_to_that_one(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await refused_later(reader, library, lesson)
        await reader.press("m")
        await reader.shows("› Mentor", "send")
        screen = reader.app.screen
        await reader.press("f3")
        await reader.shows("⏎ take it back")
        await reader.press("enter")
        await reader.shows("› Mentor", TEXT)
        assert reader.app.screen is screen, "a second one would want the answer too"
        await reader.press("enter")
        await reader.shows("Look at the rows", "stub-1")
        assert await refused(reader) == 0
        await reader.press("escape")
        await reader.shows("A join puts rows together.")
        assert reader.is_on(LessonScreen)


async def test_what_f4_took_back_leaves_the_outbox_when_it_is_asked_anew(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("Look at the rows", "stub-1")
        begin_another_thread(library, lesson)
        await reader.press(*"second?", "enter")
        await reader.shows("This conversation is over", "! 1 refused")
        await reader.press("f4")
        await reader.lacks("first?")
        assert typed(reader) == "second?"
        assert await refused(reader) == 1
        await reader.press("enter")
        await reader.shows("Look at the rows", "● saved")
        assert await refused(reader) == 0


async def test_two_are_taken_back_one_above_the_other(library: Library, stub: Stub) -> None:
    lesson = await with_mentor(library, stub)
    async with opened(library, lesson) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("Look at the rows", "stub-1")
        library.db.execute("DELETE FROM ai_mentor_lessons")
        for text in ("second?", "third?"):
            await reader.press(*text, "enter")
            await reader.shows(text, "There is no such mentor.")
        await reader.shows("! 2 refused")
        library.db.execute("INSERT INTO ai_mentor_lessons (lesson_id) VALUES (%s)", (lesson,))
        await reader.press(*"draft")
        for keys in (("f3", "enter"), ("f3", "down", "enter")):
            await reader.press(keys[0])
            await reader.shows("2 things refused")
            await reader.press(*keys[1:])
            await reader.shows("› Mentor")
        assert typed(reader) == "third?\n\nsecond?"
        await reader.press("enter")
        await reader.until(lambda: library.one(MESSAGES)[-1][0] == "assistant")
        await reader.shows("● saved")
        assert typed(reader) == "draft"
        assert await refused(reader) == 0


async def test_an_answer_that_holds_a_submission_up_is_not_dropped(tmp_path_factory: pytest.TempPathFactory) -> None:
    for code, droppable in ((Code.BAD_REQUEST, False), (Code.ATTEMPT_CLOSED, True)):
        service = QuizService()
        service.refuse["quizzes.answer"] = refusal(code, "This question takes one choice.")
        async with taking(service, tmp_path_factory.mktemp("outbox")) as (app, pilot, outbox):
            await answered(app, pilot, outbox, "2")
            assert ("d drop" in screen_text(app)) is droppable
            await pilot.press("d")
            await settled(app, pilot, outbox)
            assert ("Throw away" in screen_text(app)) is droppable
            if droppable:
                await pilot.press("y")
                while outbox.counts().refused:
                    await pilot.pause(0.01)
                await settled(app, pilot, outbox)
                assert "All saved" in screen_text(app)
