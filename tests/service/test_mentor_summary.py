"""Long threads are summed up in the background: once, each on the last, and nothing is lost where it fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

import pytest

from lms_tui.client.events import events
from lms_tui.mentor.provider import Provider
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.mentor.summary import history_for, needed, written
from lms_tui.mentor.turns import Piece, ProviderFault, Trouble
from lms_tui.service.mentor_summary import said_in, sum_up
from lms_tui.service.mentor_summing import Summing
from lms_tui.service.settings import Mentor
from lms_tui.wire import mentor as wire
from tests.mentor.replies import Answer, Asked, Refusal
from tests.mentor.stub import Stub

from .conftest import House
from .listening import served
from .mentor_asking import Tutored, tutored
from .test_mentor_answers import Talk, until

pytestmark = pytest.mark.anyio
BUDGET = 700
LONG = "It keeps the rows of the left table, also those without a partner. " * 15
"""About 250 tokens."""


def is_summing(asked: Asked) -> bool:
    return asked.messages[0]["content"].startswith("You sum up")


class Talker:
    """Answers at length, and sums up as it is told to."""

    def __init__(self) -> None:
        self.summary: Answer | Refusal = Answer("Ada asked about joins.", tokens=(30, 7))

    def __call__(self, asked: Asked) -> Answer | Refusal:
        return self.summary if is_summing(asked) else Answer(LONG, tokens=(500, 250))


@pytest.fixture
def model() -> Talker:
    return Talker()


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, model: Talker) -> AsyncIterator[Talk]:
    """A learner, a service whose threads are long soon, and a provider."""
    with Stub(model) as stub:
        settings = Mentor(ProviderSettings(stub.base, "stub-1", stub.key), history_tokens=BUDGET, tokens_per_day=0)
        with served(database_url, tmp_path, mentor=settings) as (house, address):
            yield Talk(tutored(house), address, stub)


def summaries(talk: Talk) -> list[str]:
    return [text for role, text, _ in talk.here.said() if role == "system"]


def streams(talk: Talk) -> int:
    row = talk.here.house.db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone()
    assert row is not None
    return int(row[0])


async def say(talk: Talk, text: str) -> list[wire.AnswerEvent]:
    asked = await talk.ask(text)
    return await talk.answer(asked.message.id)


async def test_summaries_build_on_each_other_and_take_the_place_of_what_they_sum_up(talk: Talk, model: Talker) -> None:
    for number in range(3):
        await say(talk, f"Question {number}")
    await until(lambda: len(summaries(talk)) == 1)
    assert summaries(talk)[0].endswith("\nAda asked about joins.")
    await until(lambda: streams(talk) == 0)
    used = talk.here.house.db.execute("SELECT tokens FROM lms_tui.mentor_usage").fetchone()
    assert used == (3 * 750 + 37,), "what it took counts"
    model.summary = Answer("Ada asked about joins, and then about more.")
    for number in range(3, 6):
        await say(talk, f"Question {number}")
    told = [asked for asked in talk.stub.asked if not is_summing(asked)][3]
    assert "^ Ada asked about joins." in told.messages[1]["content"]
    assert "Question 0" not in repr(told.messages)
    assert "Question 2" in repr(told.messages), "the newest stay as they are"
    await until(lambda: len(summaries(talk)) >= 2)
    second = [asked for asked in talk.stub.asked if is_summing(asked)][1].messages[1]["content"]
    assert "BEGIN earlier summary\n^ Ada asked about joins." in second
    assert "Question 0" not in second
    rows = talk.here.house.db.execute(
        "SELECT tokens_used, model_version FROM ai_mentor_thread_messages WHERE role = 'system' ORDER BY created_at"
    ).fetchall()
    assert rows[0] == (37, "stub-1")
    # what a learner reads is what was said
    headers = talk.here.house.session(talk.here.learner)
    async with aclosing(talk.api()) as api:
        assert "summary" not in headers
        thread = (await api.call(wire.ASK, talk.question("Last"))).thread.id
    assert len({text for role, text, _ in talk.here.said(str(thread)) if role == "user"}) == 7


async def test_a_short_thread_is_not_summed_up(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    monkeypatch.setattr(Summing, "begin", lambda *given: begun.append(given))
    await say(talk, "One")
    await say(talk, "Two")
    await until(lambda: streams(talk) == 0)
    assert begun == []


async def test_the_next_question_waits_for_it_and_is_not_refused(talk: Talk, model: Talker) -> None:
    model.summary = Answer("Ada asked about joins.", wait=0.5)
    for number in range(3):
        await say(talk, f"Question {number}")
    assert summaries(talk) == []
    coming = await say(talk, "At once")
    assert coming[-1].problem is None
    assert len(summaries(talk)) == 1
    assert "^ Ada asked about joins." in talk.stub.asked[-1].messages[1]["content"]


@pytest.mark.parametrize(
    "reply",
    [Refusal(500, "no"), Answer("Ada", breaks_after=0), Answer("Ada asked", per=3, breaks_after=1), Answer(" ")],
)
async def test_where_it_fails_nothing_is_written_and_the_oldest_is_left_out_of_one_prompt(
    talk: Talk, model: Talker, reply: Answer | Refusal
) -> None:
    model.summary = reply
    for number in range(4):
        assert (await say(talk, f"Question {number}"))[-1].problem is None
    await until(lambda: streams(talk) == 0)
    assert summaries(talk) == []
    assert len(talk.here.said()) == 8
    told = [asked for asked in talk.stub.asked if not is_summing(asked)][-1].messages
    assert "messages at least, which are left out here" in told[1]["content"]
    assert "Question 0" not in repr(told)
    model.summary = Answer("Ada asked about joins.")
    await say(talk, "Question 4")
    await until(lambda: len(summaries(talk)) == 1)


async def test_an_answer_that_was_stopped_is_followed_by_none(talk: Talk, model: Talker) -> None:
    model.summary = Refusal(400, "no")
    for number in range(4):
        await say(talk, f"Question {number}")
    await until(lambda: streams(talk) == 0)
    before = sum(map(is_summing, talk.stub.asked))
    assert before == 2
    talk.stub.replies = [Answer(LONG, pace=0.05)]
    asked, api = await talk.ask("Stop"), talk.api()
    request = wire.AnswerRequest(message_id=asked.message.id, number=1)
    async with aclosing(events(api, wire.ANSWER, request)) as coming:
        await anext(coming)
    await api.aclose()
    await until(lambda: streams(talk) == 0)
    assert sum(map(is_summing, talk.stub.asked)) == before


class Counting:
    """Stands for a turn."""

    def __init__(self) -> None:
        self.tokens, self.ended = 100, 0

    async def end(self) -> None:
        self.ended += 1


@pytest.fixture
def long_thread(house: House) -> tuple[Tutored, UUID]:
    here = tutored(house)
    thread = house.db.execute(
        "INSERT INTO ai_mentor_threads (user_id, lesson_id) VALUES (%s, %s) RETURNING id", (here.learner, here.lesson)
    ).fetchone()
    assert thread is not None
    for number in range(4):
        here.says(thread[0], f"Question {number}", "user", None)
        here.says(thread[0], LONG)
    return here, thread[0]


async def test_two_runs_at_once_write_one(house: House, long_thread: tuple[Tutored, UUID]) -> None:
    here, thread = long_thread
    turns = [Counting() for _ in range(5)]
    with Stub(Answer("Summed up.", pace=0.01, tokens=(30, 7))) as stub:
        provider = Provider(ProviderSettings(stub.base, "stub-1", stub.key))
        pools = house.service.shared.pools
        work = [sum_up(pools, provider, thread, BUDGET, turn) for turn in turns]  # type: ignore[arg-type]
        await asyncio.gather(*work)
        await provider.aclose()
    assert [role for role, _, _ in here.said()].count("system") == 1
    assert {(turn.ended, turn.tokens) for turn in turns} == {(1, 137)}
    assert needed(await said_in(pools, thread, BUDGET), BUDGET) is None


async def test_a_model_that_does_not_end_is_ended(house: House, long_thread: tuple[Tutored, UUID]) -> None:
    here, thread = long_thread
    turn, given = Counting(), []

    class Endless:
        async def stream(self, *_: object, **__: object) -> AsyncIterator[Piece]:
            for number in range(5_000):
                given.append(number)
                yield Piece("and so on ")

    pools = house.service.shared.pools
    await sum_up(pools, Endless(), thread, BUDGET, turn)  # type: ignore[arg-type]
    (row,) = [text for role, text, _ in here.said() if role == "system"]
    assert len(row) < 8_100
    assert len(given) < 900
    assert turn.tokens > 2_000


async def test_a_summary_counts_however_much_was_said_after_it(house: House, long_thread: tuple[Tutored, UUID]) -> None:
    here, thread = long_thread
    pools = house.service.shared.pools
    upto = needed(await said_in(pools, thread, BUDGET), BUDGET)
    assert upto is not None
    row = written(upto, "Summed up.")
    assert row is not None
    here.says(str(thread), row[1], "system")
    here.says(str(thread), "All of it, please.", "user", None)
    here.says(str(thread), "All. " * 50_000)
    here.says(str(thread), "And now?", "user", None)
    history = history_for(await said_in(pools, thread, BUDGET), BUDGET)
    assert history.summary == "Summed up."
    assert history.turns[-1].text == "And now?"


@pytest.mark.parametrize("how", ["killed", "fault", "gone"])
async def test_one_that_ends_in_the_middle_leaves_no_harm(
    house: House, long_thread: tuple[Tutored, UUID], how: str
) -> None:
    here, thread = long_thread
    turn, begun = Counting(), asyncio.Event()

    class Ends:
        async def stream(self, *_: object, **__: object) -> AsyncIterator[Piece]:
            yield Piece("Half a ")
            begun.set()
            if how == "killed":
                await asyncio.sleep(3600)
            if how == "fault":
                raise ProviderFault(Trouble.BROKEN, "It broke.")
            house.db.execute("DELETE FROM ai_mentor_threads")
            yield Piece("summary.")

    pools = house.service.shared.pools
    task = asyncio.create_task(sum_up(pools, Ends(), thread, BUDGET, turn))  # type: ignore[arg-type]
    await begun.wait()
    if how == "killed":
        task.cancel()
    await asyncio.wait((task,))
    assert turn.ended == 1
    assert "system" not in [role for role, _, _ in here.said()]
    assert len(here.said()) == (0 if how == "gone" else 8)
