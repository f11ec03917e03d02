"""A conversation that somebody tries: what of it stands there, and goes with the next question, over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lms_tui.client.api import Api
from lms_tui.client.errors import Refused
from lms_tui.client.trial import Trial
from lms_tui.wire.errors import Code
from lms_tui.wire.mentor import AnswerEvent, AnswerRequest, AskRequest, Message, Role
from tests.client.wire_server import problem, serving, session

pytestmark = pytest.mark.anyio
LESSON = UUID(int=3)
WHERE = f"POST /v1/preview/lessons/{LESSON}/mentor/answers"


class Mentor:
    """Answers each question with two pieces, and the whole in the end unless it is `held` before that."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []
        self.held = self.refuses = False

    async def run(self, request: Request) -> Response:
        self.asked.append(msgspec.json.decode(await request.body()))
        if self.refuses:
            return problem(Code.MENTOR_BUSY)
        return StreamingResponse(self._pieces(), media_type="text/event-stream")

    async def _pieces(self) -> AsyncIterator[bytes]:
        for text in ("One ", "two."):
            yield _event(AnswerEvent(text=text))
        if self.held:
            await asyncio.sleep(60)
        stored = Message(
            id=uuid4(), role=Role.ASSISTANT, text="One two.", created_at=datetime.now(UTC), tokens=7, model="stub-1"
        )
        yield _event(AnswerEvent(message=stored))


def _event(event: AnswerEvent) -> bytes:
    return b"data: " + msgspec.json.encode(event) + b"\n\n"


@pytest.fixture
def mentor() -> Mentor:
    return Mentor()


@pytest.fixture
async def api(mentor: Mentor, tmp_path: Path) -> AsyncIterator[Api]:
    """Whoever tries it, signed in."""
    async with serving({WHERE: mentor.run}, tmp_path / "s") as address:
        api = Api(address)
        api.use(session())
        yield api
        await api.aclose()


def ask(trial: Trial, text: str, edits: UUID | None = None) -> UUID:
    request = AskRequest(lesson_id=LESSON, message_id=uuid4(), thread_id=trial.thread.id, text=text, edits=edits)
    assert trial.ask(request).message.text == text
    return request.message_id


async def answer(trial: Trial, api: Api, question: UUID, number: int = 1, pieces: int = 99) -> list[AnswerEvent]:
    """Hear so many pieces of an answer, and hang up."""
    request = AnswerRequest(message_id=question, number=number, language="pt")
    heard: list[AnswerEvent] = []
    async with aclosing(trial.answer(api, request)) as coming:
        async for event in coming:
            heard.append(event)
            if len(heard) == pieces:
                break
    return heard


async def test_an_answer_stands_there_as_the_service_told_it_by_an_id_of_its_question(mentor: Mentor, api: Api) -> None:
    trial = Trial(LESSON)
    question = ask(trial, "why?")
    *_, last = await answer(trial, api, question)
    assert last.message == trial.messages[1]
    assert (last.message.id, last.message.text, last.message.tokens) == (uuid5(question, "1"), "One two.", 7)
    await answer(trial, api, question, number=2)
    assert [each.id for each in trial.messages] == [question, uuid5(question, "1"), uuid5(question, "2")]
    assert [(asked["said"], asked["text"], asked["language"]) for asked in mentor.asked] == [([], "why?", "pt")] * 2


async def test_what_came_of_an_answer_that_was_stopped_goes_with_the_next_question(mentor: Mentor, api: Api) -> None:
    trial = Trial(LESSON)
    mentor.held = True
    await answer(trial, api, ask(trial, "why?"), pieces=2)
    mentor.held = False
    await answer(trial, api, ask(trial, "and how?"))
    assert mentor.asked[1]["said"] == [
        {"role": "user", "text": "why?", "cut": False},
        {"role": "assistant", "text": "One two.", "cut": True},
    ]


async def test_nothing_stands_there_of_an_answer_that_was_refused(mentor: Mentor, api: Api) -> None:
    trial = Trial(LESSON)
    question = ask(trial, "why?")
    mentor.refuses = True
    with pytest.raises(Refused):
        await answer(trial, api, question)
    assert [each.id for each in trial.messages] == [question]


async def test_an_answer_to_a_question_that_was_taken_back_meanwhile_is_gone_with_it(mentor: Mentor, api: Api) -> None:
    trial = Trial(LESSON)
    question = ask(trial, "why?")
    mentor.held = True
    async with aclosing(trial.answer(api, AnswerRequest(message_id=question, number=1))) as coming:
        await anext(coming)
        other = ask(trial, "why not?", edits=question)
    assert [each.id for each in trial.messages] == [other]
