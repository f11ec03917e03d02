"""Trying the mentor in a preview: who may, that it answers as it answers a learner, and that nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms_tui.client.api import Api
from lms_tui.client.errors import Refused
from lms_tui.client.events import events
from lms_tui.client.trial import Trial
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.wire import mentor
from lms_tui.wire import preview_mentor as wire
from lms_tui.wire.preview import LessonRequest
from tests.mentor.faults import HOSTILE
from tests.mentor.replies import Answer, refusal
from tests.mentor.stub import Stub
from tests.rows import row_hashes

from .conftest import House
from .listening import served
from .mentor_asking import Tutored
from .mentor_kit import add_mentor, add_message, add_thread
from .test_mentor_answers import Talk, text_of, until
from .test_mentor_facts import group
from .test_progress import enrolled, lessons_of

pytestmark = pytest.mark.anyio

COUNTED = {"lms_tui.mentor_usage"}
"""What an answer costs is the one thing that stays."""


@dataclass
class Try:
    """An author at the mentor of a lesson of theirs, a draft's."""

    house: House
    address: str
    stub: Stub
    author: UUID
    course: UUID
    lesson: UUID

    def talk(self, user: UUID) -> Talk:
        """A person at the same lesson as its learner."""
        return Talk(Tutored(self.house, self.course, self.lesson, user), self.address, self.stub)

    def api(self, user: UUID | None = None) -> Api:
        """A client that is signed in."""
        return self.talk(user or self.author).api()

    async def ask(
        self, text: str = "What is a join?", *said: str, user: UUID | None = None, lesson: UUID | None = None
    ) -> list[mentor.AnswerEvent]:
        """Have a question answered, before which these were said, the mentor's after one's own; return all events."""
        api = self.api(user)
        try:
            return [event async for event in events(api, wire.TRY, self.request(text, *said, lesson=lesson))]
        finally:
            await api.aclose()

    def request(self, text: str, *said: str, lesson: UUID | None = None) -> wire.TryRequest:
        """What is asked."""
        roles = (mentor.Role.USER, mentor.Role.ASSISTANT)
        spoken = [wire.Spoken(role=roles[at % 2], text=each) for at, each in enumerate(said)]
        return wire.TryRequest(lesson_id=lesson or self.lesson, said=spoken, text=text)

    async def refused(self, *said: str, **more: Any) -> str:
        """Have a question answered that is not; return the code."""
        with pytest.raises(Refused) as caught:
            await self.ask(*said, **more)
        return caught.value.code

    def kept(self) -> dict[str, str]:
        """A hash of all rows of each table but of what is counted."""
        return {name: value for name, value in row_hashes(self.house.db).items() if name not in COUNTED}

    def turns(self) -> int:
        """How many answers are under way."""
        row = self.house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def stub() -> Any:
    """A provider."""
    with Stub() as running:
        yield running


def service(**how: Any) -> Callable[[Stub], Mentor]:
    """The service's settings of the mentor."""
    return lambda stub: Mentor(ProviderSettings(stub.base, "/srv/models/stub-1", stub.key), **how)


@pytest.fixture
async def here(database_url: str, tmp_path: Path, stub: Stub) -> AsyncIterator[Try]:
    """An author, a service and a provider."""
    with served(database_url, tmp_path, mentor=service(tokens_per_day=1_000)(stub)) as (house, address):
        yield drafted(house, address, stub)


def drafted(house: House, address: str, stub: Stub) -> Try:
    """A draft whose first lesson has a mentor."""
    author = house.person("CONTENT_CREATOR")
    course = house.course(author, "Joins", published=False)
    lesson = lessons_of(house, course)["Lesson 1.1"]
    add_mentor(house, lesson)
    return Try(house, address, stub, author, course, lesson)


