"""Progress in any order, twice, late and at once: whatever becomes of requests and replies, the same rows stand.

A learner opens lessons, is done with them, takes a quiz twice, enrols, leaves and enrols again, from machines whose
network loses things. Hypothesis chooses in which order the writes arrive, how often each, and which of them at the same
moment; what is refused in between for want of an enrolment is sent again at the end, as from the outbox. Then the rows
are those that the rules tell from the set of things done, and the statistics are those of `stats refresh`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tui.service.app import create_app
from lms_tui.service.settings import Settings
from lms_tui.service.statistics import refresh

from .conftest import House
from .quiz_kit import Quiz
from .test_progress import lessons_of

BEGAN: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the learner's progress rows were made, in the runs in which times are foreseen."""
TEXTS: Final = ("Lesson 1.1", "Lesson 2.1", "Lesson 2.2")
QUIZ: Final = "Lesson 1.2"
HOURS: Final = (-5, 1, 2, 3)
"""When something was done by the client's clock, from BEGAN; what is before it is clamped to it."""


@dataclass
class School:
    """A course of two chapters with three texts and a quiz, and the service that has it."""

    house: House
    quiz: Quiz
    lessons: dict[str, UUID]


@asynccontextmanager
async def school(url: str, secrets: Path) -> AsyncIterator[School]:
    """Yield one on an empty database."""
    service = create_app(Settings(database_url=url, secrets=secrets))
    service.open()
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        with psycopg.connect(url, autocommit=True) as db:
            house = House(service, http, db)
            course = house.course(house.person(), "Course")
            lessons = lessons_of(house, course)
            texts = [lessons[title] for title in TEXTS]
            db.execute("UPDATE lessons SET type = 'text' WHERE id = ANY(%s)", (texts,))
            quiz = Quiz(house, course, lessons[QUIZ], house.person(), {}, {})
            quiz.set(threshold_score=50)
            quiz.question("truth", "true-false", ("True", True), ("False", False))
            yield School(house, quiz, lessons)
    await service.close()


@dataclass(frozen=True)
class Write:
    """One thing that the learner did, with the id and the time that the client gave it once and for all."""

    what: str
    lesson: str
    hours: int = 0
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Term:
    """What a learner does, and what the network makes of it."""

    writes: list[Write]
    attempts: int
    """How many attempts at the quiz are submitted: the first is wrong, the second right."""
    foreseen: bool
    """Whether the rows are there before and were made at BEGAN."""
    waves: list[list[str | int]]
    """What arrives at the same moment, wave after wave: the number of a write, or `quiz`, `again`, `leave`, `enrol`."""


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Draw a set of things done, and their ways. Most are done by two machines, each with a time of its own."""
    writes = [
        Write("completion", title, hours)
        for title in TEXTS
        for hours in draw(st.lists(st.sampled_from(HOURS), min_size=draw(st.sampled_from((0, 1, 1, 1))), max_size=3))
    ]
    writes += [Write("start", title) for title in draw(st.lists(st.sampled_from((*TEXTS, QUIZ)), max_size=3))]
    token = st.sampled_from([*range(len(writes)), "quiz", "quiz", "again", "leave", "enrol"])
    waves = st.lists(st.lists(token, min_size=1, max_size=4), max_size=10)
    return Term(writes, draw(st.sampled_from((0, 1, 2, 2))), draw(st.booleans()), draw(waves))


@dataclass
class Client:
    """One learner's machines."""

    school: School
    term: Term
    user: UUID
    taken: set[int] = field(default_factory=set)
    """The writes that were acknowledged."""
    lane: list[str] = field(default_factory=list)
    """The calls of the quiz that were answered, in order."""
    attempts: list[str] = field(default_factory=list)
    order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        """Send it; return the status, which is a success or the want of an enrolment."""
        headers = self.school.house.session(self.user)
        reply = await self.school.house.http.request(method, path, json=body, headers=headers)
        assert reply.status_code == 200 or reply.json()["code"] == "enrol_first", reply.text
        return reply.status_code

    async def arrive(self, token: str | int) -> None:
        """Let one thing arrive at the service, perhaps not for the first time."""
        course = f"/v1/courses/{self.school.quiz.course}/enrolment"
        if isinstance(token, int):
            write = self.term.writes[token]
            at = BEGAN + timedelta(hours=write.hours)
            path = f"/v1/lessons/{self.school.lessons[write.lesson]}/{write.what}"
            if await self.ask("PUT", path, {"id": str(write.id), "at": at.isoformat()}) == 200:
                self.taken.add(token)
        elif token == "enrol":
            await self.ask("PUT", course, {"id": str(uuid4())})
        elif token == "leave":
            await self.ask("DELETE", course)
        else:
            async with self.order:  # of one attempt the outbox sends one after the other
                await self.quiz(again=token == "again")

    async def quiz(self, *, again: bool) -> None:
        """Make the next call of the quiz, or the last one again, whose reply was lost."""
        calls = [f"{what} {number}" for number in range(self.term.attempts) for what in ("start", "answer", "submit")]
        at = len(self.lane) - 1 if again else len(self.lane)
        if not 0 <= at < len(calls):
            return
        what, number = calls[at].split()
        if what == "start" and int(number) == len(self.attempts):
            self.attempts.append(str(uuid4()))
        path = f"/v1/attempts/{self.attempts[int(number)]}"
        quiz = self.school.quiz
        if what == "start":
            status = await self.ask("PUT", path, {"lesson_id": str(quiz.lesson)})
        elif what == "answer":
            chosen = str(quiz.options["truth"][0 if number == "1" else 1])
            status = await self.ask(
                "PUT", f"{path}/answers/{quiz.questions['truth']}", {"answer": {"chosen": [chosen]}}
            )
        else:
            named = [str(own) for own in quiz.questions.values()]
            status = await self.ask("POST", f"{path}/submission", {"questions": named})
        if status == 200 and not again:
            self.lane.append(calls[at])

    async def live(self) -> None:
        """Let everything arrive as the term has it, and at the end what has not arrived yet."""
        await self.arrive("enrol")
        if self.term.foreseen:
            for title in (*TEXTS, QUIZ):
                await self.ask("PUT", f"/v1/lessons/{self.school.lessons[title]}/start", {"id": str(uuid4())})
            self.school.house.db.execute(
                "UPDATE student_lesson_progress SET created_at = %s WHERE user_id = %s", (BEGAN, self.user)
            )
        for wave in self.term.waves:
            await asyncio.gather(*map(self.arrive, wave))
        await self.arrive("enrol")
        for number in range(len(self.term.writes)):
            if number not in self.taken:
                await self.arrive(number)
        for _ in range(3 * self.term.attempts):
            await self.arrive("quiz")


