"""Study time in the app: counted where one learns, told once a minute, without a byte and without a timer at rest."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.client.study import StudyTold
from lms_tui.client.study_file import StudyFile
from lms_tui.tui import studying as module
from lms_tui.tui.backend import AskSignIn, Backend, Connect, Tell
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.studying import SECONDS, Studying


class Hands:
    """A steady clock that the test moves, and the timers that were set."""

    def __init__(self) -> None:
        self.at = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.kept: list[tuple[UUID, int]] = []
        self.studying = Studying(self, lambda course, minutes: self.kept.append((course, minutes)), lambda: self.at)

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        self.due.append((self.at + delay, callback))
        return None

    def pass_time(self, seconds: float) -> None:
        end = self.at + seconds
        while self.due and self.due[0][0] <= end:
            self.at, callback = self.due.pop(0)
            callback()
        self.at = end


def test_minutes_are_handed_on_each_minute_and_the_timer_ends_with_the_input() -> None:
    hands, course = Hands(), uuid4()
    hands.studying.begin("lesson", course)
    assert len(hands.due) == 1
    hands.pass_time(61)
    assert hands.kept == [(course, 1)]
    hands.pass_time(3600)
    assert hands.kept == [(course, 1)] * 5
    assert hands.due == [], "at rest there is no timer"
    hands.studying.input()
    assert len(hands.due) == 1
    hands.studying.input()
    assert len(hands.due) == 1


def test_a_lesson_in_the_place_of_another_goes_on_with_the_clock_of_its_course() -> None:
    hands, course, other = Hands(), uuid4(), uuid4()
    hands.studying.begin("lesson 1", course)
    hands.at = 30
    hands.studying.begin("lesson 2", course)
    hands.studying.end("lesson 1")
    hands.at = 59
    hands.studying.end("lesson 2")
    hands.at = 1000
    hands.studying.input()
    assert (hands.kept, hands.due[0][0]) == ([], 60.0), "who is nowhere studies nothing"
    hands.studying.begin("lesson 3", course)
    hands.at = 1002
    hands.studying.begin("elsewhere", other)
    hands.at = 1070
    hands.studying.end("elsewhere")
    assert hands.kept == [(other, 1)]
    hands.studying.end("lesson 3")
    assert hands.kept == [(other, 1), (course, 1)], "59 s and 2 s, and none of what was spent elsewhere"


@pytest.mark.anyio
async def test_the_end_keeps_the_seconds_of_each_course() -> None:
    hands, course, other = Hands(), uuid4(), uuid4()
    kept: list[tuple[UUID, int]] = []

    async def keep(course: UUID, seconds: int) -> None:
        kept.append((course, seconds))

    hands.studying.begin("lesson", course)
    hands.at = 59
    hands.studying.begin("elsewhere", other)
    hands.at = 130
    await hands.studying.close(keep)
    assert (hands.kept, kept) == ([], [(course, 59), (other, 71)])


def studied(library: Library, course: UUID) -> int:
    found = library.one(
        "SELECT study_time_minutes FROM course_students_stats WHERE user_id = %s AND course_id = %s", library.me, course
    )
    return int(found or 0)


def connecting(library: Library, folder: Path) -> Connect:
    """Reach the library as the program does, with study time kept on disk."""
    plain = library.connect()

    async def connect(tell: Tell, ask: AskSignIn) -> Backend:
        backend = await plain(tell, ask)
        file = StudyFile(folder / "study.sqlite", service="library", user=backend.user.id)
        study = StudyTold(file, backend.api)  # type: ignore[arg-type]
        return Backend(backend.api, backend.outbox, backend.user, backend.close, backend.practice, study)

    return connect


CHAPTERS = {"One": [("Reading", "text", "Words."), ("Check", "quiz", "")]}


@pytest.mark.anyio
async def test_lessons_of_ones_courses_count_and_others_do_not(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    clock = [0.0]
    monkeypatch.setattr(Studying.__init__, "__defaults__", (lambda: clock[0],))
    mine, other = library.course("Mine", CHAPTERS, enrolled=True), library.course("Other", CHAPTERS)

    def lesson(course: UUID) -> UUID:
        found: UUID = library.one(
            "SELECT l.id FROM lessons l JOIN chapters c ON c.id = chapter_id WHERE course_id = %s AND type = 'text'",
            course,
        )
        return found

    async with reading(library, connect=connecting(library, tmp_path)) as reader:
        await reader.until(lambda: reader.is_on(HomeScreen) and "Browse" in reader.text)
        reader.app.push_screen(LessonScreen(lesson(other)))
        await reader.shows("Words.")
        clock[0] += 120
        await reader.press("j")
        reader.app.push_screen(LessonScreen(lesson(mine)))
        await reader.shows("1/2")
        await until_counted(reader, library, mine, clock, 3)
        assert studied(library, other) == 0
        await reader.press("escape")
        clock[0] += 180
        await reader.press("j")
        await reader.pilot.pause(0.2)
        assert studied(library, mine) == 3, "what is read without being enrolled does not count for another course"


async def until_counted(reader: Reader, library: Library, course: UUID, clock: list[float], minutes: int) -> None:
    clock[0] += minutes * SECONDS + 1
    await reader.press("k")
    await reader.until(lambda: studied(library, course) == minutes, f"{minutes} minutes")


@pytest.mark.anyio
async def test_a_quiz_counts(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    clock = [0.0]
    monkeypatch.setattr(Studying.__init__, "__defaults__", (lambda: clock[0],))
    course = library.course("Mine", CHAPTERS, enrolled=True)
    quiz = library.one("SELECT id FROM lessons WHERE type = 'quiz'")
    library.db.execute(
        "INSERT INTO questions (lesson_id, type, title, created_at) VALUES (%s, 'essay', 'Why?', '2020-01-01')",
        (quiz,),
    )
    attempt = uuid4()
    library.db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id) VALUES (%s, %s, %s)", (attempt, library.me, quiz)
    )
    async with reading(library, connect=connecting(library, tmp_path)) as reader:
        await reader.until(lambda: reader.is_on(HomeScreen) and "Browse" in reader.text)
        reader.app.push_screen(QuizScreen(attempt))
        await reader.shows("Why?")
        await until_counted(reader, library, course, clock, 2)


@pytest.mark.anyio
async def test_what_the_end_left_is_told_by_the_next_start_before_any_lesson(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(Studying.__init__, "__defaults__", (lambda: clock[0],))
    course = library.course("Mine", CHAPTERS, enrolled=True)
    lesson = library.one("SELECT id FROM lessons WHERE type = 'text'")
    for seconds, minutes in ((59, 0), (59, 0), (59, 1), (0, 2)):
        async with reading(library, connect=connecting(library, tmp_path)) as reader:
            await reader.until(lambda: reader.is_on(HomeScreen) and "Browse" in reader.text)
            await reader.until(lambda m=minutes: studied(library, course) == m, f"{minutes} minutes")  # type: ignore[misc]
            if seconds:
                reader.app.push_screen(LessonScreen(lesson))
                await reader.shows("Words.")
                clock[0] += seconds


@pytest.mark.anyio
async def test_what_waits_is_told_when_the_service_is_back(library: Library, tmp_path: Path) -> None:
    course = library.course("Mine", CHAPTERS, enrolled=True)
    async with reading(library, connect=connecting(library, tmp_path)) as reader:
        await reader.until(lambda: reader.is_on(HomeScreen) and "Browse" in reader.text)
        library.away = True
        reader.screen.load()  # type: ignore[attr-defined]
        await reader.shows("offline")
        study = (await reader.app.backend()).study
        assert study is not None
        await study.add(course, 3)
        assert studied(library, course) == 0
        library.away = False
        await reader.press("r")
        await reader.until(lambda: studied(library, course) == 3, "3 minutes")
