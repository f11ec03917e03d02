"""The mentor in a preview: it answers on the learner's screen, and nothing of it is kept anywhere."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from tests.mentor.replies import Answer, Refusal
from tests.mentor.stub import Stub
from tests.tui.library import Library, Reader, reading
from tests.tui.preview_walk import hashes
from tests.tui.test_mentor_screen import ask_and_stop, opened, with_mentor
from tests.tui.test_refused_questions import TEXT as REFUSED
from tests.tui.test_refused_questions import refused_later, typed

import lms_tui.mentor.openai_line  # noqa: F401 - loaded with a service's first question, and a test has 8 seconds
from lms_tui.client.errors import ClientError
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.tui.preview import Preview
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.mentor import MentorScreen
from lms_tui.tui.screens.opening import open_preview
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.wire import mentor_check

pytestmark = pytest.mark.anyio

TEXT = (
    "# Joins\n\nA join puts rows together.\n\nAn outer join keeps rows that have no partner.\n\n" + "More words. " * 300
)
CHAPTERS = {"Joins": [("Outer joins", "text", TEXT), ("Check", "quiz", "")]}
COUNTED = {"lms_tui.mentor_usage"}
"""What an answer costs is the one thing that stays."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as running:
        yield running


async def drafted(library: Library, stub: Stub | None) -> tuple[UUID, UUID]:
    """A draft of two lessons, each with a mentor; returns the course and the first of them."""
    course = library.course("Databases", CHAPTERS)
    library.db.execute("UPDATE courses SET is_published = false")
    library.db.execute("INSERT INTO ai_mentor_lessons (lesson_id, learning_objectives) SELECT id, 'Joins' FROM lessons")
    if stub is not None:
        await library.close()
        library.mentor = Mentor(ProviderSettings(stub.base, "stub-1", stub.key))
        await library.open()
    return course, library.one("SELECT id FROM lessons WHERE title = 'Outer joins'")


async def try_mentor(reader: Reader, course: UUID, lesson: UUID) -> None:
    """Open the mentor of a lesson from the preview of its course."""
    open_preview(reader.app, course)
    await reader.shows("Outer joins", "preview, nothing recorded")
    reader.app.push_screen(LessonScreen(lesson))
    await reader.shows("A join puts rows together.", "m mentor", "preview, nothing recorded")
    await reader.press("m")
    await reader.shows("› Mentor")


@asynccontextmanager
async def tried(library: Library, stub: Stub | None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Reader]:
    """The mentor of a draft's lesson, opened from its preview."""
    course, lesson = await drafted(library, stub)
    async with reading(library, size) as reader:
        await reader.shows("Browse the catalog")
        await try_mentor(reader, course, lesson)
        yield reader


def kept(library: Library) -> dict[str, str]:
    """All that could have been recorded, hashed, and whether a thread is kept on this machine."""
    made = {name: value for name, value in hashes(library.db, library.folder).items() if name not in COUNTED}
    return made | {"mentor.sqlite": str((library.folder / "mentor.sqlite").exists())}


async def over(reader: Reader, library: Library) -> None:
    """Wait until the service has ended the answer, whose words may be on the screen before."""
    await reader.until(lambda: library.one("SELECT count(*) FROM lms_tui.mentor_streams") == 0, "the turn's end")


async def test_a_conversation_is_had_and_leaves_every_row_and_file_as_it_was(library: Library, stub: Stub) -> None:
    stub.replies = [Answer("Look at **left** rows."), Answer("And at right ones."), Answer("Anew.")]
    async with tried(library, stub) as reader:
        await reader.shows("preview: nothing is recorded", "You try it: nothing is kept", "today · not kept")
        assert "can read what is said here" not in reader.text
        before = kept(library)
        await reader.press(*"why?", "enter")
        await reader.shows("You", "why?", "Mentor", "Look at left rows.", "stub-1 · 160 tokens", "160 of 200,000")
        await reader.press(*"and?", "enter")
        await reader.shows("and?", "And at right ones.", "320 of 200,000 tokens today · not kept")
        told = [(turn["role"], turn["content"]) for turn in stub.asked[1].messages[-3:]]
        assert told == [("user", "why?"), ("assistant", "Look at **left** rows."), ("user", "and?")]
        await reader.press(*"unsent", "escape")
        await reader.until(lambda: reader.is_on(LessonScreen))
        await reader.press("m")
        await reader.shows("You try it: nothing is kept", "unsent", "320 of 200,000 tokens today")
        assert "why?" not in reader.text, "leaving it forgets it"
        await reader.press(*"!", "enter")
        await reader.shows("unsent!", "Anew.")
        assert [turn["content"] for turn in stub.asked[2].messages[3:]] == ["unsent!"]
        await over(reader, library)
        assert kept(library) == before
        assert not reader.app.attending.questions
    assert kept(library) == before
    assert library.one("SELECT tokens FROM lms_tui.mentor_usage") == 480


async def test_what_one_has_said_as_a_learner_is_no_part_of_it(library: Library, stub: Stub) -> None:
    course, lesson = await drafted(library, stub)
    library.enrol(course)
    library.db.execute(
        "WITH t AS (INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s) RETURNING id)"
        " INSERT INTO ai_mentor_thread_messages (thread_id, role, content) SELECT t.id, 'user', %s FROM t",
        (library.me, lesson, "mine as a learner"),
    )
    async with reading(library) as reader:
        await reader.shows("Browse the catalog")
        reader.app.attending.questions[lesson] = "typed as a learner"
        reader.app.attending.taken_back[lesson] = [lesson]
        await try_mentor(reader, course, lesson)
        await reader.shows("You try it: nothing is kept")
        assert "as a learner" not in reader.text
        await reader.press("ctrl+t")
        await reader.pilot.pause()
        assert reader.is_on(MentorScreen), "no threads are offered"
        offered = {command.id for command in reader.screen.commands()}  # type: ignore[attr-defined]
        assert "mentor.about" in offered
        assert not offered & {"mentor.threads", "mentor.check"}
        await reader.press("escape")
        assert reader.app.attending.questions == {lesson: "typed as a learner"}
        assert reader.app.attending.taken_back == {lesson: [lesson]}