async def test_a_draft_s_mentor_answers_and_no_row_is_another(here: Try) -> None:
    before = here.kept()
    coming = await here.ask("And a left one?", "What is a join?", "It puts rows together.")
    assert text_of(coming) == Answer().text
    whole = coming[-1].message
    assert whole is not None
    assert (whole.role, whole.text, whole.cut, whole.tokens, whole.model) == (
        "assistant", Answer().text, False, 160, "stub-1",
    )  # fmt: skip
    assert all(event.message is None and event.problem is None for event in coming[:-1])
    assert here.kept() == before, "nothing is stored, and the turn is given back"
    assert here.house.db.execute("SELECT user_id, tokens FROM lms_tui.mentor_usage").fetchall() == [(here.author, 160)]
    told = [(one["role"], one["content"]) for one in here.stub.asked[0].messages[-3:]]
    assert told == [
        ("user", "What is a join?"), ("assistant", "It puts rows together."), ("user", "And a left one?"),
    ]  # fmt: skip


async def test_the_prompt_is_a_learners_without_what_is_stored_of_the_caller_as_one(here: Try) -> None:
    """Word for word as a learner is answered who has done nothing yet; the mark in it is a hash of the material."""
    house = here.house
    await here.ask("Why?")
    house.db.execute("UPDATE courses SET is_published = true")
    learner = enrolled(house, here.course)
    house.db.execute("UPDATE users SET first_name = 'Ada'")
    talk = here.talk(learner)
    await talk.answer((await talk.ask("Why?")).message.id)
    group(house, "Evening", "They read slowly and like zanzibar.", here.author)
    house.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (here.author, here.course))
    add_message(house, add_thread(house, here.author, here.lesson), "Said as a learner of it.")
    answer_wrongly(here)
    await here.ask("Why?")
    first, learners, second = (one.messages for one in here.stub.asked)
    assert learners == second
    assert [one["role"] for one in first] == [one["role"] for one in learners]
    assert not any("They read slowly" in one["content"] or "Said as a learner" in one["content"] for one in second)


def answer_wrongly(here: Try) -> None:
    """Have the author answer a question of the course as its learner, and wrongly."""
    quiz, attempt, question = lessons_of(here.house, here.course)["Lesson 1.2"], uuid4(), uuid4()
    db = here.house.db
    db.execute(
        "INSERT INTO questions (id, lesson_id, type, title) VALUES (%s, %s, 'brief-response', 'Why?')", (question, quiz)
    )
    db.execute(
        "INSERT INTO quiz_attempts (id, user_id, lesson_id, score, completed_at) VALUES (%s, %s, %s, 0, now())",
        (attempt, here.author, quiz),
    )
    db.execute(
        "INSERT INTO student_question_answers (quiz_attempt_id, question_id, answer_text, is_correct)"
        " VALUES (%s, %s, 'Answered wrongly.', false)",
        (attempt, question),
    )


async def test_whoever_may_not_preview_finds_no_lesson_and_no_model_is_asked(here: Try) -> None:
    house = here.house
    learner, other = enrolled(house, here.course), house.person("CONTENT_CREATOR")
    house.db.execute("UPDATE courses SET is_published = true")
    for user in (learner, house.person(), other):
        assert await here.refused(user=user) == await here.refused(user=user, lesson=uuid4()) == "not_found"
        api = here.api(user)
        told = []
        for lesson in (here.lesson, uuid4()):
            with pytest.raises(Refused) as caught:
                await api.call(wire.MENTOR, LessonRequest(lesson_id=lesson))
            told.append((caught.value.code, caught.value.problem.detail))
        assert told[0] == told[1]
        await api.aclose()
    house.db.execute("UPDATE users SET role = 'STUDENT' WHERE id = %s", (here.author,))
    assert await here.refused() == "not_found", "who is no author any more"
    assert not here.stub.asked
    assert here.turns() == 0
    assert (await here.ask(user=house.person("ADMIN")))[-1].message is not None


async def test_a_lesson_without_a_mentor_and_one_of_an_archived_chapter(here: Try) -> None:
    lessons = lessons_of(here.house, here.course)
    assert await here.refused(lesson=lessons["Lesson 1.2"]) == "not_found"
    add_mentor(here.house, lessons["Lesson 3.1"])
    assert await here.refused(lesson=lessons["Lesson 3.1"]) == "not_found"
    assert not here.stub.asked
    api = here.api()
    for title in ("Lesson 1.2", "Lesson 3.1"):
        with pytest.raises(Refused, match="There is no such") as caught:
            await api.call(wire.MENTOR, LessonRequest(lesson_id=lessons[title]))
        assert caught.value.code == "not_found"
    await api.aclose()


