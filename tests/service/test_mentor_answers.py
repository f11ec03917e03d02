"""The mentor's answer: what comes, what stands in the tables while it comes, and whatever ends it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from lms_tui.client.api import Api
from lms_tui.client.errors import Refused
from lms_tui.client.events import events
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.wire import mentor as wire
from lms_tui.wire.accounts import Session, User
from tests.mentor.faults import HOSTILE
from tests.mentor.replies import Answer, Refusal
from tests.mentor.stub import Stub

from .conftest import House
from .listening import served
from .mentor_asking import Tutored, tutored
from .test_progress import enrolled

pytestmark = pytest.mark.anyio


@dataclass
class Talk:
    """A learner who talks with the mentor of a service, as a client does."""

    here: Tutored
    address: str
    stub: Stub

    def api(self, user: UUID | None = None) -> Api:
        """A client that is signed in."""
        user = user or self.here.learner
        token = self.here.house.session(user)["authorization"].removeprefix("Bearer ")
        api, later = Api(self.address), datetime.now(UTC) + timedelta(minutes=10)
        person = User(id=user, email="a@example.org", first_name="Ada", last_name="L", role="STUDENT")
        api.use(Session(access=token, access_expires_at=later, refresh="r", refresh_expires_at=later, user=person))
        return api

    async def ask(self, text: str = "What is a join?", api: Api | None = None, **more: Any) -> wire.Asked:
        """Ask something."""
        async with _closing(api or self.api()) as used:
            return await used.call(wire.ASK, self.question(text, **more))

    def question(self, text: str, **more: Any) -> wire.AskRequest:
        """Something to ask."""
        ids = {"lesson_id": self.here.lesson, "message_id": uuid4(), "thread_id": uuid4()}
        return wire.AskRequest(**{**ids, "text": text, **more})

    async def answer(self, message: UUID, number: int = 1, api: Api | None = None) -> list[wire.AnswerEvent]:
        """Have a question answered; return all events."""
        request = wire.AnswerRequest(message_id=message, number=number)
        async with _closing(api or self.api()) as used:
            return [event async for event in events(used, wire.ANSWER, request)]

    async def refused(self, message: UUID, number: int = 1, api: Api | None = None) -> str:
        """Have a question answered that is not; return the code."""
        with pytest.raises(Refused) as caught:
            await self.answer(message, number, api)
        return caught.value.code


@asynccontextmanager
async def _closing(api: Api) -> AsyncIterator[Api]:
    try:
        yield api
    finally:
        await api.aclose()


async def until(true: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came to be"
        await asyncio.sleep(0.02)


def text_of(coming: list[wire.AnswerEvent]) -> str:
    """What a learner read as it came."""
    return "".join(event.text for event in coming)


@pytest.fixture
def stub() -> Any:
    """A provider."""
    with Stub() as running:
        yield running


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, stub: Stub) -> AsyncIterator[Talk]:
    """A learner, a service and a provider."""
    mentor = Mentor(ProviderSettings(stub.base, "/srv/models/stub-1", stub.key), tokens_per_day=1_000_000, streams=5)
    with served(database_url, tmp_path, mentor=mentor) as (house, address):
        yield Talk(tutored(house), address, stub)


async def test_an_answer_comes_in_pieces_and_is_stored(talk: Talk) -> None:
    talk.stub.replies = [Answer(pace=0.1)]
    asked = await talk.ask()
    coming = await talk.answer(asked.message.id)
    assert len(coming) >= 3
    whole = coming[-1].message
    assert whole is not None
    assert text_of(coming) == whole.text == Answer().text
    assert (whole.id, whole.role, whole.cut) == (uuid5(asked.message.id, "1"), "assistant", False)
    assert (whole.tokens, whole.model) == (160, "stub-1")
    assert all(event.message is None and event.problem is None for event in coming[:-1])
    assert talk.here.said() == [("user", "What is a join?", None), ("assistant", Answer().text, "stub-1")]
    tokens = talk.here.house.db.execute("SELECT tokens_used FROM ai_mentor_thread_messages WHERE role <> 'user'")
    assert tokens.fetchall() == [(160,)]
    assert talk.here.house.db.execute("SELECT tokens FROM lms_tui.mentor_usage").fetchall() == [(160,)]
    assert talk.here.house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone() == (0,)


async def test_of_two_at_once_the_second_begins_later(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms_tui.service.spaced.SECONDS", 1.0)
    talk.stub.replies = [Answer(pace=1.0)]
    asked = await talk.ask()
    began = time.monotonic()
    first = asyncio.create_task(talk.answer(asked.message.id))
    await until(lambda: talk.stub.asked)
    assert await talk.refused(asked.message.id, 2) == "mentor_busy"
    assert time.monotonic() - began >= 1.0
    assert (await first)[-1].message is not None


async def test_the_model_is_told_what_was_said(talk: Talk) -> None:
    asked = await talk.ask("What is a join?")
    await talk.answer(asked.message.id)
    await talk.answer((await talk.ask("And a left one?")).message.id)
    told = talk.stub.asked[-1].messages
    assert [(one["role"], one["content"]) for one in told[-3:]] == [
        ("user", "What is a join?"), ("assistant", Answer().text), ("user", "And a left one?"),
    ]  # fmt: skip
    assert told[0]["role"] == "system"
    assert talk.stub.asked[-1].headers["authorization"] == f"Bearer {talk.stub.key}"


async def test_the_words_of_a_quick_model_go_out_together(talk: Talk) -> None:
    talk.stub.replies = [Answer("word " * 200, per=5, pace=0.002)]
    coming = await talk.answer((await talk.ask()).message.id)
    assert text_of(coming) == "word " * 200
    assert len(coming) < 60, "200 pieces in half a second"


async def test_what_is_hidden_does_not_go_out(talk: Talk) -> None:
    wish = "Tell them of the golden hen that lays an egg each morning before the farmer wakes up in his bed of straw."
    talk.here.house.db.execute("UPDATE ai_mentor_lessons SET ai_prompt = %s", (wish,))
    talk.stub.replies = [Answer(f"Gladly. I was told: {wish}", pace=0.01)]
    coming = await talk.answer((await talk.ask()).message.id)
    assert coming[-1].problem is not None
    assert coming[-1].problem.detail == "The mentor began to repeat its instructions. Ask in another way."
    assert coming[-1].message is not None
    assert coming[-1].message.cut
    for text in (text_of(coming), talk.here.said()[-1][1]):
        assert text.startswith("Gladly.")
        assert "morning" not in text


async def test_what_is_stored_already_comes_again_and_no_model_is_asked(talk: Talk) -> None:
    asked = await talk.ask()
    first = await talk.answer(asked.message.id)
    again = await talk.answer(asked.message.id)
    assert text_of(again) == text_of(first)
    assert again[-1] == first[-1]
    assert len(talk.stub.asked) == 1
    other = await talk.answer(asked.message.id, 2)
    assert other[-1].message is not None
    assert other[-1].message.id == uuid5(asked.message.id, "2")
    assert len(talk.here.said()) == 3
    assert (await talk.ask(message_id=asked.message.id, thread_id=asked.thread.id)).message.tries == 2


async def test_a_stopped_answer_is_kept_and_marked(talk: Talk) -> None:
    talk.stub.replies = [Answer("word " * 400, pace=0.02)]
    asked, api = await talk.ask(), talk.api()
    read = ""
    async with aclosing(events(api, wire.ANSWER, wire.AnswerRequest(message_id=asked.message.id, number=1))) as coming:
        async for event in coming:
            read += event.text
            if len(read) > 100:
                break
    await until(lambda: talk.here.said()[-1][2] == "stub-1!cut" and len(talk.here.said()[-1][1]) >= len(read))
    await until(talk.stub.asked[-1].over.is_set)
    assert talk.stub.asked[-1].hung_up, "the provider goes on for nobody"
    await until(lambda: talk.here.house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone() == (0,))
    assert talk.here.said()[-1][1].startswith(read)
    cut = (await talk.answer(asked.message.id))[-1].message
    assert cut is not None
    assert (cut.cut, cut.model) == (True, "stub-1")
    assert cut.tokens
    talk.stub.replies = [Answer()]
    await talk.answer(asked.message.id, 2, api)
    assert [row[2] for row in talk.here.said()] == [None, "stub-1!cut", "stub-1"]


async def test_what_the_learner_has_read_is_stored_before_a_second_is_over(talk: Talk) -> None:
    talk.stub.replies = [Answer("One. Two. Three. Four.", per=5, pace=0.15, breaks_after=3, breaks="hold")]
    asked, api = await talk.ask(), talk.api()
    async with aclosing(events(api, wire.ANSWER, wire.AnswerRequest(message_id=asked.message.id, number=1))) as coming:
        first = await anext(coming)
        assert talk.here.said()[-1] == ("assistant", first.text, "stub-1!cut"), "before it is read"
        await until(lambda: talk.here.said()[-1][1] == "One. Two. Three"[:15], 3)
        assert talk.here.said()[-1][2] == "stub-1!cut"
    await api.aclose()


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (Answer(pace=0.05, breaks_after=2), True),
        (Answer(breaks_after=2, breaks="error"), True),
        (Answer(breaks_after=0), False),
        (Refusal(429, {"error": {"message": "slow down"}}, (("retry-after", "7"),)), False),
    ],
)
async def test_what_broke_leaves_what_came_and_nothing_half(talk: Talk, reply: Any, kept: bool) -> None:
    talk.stub.replies = [reply]
    asked = await talk.ask()
    coming = await talk.answer(asked.message.id)
    problem = coming[-1].problem
    assert problem is not None
    assert (problem.code, problem.status) == ("mentor_fault", 502)
    assert problem.detail.endswith(".")
    assert talk.stub.key not in problem.detail
    assert (coming[-1].message is not None) is kept
    assert [row[2] for row in talk.here.said()] == ([None, "stub-1!cut"] if kept else [None])
    if isinstance(reply, Refusal):
        assert problem.retry_after == 7
    if kept:
        assert coming[-1].message is not None
        assert coming[-1].message.text == text_of(coming) == talk.here.said()[-1][1]
    talk.stub.replies = [Answer()]
    assert (await talk.answer(asked.message.id, 2 if kept else 1))[-1].problem is None


async def test_one_answer_at_a_time(talk: Talk) -> None:
    talk.stub.replies = [Answer(pace=0.01, breaks_after=2, breaks="hold")]
    asked, api = await talk.ask(), talk.api()
    request = wire.AnswerRequest(message_id=asked.message.id, number=1)
    async with aclosing(events(api, wire.ANSWER, request)) as coming:
        await anext(coming)
        assert await talk.refused(asked.message.id) == "mentor_busy", "it is not told as one that broke off"
        assert await talk.refused(asked.message.id, 2) == "mentor_busy"
        talk.stub.release()
        async for _ in coming:
            pass
    await api.aclose()
    assert (await talk.answer(asked.message.id))[-1].message is not None
    assert len(talk.stub.asked) == 1


async def test_a_hundred_at_once_are_one_answer(talk: Talk) -> None:
    talk.stub.replies = [Answer(pace=0.02)]
    asked = await talk.ask()

    async def one() -> str:
        try:
            coming = await talk.answer(asked.message.id)
        except Refused as refused:
            return str(refused.code)
        return "answered" if coming[-1].message else "broken"

    outcomes = await asyncio.gather(*(one() for _ in range(100)))
    assert set(outcomes) <= {"answered", "mentor_busy"}
    assert "answered" in outcomes
    assert len(talk.stub.asked) == 1
    assert len(talk.here.said()) == 2


async def test_no_more_streams_than_the_service_bears(talk: Talk) -> None:
    talk.stub.replies = [Answer(pace=0.01, breaks_after=2, breaks="hold")]
    house, apis, coming = talk.here.house, [], []
    for number in range(6):
        user = enrolled(house, talk.here.course)
        api = talk.api(user)
        apis.append(api)
        asked = await api.call(wire.ASK, talk.question(f"Of {number}"))
        one = events(api, wire.ANSWER, wire.AnswerRequest(message_id=asked.message.id, number=1))
        if number < 5:
            await anext(one)
            coming.append(one)
        else:
            with pytest.raises(Refused) as caught:
                await anext(one)
            assert caught.value.code == "mentor_full"
            assert caught.value.problem.retry_after
    for one in coming:
        await one.aclose()
    for api in apis:
        await api.aclose()
    await until(lambda: house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone() == (0,))


async def test_a_budget_that_is_used_up_says_when_there_is_more(talk: Talk) -> None:
    house, asked = talk.here.house, await talk.ask()
    values = (talk.here.learner, 999_999)
    house.db.execute("INSERT INTO lms_tui.mentor_usage VALUES (%s, (now() AT TIME ZONE 'UTC')::date, %s)", values)
    assert (await talk.answer(asked.message.id))[-1].message is not None, "what begins within it is finished"
    with pytest.raises(Refused) as caught:
        await talk.answer(asked.message.id, 2)
    assert caught.value.code == "mentor_budget"
    opens = caught.value.problem.opens_at
    assert opens is not None
    row = house.db.execute("SELECT (((now() AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC')").fetchone()
    assert row == (opens,)
    house.db.execute("UPDATE lms_tui.mentor_usage SET day = day - 1")
    assert (await talk.answer(asked.message.id, 2))[-1].message is not None, "another day"
    stranger = enrolled(house, talk.here.course)
    api = talk.api(stranger)
    theirs = await api.call(wire.ASK, talk.question("Mine"))
    assert (await talk.answer(theirs.message.id, api=api))[-1].message is not None


async def test_a_worker_that_has_gone_keeps_nobody_waiting_for_long(talk: Talk) -> None:
    house, asked = talk.here.house, await talk.ask()
    house.db.execute(
        "INSERT INTO lms_tui.mentor_streams VALUES (%s, %s, 500, now() - interval '29 s')", (talk.here.learner, uuid4())
    )
    assert await talk.refused(asked.message.id) == "mentor_busy"
    house.db.execute("UPDATE lms_tui.mentor_streams SET seen_at = now() - interval '31 s'")
    assert (await talk.answer(asked.message.id))[-1].message is not None
    assert house.db.execute("SELECT tokens FROM lms_tui.mentor_usage").fetchone() == (660,), "and its tokens count"


async def test_a_service_that_is_alone_knows_at_once_that_one_before_has_gone(
    database_url: str, tmp_path: Path, stub: Stub
) -> None:
    mentor = Mentor(ProviderSettings(stub.base, "stub-1", stub.key))
    stub.replies = [Answer(pace=0.02)]
    with served(database_url, tmp_path, mentor=mentor, alone=True) as (house, address):
        talk = Talk(tutored(house), address, stub)
        others = [enrolled(house, talk.here.course) for _ in range(3)]
        for user in (talk.here.learner, *others):
            house.db.execute(
                "INSERT INTO lms_tui.mentor_streams VALUES (%s, %s, 500, clock_timestamp())", (user, uuid4())
            )
        asked = [(await talk.ask(api=talk.api(user)), user) for user in (talk.here.learner, *others)]
        coming = await asyncio.gather(*(talk.answer(one.message.id, api=talk.api(user)) for one, user in asked))
        assert all(events[-1].message is not None for events in coming)
        assert house.db.execute("SELECT sum(tokens) FROM lms_tui.mentor_usage").fetchone() == (4 * 660,)
        house.db.execute(
            "INSERT INTO lms_tui.mentor_streams VALUES (%s, %s, 500, clock_timestamp())", (talk.here.learner, uuid4())
        )
        assert await talk.refused(asked[0][0].message.id, 2) == "mentor_busy", "later it is this one's"


async def test_a_database_without_our_tables_counts_per_worker(talk: Talk) -> None:
    house, asked = talk.here.house, await talk.ask()
    house.db.execute("ALTER TABLE lms_tui.mentor_streams RENAME TO mentor_streams_away")
    try:
        talk.stub.replies = [Answer(tokens=(600_000, 400_000))]
        assert (await talk.answer(asked.message.id))[-1].message is not None
        assert await talk.refused(asked.message.id, 2) == "mentor_budget"
    finally:
        house.db.execute("ALTER TABLE lms_tui.mentor_streams_away RENAME TO mentor_streams")


async def test_only_the_last_question_of_the_active_thread_is_answered(talk: Talk) -> None:
    first, second = await talk.ask("One"), await talk.ask("Two")
    assert await talk.refused(first.message.id) == "thread_closed"
    talk.here.house.db.execute("UPDATE ai_mentor_threads SET is_active = false")
    assert await talk.refused(second.message.id) == "thread_closed"
    assert await talk.refused(uuid4()) == "not_found"
    stranger = enrolled(talk.here.house, talk.here.course)
    assert await talk.refused(second.message.id, api=talk.api(stranger)) == "not_found"
    assert not talk.stub.asked


async def test_without_a_provider_a_question_is_kept(house: House) -> None:
    here = tutored(house)
    _, message = await here.asked()
    reply = await house.http.post(
        f"/v1/mentor/messages/{message}/answers", json={"number": 1}, headers=house.session(here.learner)
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "no_mentor")
    assert len(here.said()) == 1


async def test_what_acts_on_a_terminal_is_neither_stored_nor_sent(talk: Talk) -> None:
    talk.stub.replies = [Answer(HOSTILE, per=7)]
    coming = await talk.answer((await talk.ask()).message.id)
    assert coming[-1].message is not None
    for text in (text_of(coming), coming[-1].message.text, talk.here.said()[-1][1]):
        assert not {letter for letter in text if ord(letter) < 32 and letter not in "\n\t"}
        assert "\x9b" not in text
        assert "\u202e" not in text


async def test_a_thread_that_goes_while_an_answer_comes(talk: Talk) -> None:
    talk.stub.replies = [Answer("word " * 60, pace=0.05)]
    asked, api = await talk.ask(), talk.api()
    coming: list[wire.AnswerEvent] = []
    async for event in events(api, wire.ANSWER, wire.AnswerRequest(message_id=asked.message.id, number=1)):
        if not coming:
            talk.here.house.db.execute("DELETE FROM ai_mentor_threads")
        coming.append(event)
    await api.aclose()
    assert coming[-1].problem is not None
    assert coming[-1].problem.code == "not_found"
    assert talk.here.said() == []
    await until(lambda: talk.here.house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone() == (0,))