async def test_a_refused_question_is_not_taken_back_into_a_conversation_that_is_forgotten(
    library: Library, stub: Stub
) -> None:
    lesson = await with_mentor(library, stub)
    course = library.one("SELECT id FROM courses")
    async with opened(library, lesson) as reader:
        await refused_later(reader, library, lesson)
        await try_mentor(reader, course, lesson)
        await reader.shows("You try it: nothing is kept")
        tried_here = reader.screen
        await reader.press("f3")
        await reader.shows("take it back")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(MentorScreen) and reader.screen is not tried_here)
        await reader.lacks("preview")
        assert typed(reader) == REFUSED
        assert tried_here._box.text == ""  # type: ignore[attr-defined]


async def test_an_answer_is_stopped_had_again_and_its_question_asked_otherwise(library: Library, stub: Stub) -> None:
    stub.replies = [
        Answer("First words. " + "More words. " * 400, pace=0.05),
        Answer("The second answer."),
        Answer("The third answer."),
        Answer("The fourth answer."),
    ]
    async with tried(library, stub) as reader:
        before = kept(library)
        await ask_and_stop(reader, stub)
        await over(reader, library)
        await reader.press("ctrl+r")
        await reader.shows("The second answer.", "stub-1")
        await reader.press("f4")
        await reader.shows("You edit your last question")
        await reader.press("!", "enter")
        await reader.shows("why?!", "The third answer.", "stub-1 · 160 tokens")
        assert "The second answer." not in reader.text
        assert [turn["content"] for turn in stub.asked[2].messages[3:]] == ["why?!"]
        await reader.press(*"so?", "enter")
        await reader.shows("so?", "The fourth answer.")
        assert [turn["content"] for turn in stub.asked[3].messages[3:]] == ["why?!", "The third answer.", "so?"]
        await over(reader, library)
        assert kept(library) == before


async def test_a_fault_has_its_sentence_and_without_the_service_nothing_waits(library: Library, stub: Stub) -> None:
    stub.replies = [Refusal(401, {"error": {"message": "sk-secret is wrong"}}), Answer("At last.")]
    async with tried(library, stub) as reader:
        await reader.press(*"why?", "enter")
        await reader.shows("why?", "ctrl+r asks again.")
        assert "secret" not in reader.text
        library.away = True
        await reader.press("ctrl+r")
        await reader.shows("The service is away for the moment.", "ctrl+r asks again.")
        assert "waiting" not in reader.text
        library.away = False
        await reader.press("ctrl+r")
        await reader.shows("At last.")


async def test_while_the_service_is_away_it_is_not_opened_from_this_machine(library: Library, stub: Stub) -> None:
    async with tried(library, stub) as reader:
        await reader.shows("You try it")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(LessonScreen))
        library.away = True
        await reader.press("m")
        await reader.shows("The service is away for the moment.", "r try again")
        library.away = False
        await reader.press("r")
        await reader.shows("You try it")


async def test_without_a_provider_the_author_reads_it_too(library: Library) -> None:
    async with tried(library, None) as reader:
        await reader.shows("No mentor is set up here.")
        assert "Ask about this lesson" not in reader.text


async def test_beside_the_lesson_on_a_wide_screen_and_a_passage_is_quoted(library: Library, stub: Stub) -> None:
    async with tried(library, stub, (120, 40)) as reader:
        await reader.shows("A join puts rows together.", "You try it: nothing is kept")
        await reader.press("ctrl+o")
        await reader.shows("Quote which passage to the mentor?")
        await reader.press("down", "enter")
        await reader.shows("> A join puts rows together.")
        await reader.press("f5")
        await reader.shows("What it sees", "A learner's mentor is told besides")


async def test_a_quiz_has_its_mentor_in_a_preview_too(library: Library, stub: Stub) -> None:
    async with tried(library, stub) as reader:
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(LessonScreen))
        await reader.press("n")
        await reader.until(lambda: reader.is_on(QuizStartScreen))
        await reader.shows("m mentor")
        await reader.press("m")
        await reader.shows("Check › Mentor", "You try it: nothing is kept")


async def test_a_long_conversation_is_read_from_its_beginning(library: Library, stub: Stub) -> None:
    async with tried(library, stub) as reader:
        await reader.press(*"first?", "enter")
        await reader.shows("first?", "stub-1 · 160 tokens")
        view = reader.screen._view  # type: ignore[attr-defined]
        await reader.press(*"second?", "enter")
        await reader.shows("second?", "320 of 200,000 tokens today")
        first, *_ = view.turns
        view.show(view.turns[2:], earlier=True)  # as after MOST_TURNS
        await reader.until(lambda: len(view.turns) == 4 and view.turns[0].id == first.id)
        assert [turn.text for turn in view.turns][::2] == ["first?", "second?"]


async def test_a_check_is_no_part_of_a_preview(library: Library, stub: Stub) -> None:
    async with tried(library, stub) as reader:
        desk = reader.screen.desk  # type: ignore[attr-defined]
        assert isinstance(desk, Preview)
        request = mentor_check.CheckRequest(lesson_id=uuid4(), id=uuid4())
        with pytest.raises(ClientError, match="it would be recorded"):
            await anext(desk.events(mentor_check.CHECK, request))
        assert not stub.asked
