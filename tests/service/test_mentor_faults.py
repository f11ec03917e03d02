"""Each fault of an AI provider, through a service over real HTTP: what the learner is told, and what the mentor's four
tables hold before and after. `pytest -n 0 -s` prints it as a table."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lms_tui.client.errors import Refused
from lms_tui.client.events import events
from lms_tui.mentor import provider as provider_module
from lms_tui.mentor.provider import ANSWER_LIMIT
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor
from lms_tui.wire import mentor as wire
from lms_tui.wire.text import clean
from tests.mentor.faults import BAD, HOSTILE, ODD
from tests.mentor.replies import Answer
from tests.mentor.stub import MODEL, Stub, nobody

from .listening import served
from .mentor_asking import tutored
from .test_mentor_answers import Talk, text_of, until
from .test_progress import enrolled

pytestmark = pytest.mark.anyio

TEXT = Answer().text
KEPT = {"no JSON", "hangs in the middle", "cut", "ends in the middle", "error in the stream"}
"""Faults that come after two pieces."""
SAYS = {
    "wrong key": "does not let this service in",
    "wrong key at LiteLLM": "does not let this service in",
    "forbidden": "does not let this service in",
    "unknown model": "does not have the model",
    "unknown path": "refused the question",
    "429": "Ask again in a minute",
    "429 with Retry-After": "Ask again in 17 seconds",
    "429 with Retry-After as a date": "Ask again in 24 hours",
    "429 quota": "is used up",
    "400": "refused the question",
    "too long": "more than the model can take in",
    "500 always": "failed. Ask again in a moment",
    "too long at llama.cpp": "more than the model can take in",
    "too long at LiteLLM": "more than the model can take in",
    "unknown model at LiteLLM": "does not have the model",
    "503 loading": "Ask again in a minute",
    "503": "failed. Ask again in a moment",
    "HTML of a proxy": "failed. Ask again in a moment",
    "HTML with 200": "cannot be read",
    "JSON in place of a stream": "cannot be read",
    "an error in JSON with 200": "cannot be read",
    "no JSON": "The rest of the answer cannot be read. What came is kept",
    "hangs before the head": "did not answer in time",
    "hangs before the first piece": "did not answer in time",
    "hangs in the middle": "stood still for too long. What came of it is kept",
    "cut before the first piece": "failed. Ask again in a moment",
    "cut": "The answer broke off. What came of it is kept",
    "ends in the middle": "The answer broke off. What came of it is kept",
    "error before the first piece": "failed. Ask again in a moment",
    "error in the stream": "The answer broke off. What came of it is kept",
    "empty": "answered without a word",
    "only blanks": "answered without a word",
    "only thinking": "answered without a word",
}


@dataclass
class Row:
    """A line of the table."""

    fault: str
    sentence: str
    before: str
    after: str


@pytest.fixture
def stub() -> Any:
    """A provider."""
    with Stub() as running:
        yield running


def settings(base: str) -> Mentor:
    return Mentor(ProviderSettings(base, MODEL, "sk-stub", read_seconds=0.5, private=True), tokens_per_day=0)


@pytest.fixture
async def talk(database_url: str, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    """A service whose provider is the stub, and which waits for nobody for long."""
    monkeypatch.setattr(provider_module, "RETRY_SECONDS", 0.01)
    with served(database_url, tmp_path, mentor=settings(stub.base)) as (house, address):
        yield Talk(tutored(house), address, stub)


def rows_of(talk: Talk, learner: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """What the four tables and our two hold of a learner; but for when a thread was last touched."""
    statements = {
        "lessons": "SELECT * FROM ai_mentor_lessons WHERE %s IS NOT NULL",
        "threads": "SELECT id, user_id, lesson_id, is_active, thread_title FROM ai_mentor_threads WHERE user_id = %s",
        "messages": "SELECT m.id, m.role, m.content, m.model_version, m.tokens_used FROM ai_mentor_thread_messages m"
        " JOIN ai_mentor_threads t ON t.id = m.thread_id WHERE t.user_id = %s ORDER BY m.created_at",
        "progress": "SELECT * FROM ai_mentor_student_lesson_progress WHERE user_id = %s",
        "streams": "SELECT * FROM lms_tui.mentor_streams WHERE user_id = %s",
    }
    return {name: talk.here.house.db.execute(text, (learner,)).fetchall() for name, text in statements.items()}


def in_words(rows: dict[str, list[tuple[Any, ...]]]) -> str:
    """Return them for a table."""
    said = [f"{role} {len(text)}{' ' + model if model else ''}" for _, role, text, model, _ in rows["messages"]]
    return f"{len(rows['threads'])} thread: {', '.join(said)}; {len(rows['progress'])} progress"


def print_table(rows: list[Row]) -> None:
    """Print what was seen."""
    for row in rows:
        sys.stdout.write(f"\n{row.fault}\n  says    {row.sentence}\n  before  {row.before}\n  after   {row.after}")


async def test_each_fault_has_its_sentence_and_leaves_what_came_marked_and_nothing_half(talk: Talk) -> None:
    seen = []
    for fault in BAD:
        learner = enrolled(talk.here.house, talk.here.course)
        talk.stub.replies = list(BAD[fault])
        asked = await talk.ask(api=talk.api(learner))
        before = rows_of(talk, learner)
        coming = await talk.answer(asked.message.id, api=talk.api(learner))
        after = rows_of(talk, learner)
        problem = coming[-1].problem
        assert problem is not None, fault
        seen.append(Row(fault, problem.detail, in_words(before), in_words(after)))
        assert (problem.code, problem.status) == ("mentor_fault", 502)
        assert SAYS[fault] in problem.detail, fault
        assert before["messages"] == [(asked.message.id, "user", "What is a join?", None, None)]
        kept = after["messages"][1:]
        assert after == {**before, "messages": [*before["messages"], *kept]}, f"{fault}: nothing else has changed"
        assert [(role, text, model) for _, role, text, model, _ in kept] == (
            [("assistant", TEXT[:40], f"{MODEL}!cut")] if fault in KEPT else []
        )
        assert text_of(coming) == (TEXT[:40] if fault in KEPT else "")
        talk.stub.replies = [Answer()]
        number = 1 + len(kept)
        again = await talk.answer(asked.message.id, number, api=talk.api(learner))
        assert again[-1].message is not None, f"{fault}: asked again, it is answered"
        assert [row[3] for row in rows_of(talk, learner)["messages"][1:]] == [*(row[3] for row in kept), MODEL]
    print_table(seen)


@pytest.mark.parametrize("whole", [True, False])
async def test_who_hangs_up_while_the_turn_is_given_back_has_given_it_back(talk: Talk, *, whole: bool) -> None:
    """The table is locked, so that the hanging up comes in the middle of that."""
    talk.stub.replies = [Answer(breaks_after=1, breaks="hold", finish="stop" if whole else None, usage="none")]
    asked, api, db = await talk.ask(), talk.api(), talk.here.house.db
    request = wire.AnswerRequest(message_id=asked.message.id, number=1)
    async with aclosing(events(api, wire.ANSWER, request)) as coming:
        await anext(coming)
        with db.transaction():
            db.execute("LOCK TABLE lms_tui.mentor_streams IN SHARE ROW EXCLUSIVE MODE")
            talk.stub.release()
            await until(lambda: talk.here.said()[-1][2] == ("stub-1" if whole else "stub-1!cut"))
            await asyncio.sleep(0.2)
            await coming.aclose()
            await api.aclose()
            await asyncio.sleep(0.2)
    await until(lambda: db.execute("SELECT count(*) FROM lms_tui.mentor_streams").fetchone() == (0,), 5)
    talk.stub.replies = [Answer()]
    assert (await talk.answer(asked.message.id, 2))[-1].problem is None


async def test_what_is_odd_and_no_fault_is_kept_as_an_answer(talk: Talk) -> None:
    wanted = {
        "at its limit": TEXT,
        "filtered": TEXT,
        "1 MB": "A line of an answer that does not end.\n" * (ANSWER_LIMIT // 39 + 1),
        "control sequences and markup": clean(HOSTILE),
    }
    for way, text in wanted.items():
        learner = enrolled(talk.here.house, talk.here.course)
        talk.stub.replies = list(ODD[way])
        asked = await talk.ask(api=talk.api(learner))
        coming = await talk.answer(asked.message.id, api=talk.api(learner))
        assert coming[-1].message is not None, way
        ((_, role, kept, model, tokens),) = rows_of(talk, learner)["messages"][1:]
        assert (role, kept, model, tokens > 0) == ("assistant", text[:ANSWER_LIMIT], MODEL, True), way


@pytest.mark.parametrize(
    ("base", "code", "says"), [("nobody", "mentor_fault", "cannot be reached"), ("", "no_mentor", "")]
)
async def test_where_no_provider_is_or_none_answers_the_question_stands(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stub: Stub, base: str, code: str, says: str
) -> None:
    monkeypatch.setattr(provider_module, "RETRY_SECONDS", 0.01)
    with served(database_url, tmp_path, mentor=settings(nobody()) if base else None) as (house, address):
        talk = Talk(tutored(house), address, stub)
        asked = await talk.ask()
        before = rows_of(talk, talk.here.learner)
        try:
            problem = (await talk.answer(asked.message.id))[-1].problem
        except Refused as refused:
            problem = refused.problem
        assert problem is not None
        assert (problem.code, says in problem.detail) == (code, True)
        assert rows_of(talk, talk.here.learner) == before
        assert len(before["messages"]) == 1
        print_table([Row(code, problem.detail, in_words(before), in_words(before))])