async def test_what_the_first_frame_shows(here: Try) -> None:
    house = here.house
    group(house, "Evening", "They read slowly.", here.author)
    add_message(house, add_thread(house, here.author, here.lesson), "Mine")
    await here.ask()
    before = here.kept()
    api = here.api()
    opened = await api.call(wire.MENTOR, LessonRequest(lesson_id=here.lesson))
    await api.aclose()
    assert (opened.lesson_title, opened.course_title, opened.course_id) == ("Lesson 1.1", "Joins", here.course)
    assert (opened.is_try, opened.instructor, opened.can_check, opened.threads) == (True, "", False, 0)
    assert (opened.thread, opened.messages, opened.earlier) == (None, [], False)
    assert (opened.sees.groups, opened.sees.wrong_answers, opened.sees.first_name) == ([], 0, "Ada")
    assert (opened.ready, opened.model, opened.tokens_today, opened.tokens_allowed) == (True, "stub-1", 160, 1_000)
    assert here.kept() == before
    house.db.execute("UPDATE lms_tui.mentor_usage SET tokens = 1000")
    api = here.api()
    opened = await api.call(wire.MENTOR, LessonRequest(lesson_id=here.lesson))
    await api.aclose()
    assert not opened.ready
    assert opened.opens_at is not None


async def test_it_takes_the_callers_one_turn_and_their_tokens_of_the_day(here: Try) -> None:
    here.stub.replies = [Answer(pace=0.01, breaks_after=2, breaks="hold", tokens=(600, 400))]
    api = here.api()
    async with aclosing(events(api, wire.TRY, here.request("Why?"))) as coming:
        await anext(coming)
        assert here.turns() == 1
        assert await here.refused() == "mentor_busy"
        here.stub.release()
        assert [event async for event in coming][-1].message is not None
    await api.aclose()
    assert await here.refused() == "mentor_budget", "1,000 of 1,000 are used"
    assert len(here.stub.asked) == 1
    assert (await here.ask(user=here.house.person("ADMIN")))[-1].message is not None, "another's day is another's"


async def test_no_more_streams_than_the_service_bears(database_url: str, tmp_path: Path, stub: Stub) -> None:
    with served(database_url, tmp_path, mentor=service(streams=1)(stub)) as (house, address):
        here = drafted(house, address, stub)
        house.db.execute(
            "INSERT INTO lms_tui.mentor_streams VALUES (%s, %s, 0, clock_timestamp())", (house.person(), uuid4())
        )
        assert await here.refused() == "mentor_full"


async def test_what_is_hidden_does_not_go_out(here: Try) -> None:
    wish = "Tell them of the golden hen that lays an egg each morning before the farmer wakes up in his bed of straw."
    here.house.db.execute("UPDATE ai_mentor_lessons SET ai_prompt = %s", (wish,))
    here.stub.replies = [Answer(f"Gladly. I was told: {wish}", pace=0.01)]
    coming = await here.ask()
    assert coming[-1].problem is not None
    assert coming[-1].problem.detail == "The mentor began to repeat its instructions. Ask in another way."
    assert coming[-1].message is not None
    assert coming[-1].message.cut
    for text in (text_of(coming), coming[-1].message.text):
        assert text.startswith("Gladly.")
        assert "morning" not in text


async def test_what_acts_on_a_terminal_does_not_go_out(here: Try) -> None:
    here.stub.replies = [Answer(HOSTILE, per=7)]
    coming = await here.ask()
    assert coming[-1].message is not None
    for text in (text_of(coming), coming[-1].message.text):
        assert not {letter for letter in text if ord(letter) < 32 and letter not in "\n\t"}
        assert "\u202e" not in text


async def test_who_hangs_up_leaves_no_turn_and_no_row_behind(here: Try) -> None:
    before = here.kept()
    here.stub.replies = [Answer("word " * 400, pace=0.02)]
    api, read = here.api(), ""
    async with aclosing(events(api, wire.TRY, here.request("Why?"))) as coming:
        async for event in coming:
            read += event.text
            if len(read) > 100:
                break
    await until(here.stub.asked[0].over.is_set)
    assert here.stub.asked[0].hung_up, "the provider goes on for nobody"
    await until(lambda: here.turns() == 0)
    await api.aclose()
    assert here.kept() == before
    (tokens,) = here.house.db.execute("SELECT tokens FROM lms_tui.mentor_usage").fetchone() or (0,)
    assert 0 < tokens < 1_000, "what was told counts, by an estimate"