def check(client: Client, now: datetime) -> None:
    """Compare the learner's rows with what the rules tell from the set of things done."""
    term, db, user = client.term, client.school.house.db, client.user
    done = {
        title: [one.hours for one in term.writes if (one.what, one.lesson) == ("completion", title)] for title in TEXTS
    }
    touched = {one.lesson for one in term.writes} | {QUIZ for _ in range(term.attempts)}
    wanted = {
        title: (True, bool(done.get(title)), False, 0)
        if title != QUIZ
        else (True, term.attempts == 2, term.attempts == 2, term.attempts)
        for title in ((*TEXTS, QUIZ) if term.foreseen else touched)
    }
    rows = db.execute(
        "SELECT l.title, ch.title, p.is_started, p.is_completed, p.is_quiz_passed, p.attempts, p.created_at,"
        " p.completed_at FROM student_lesson_progress p JOIN lessons l ON l.id = p.lesson_id"
        " JOIN chapters ch ON ch.id = p.chapter_id WHERE p.user_id = %s",
        (user,),
    ).fetchall()
    assert {row[0]: row[2:6] for row in rows} == wanted
    times = {row[0]: row[7] for row in rows if row[3]}
    for title, _, _, completed, _, _, created, at in rows:
        assert (at is not None) == completed
        assert at is None or created <= at <= now
        if term.foreseen and done.get(title):
            assert at == BEGAN + timedelta(hours=max(0, min(done[title]))), (
                "the earliest, clamped to the row's creation"
            )
    chapters = {
        name: max(times[title] for title in titles)
        for name, titles in (("Chapter 1", (TEXTS[0], QUIZ)), ("Chapter 2", TEXTS[1:]))
        if times.keys() >= set(titles)
    }
    found = db.execute(
        "SELECT ch.title, p.completed_at FROM student_chapter_progress p JOIN chapters ch ON ch.id = p.chapter_id"
        " WHERE p.user_id = %s AND p.is_completed",
        (user,),
    ).fetchall()
    assert dict(found) == chapters, "a chapter is complete since its last lesson is"
    enrolments = db.execute(
        "SELECT enrolled_at, completed_at FROM student_courses WHERE user_id = %s", (user,)
    ).fetchall()
    first = db.execute("SELECT enrollment_date FROM course_students_stats WHERE user_id = %s", (user,)).fetchone()
    assert first is not None
    assert enrolments == [(first[0], max(chapters.values()) if len(chapters) == 2 else None)]


def test_any_order_repetition_and_loss_end_in_the_same_rows(database_url: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        entered = school(database_url, tmp_path / "secrets")
        here = runner.run(entered.__aenter__())

        @settings(max_examples=60)
        @given(terms())
        def property_holds(term: Term) -> None:
            client = Client(here, term, here.house.person())
            runner.run(client.live())
            row = here.house.db.execute("SELECT clock_timestamp()").fetchone()
            assert row is not None
            check(client, row[0])
            assert runner.run(refresh(here.house.service.shared.pools)).mended == 0

        try:
            property_holds()
        finally:
            runner.run(entered.__aexit__(None, None, None))
