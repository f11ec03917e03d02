"""The mentor's check on the screen: asked, waited for, stopped, failed, passed; and what a lesson says of it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.mentor.faults import FAULTS
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub
from tests.tui.library import Library, Reader, reading

from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.tui.check_words import steps
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.mentor import MentorScreen
from lms_tui.tui.screens.mentor_check import MentorCheckScreen
from lms_tui.wire.mentor_check import Checked, Result

pytestmark = pytest.mark.anyio

CHAPTERS = {"Joins": [("Inner joins", "text", "# Inner\n\nThey pair rows."), ("Outer joins", "text", "# Outer")]}
INSIGHTS = "You **told** which `rows` a join pairs. [@click=app.quit]The outer join[/] is missing.\x1b[2J"


def judged(understanding: int, **more: Any) -> str:
    """Return a judgement as a model writes it."""
    actions = [{"action": "Read on with outer joins.", "lesson": 2}, {"action": "Draw two tables.", "lesson": None}]
    fields = {"understanding": understanding, "engagement": 60, "insights": INSIGHTS, "recommended_actions": actions}
    return json.dumps(fields | more)


@pytest.fixture
async def checked(library: Library, stub: Stub) -> Library:
    """The library with a lesson that a check completes, in which the learner has said something."""
    library.mentor = Mentor(ProviderSettings(stub.base, "stub-1", key=stub.key))
    await library.close()
    await library.open()
    library.course("Databases", CHAPTERS, enrolled=True)
    lesson = library.one("SELECT id FROM lessons WHERE title = 'Inner joins'")
    library.db.execute(
        "INSERT INTO ai_mentor_lessons (lesson_id, learning_objectives) VALUES (%s, 'Knows which rows pair.')",
        (lesson,),
    )
    thread = uuid4()
    library.db.execute(
        "INSERT INTO ai_mentor_threads (id, user_id, lesson_id) VALUES (%s, %s, %s)", (thread, library.me, lesson)
    )
    add = "INSERT INTO ai_mentor_thread_messages (thread_id, role, content, created_at) VALUES (%s, %s, %s, %s)"
    for second, (role, text) in enumerate((("user", "It pairs rows."), ("assistant", "Which?"))):
        library.db.execute(add.encode(), (thread, role, text, datetime(2026, 11, 1, 12, 0, second, tzinfo=UTC)))
    return library


@pytest.fixture
def stub() -> Any:
    """A provider."""
    with Stub() as running:
        yield running


def is_complete(library: Library) -> bool:
    """Whether the lesson is."""
    progress = "SELECT p.is_completed FROM student_lesson_progress p JOIN lessons l ON l.id = p.lesson_id"
    return bool(library.one(f"{progress} WHERE p.user_id = %s AND l.title = 'Inner joins'", library.me))


async def opened(reader: Reader, library: Library) -> UUID:
    """Open the lesson."""
    lesson: UUID = library.one("SELECT id FROM lessons WHERE title = 'Inner joins'")
    await reader.shows("Browse the catalog")
    reader.app.push_screen(LessonScreen(lesson))
    await reader.shows("They pair rows.")
    return lesson


async def test_a_lesson_is_completed_by_its_check(checked: Library, stub: Stub) -> None:
    stub.replies = [Answer(judged(4)), Answer(judged(8))]
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.shows("m, then c: the mentor's check completes this lesson")
        await reader.press("d")
        await reader.shows("m, then c")
        assert not is_complete(checked)
        await reader.press("c")
        await reader.shows("It is no examination", "c asks now")
        await reader.press("c")
        await reader.shows("40 %", "not passed yet", "needs 7 of 10; this check shows 4 of 10.", "engagement 60")
        await reader.shows(
            "You told which rows a join pairs.",
            "[@click=app.quit]The outer",
            "1  Read on with outer joins.",
            "▸ Outer joins",
        )
        assert not is_complete(checked)
        await reader.press("2")
        await reader.shows("This leads to no lesson")
        await reader.press("1")
        await reader.shows("1 Joins › Outer joins")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(MentorCheckScreen))
        await reader.shows("not passed yet")
        await reader.press("enter")
        await reader.shows("1 Joins › Outer joins")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(MentorCheckScreen))
        await reader.press("c")
        await reader.shows("80 %", "passed", "This lesson is complete.", "check 2 of 2")
        assert is_complete(checked)
        await reader.press("p")
        await reader.shows("40 %", "check 1 of 2")
        await reader.press("n")
        await reader.shows("80 %")
        await reader.press("escape")
        await reader.shows("✓ done 1/2")


async def test_from_the_conversation_and_back(checked: Library, stub: Stub) -> None:
    stub.replies = [Answer(judged(5))]
    async with reading(checked, (120, 40)) as reader:
        await opened(reader, checked)
        await reader.press("m")
        await reader.shows("It pairs rows.", "f8 done?")
        await reader.press("f8")
        await reader.shows("not passed yet", "Go on with the mentor (m), then c asks again.")
        await reader.press("m")
        await reader.until(lambda: reader.is_on(MentorScreen))


async def test_it_can_be_stopped(checked: Library, stub: Stub) -> None:
    stub.replies = [Answer(judged(9), per=10, breaks_after=4, breaks="hang")]
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.press("c")
        await reader.shows("c asks now")
        await reader.press("c")
        await reader.shows("The mentor reads what you have said", "characters of its judgement written")
        await reader.press("escape")
        await reader.shows("Stopped. Nothing is kept of this check; c asks again.")
        await reader.until(lambda: stub.asked[0].hung_up, "nobody listens")
        assert checked.one("SELECT count(*) FROM ai_mentor_student_lesson_progress") == 0
        await reader.press("escape")
        await reader.shows("They pair rows.")


async def test_a_fault_says_what_it_is_and_how_to_go_on(checked: Library, stub: Stub) -> None:
    stub.replies = [*FAULTS["empty"]]
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.press("c")
        await reader.shows("c asks now")
        await reader.press("c")
        await reader.shows("A check could not be had. Back in the lesson (esc), d marks it as done.")
        await reader.press("escape")
        await reader.shows("They pair rows.")
        await reader.until(lambda: "d done" in reader.lines[-1])
        await reader.press("d")
        await reader.shows("✓ done 1/2")
        await reader.until(lambda: is_complete(checked))


async def test_what_was_done_by_hand_without_the_service_and_is_not_to_be_is_shown_as_refused(checked: Library) -> None:
    lesson = checked.one("SELECT id FROM lessons WHERE title = 'Inner joins'")
    checked.db.execute("INSERT INTO lms_tui.mentor_no_check VALUES (%s, %s, now())", (checked.me, lesson))
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.shows("● saved")
        checked.away = True
        await reader.press("d")
        await reader.shows("◌ 1 waiting")
        checked.db.execute("DELETE FROM lms_tui.mentor_no_check")
        checked.away = False
        await reader.shows("! 1 refused")
        await reader.press("f3")
        await reader.shows("refused: This lesson is complete when the mentor's check is passed")
        assert not is_complete(checked)


@pytest.mark.parametrize(
    ("understanding", "more", "says"),
    [
        (8, {"completed": True}, ["This lesson is complete."]),
        (8, {}, ["You passed this check, but the lesson is not complete"]),
        (6, {}, ["needs 8 of 10; this check shows 6", "Go on with the mentor (m)"]),
        (6, {"completed": True}, ["this check shows 6", "This lesson is complete.", "Go on with the mentor"]),
        (None, {}, ["this check tells no understanding", "Go on with the mentor"]),
        (10, {"needs": 101}, ["No check can pass: it would take 101 %", "Go on with the mentor"]),
        (6, {"by_hand": True}, ["this check shows 6", "A check could not be had. Back in", "Go on with the mentor"]),
        (
            6,
            {"by_hand": True, "cannot": "No mentor."},
            ["this check shows 6", "No mentor. Back in the lesson (esc), d"],
        ),
    ],
)
def test_what_is_said_to_do(understanding: int | None, more: dict[str, Any], says: list[str]) -> None:
    needs = more.get("needs", 75)
    passed = understanding is not None and understanding * 10 >= needs
    check = Checked(
        id=uuid4(),
        at=datetime.now(UTC),
        understanding=understanding,
        engagement=None,
        insights="",
        actions=[],
        is_passed=passed,
    )
    fields = {"needs": needs, "has_said": True, "cannot": "", "by_hand": False, "progress_id": None, "completed": False}
    names = {"lesson_id": uuid4(), "course_id": uuid4(), "course_title": "", "title": "", "checks": [check]}
    told = steps(Result(**{**names, **fields, **more}), check)
    assert len(told) == len(says)
    assert all(said in sentence for said, sentence in zip(says, told, strict=True))


async def test_who_has_said_nothing_is_led_to_the_conversation(checked: Library) -> None:
    checked.db.execute("DELETE FROM ai_mentor_thread_messages")
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.press("c")
        await reader.shows("You have said nothing to the mentor yet: m opens the conversation.")
        await reader.press("c")
        await reader.press("m")
        await reader.until(lambda: reader.is_on(MentorScreen))


async def test_where_no_mentor_is_set_up(checked: Library) -> None:
    await checked.close()
    checked.mentor = None
    await checked.open()
    async with reading(checked) as reader:
        await opened(reader, checked)
        await reader.shows("d marks it done")
        await reader.press("c")
        await reader.shows("No mentor is set up here", "d marks it as done")