async def test_what_breaks_says_why_and_gives_the_turn_back(here: Try) -> None:
    before = here.kept()
    here.stub.replies = [Answer(pace=0.05, breaks_after=2), refusal(401, "bad key")]
    coming = await here.ask()
    problem, message = coming[-1].problem, coming[-1].message
    assert problem is not None
    assert message is not None
    assert problem.code == "mentor_fault"
    assert message.text == text_of(coming)
    assert (message.cut, message.model) == (True, "stub-1"), "how the server's folders are called is nobody's business"
    coming = await here.ask()
    assert coming[-1].problem is not None
    assert coming[-1].message is None
    assert here.kept() == before


async def test_the_oldest_of_a_long_conversation_is_left_out_and_nothing_is_summed_up(
    database_url: str, tmp_path: Path, stub: Stub
) -> None:
    with served(database_url, tmp_path, mentor=service(history_tokens=400)(stub)) as (house, address):
        here = drafted(house, address, stub)
        before = here.kept()
        said = [f"{number} " + "many words " * 30 for number in range(10)]
        await here.ask("And now?", *said)
        await asyncio.sleep(0.3)
        assert here.kept() == before
        (asked,) = stub.asked
        told = [one["content"] for one in asked.messages]
        assert told[-1] == "And now?"
        assert said[0] not in told
        assert "are left out here" in told[1]


@pytest.mark.parametrize(
    "body",
    [
        {"said": [], "text": " \n"},
        {"said": [], "text": "x" * (mentor.QUESTION_LIMIT + 1)},
        {"said": [{"role": "user", "text": "x"}] * (wire.MOST_SAID + 1), "text": "Why?"},
        {"said": [{"role": "system", "text": "x"}], "text": "Why?"},
        {"said": [{"role": "user", "text": "x" * (wire.SAID_BYTES + 1)}], "text": "Why?"},
        {"text": "Why?"},
    ],
)
async def test_more_than_a_conversation_is_refused(house: House, body: dict[str, Any]) -> None:
    author = house.person("CONTENT_CREATOR")
    lesson = lessons_of(house, house.course(author, "Joins"))["Lesson 1.1"]
    add_mentor(house, lesson)
    path, headers = f"/v1/preview/lessons/{lesson}/mentor/answers", house.session(author)
    reply = await house.http.post(path, json=body, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_request")
    reply = await house.http.post(path, json={"said": [], "text": "Why?"}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (409, "no_mentor")


async def test_the_longest_conversation_has_room_in_a_request(database_url: str, tmp_path: Path, stub: Stub) -> None:
    """The client sends as much of the newest as a request takes, whatever letters it has."""
    with served(database_url, tmp_path, mentor=service(history_tokens=1_000_000)(stub)) as (house, address):
        await converse_at_length(drafted(house, address, stub))


async def converse_at_length(here: Try) -> None:
    trial, api = Trial(here.lesson), here.api()
    for number in range(60):
        question = mentor.AskRequest(
            lesson_id=here.lesson, message_id=uuid4(), thread_id=uuid4(), text=f"{number} " + "\n💡" * 2_000
        )
        trial.ask(question)
        trial.messages.append(mentor.Message(**answered(number)))
    question = mentor.AskRequest(lesson_id=here.lesson, message_id=uuid4(), thread_id=uuid4(), text="💡" * 20_000)
    trial.ask(question)
    request = mentor.AnswerRequest(message_id=question.message_id, number=1)
    async with aclosing(trial.answer(api, request)) as coming:
        over = [event async for event in coming][-1]
    await api.aclose()
    assert over.message is not None
    assert trial.messages[-1] == over.message
    told = [one["content"] for one in here.stub.asked[0].messages]
    assert told[-2] == "Answer 59."
    assert any(text.startswith("55 ") for text in told)
    assert "are left out here" not in told[1]


def answered(number: int) -> dict[str, Any]:
    """An answer of before."""
    return {
        "id": uuid4(),
        "role": mentor.Role.ASSISTANT,
        "text": f"Answer {number}.",
        "created_at": datetime.now(UTC),
    }
