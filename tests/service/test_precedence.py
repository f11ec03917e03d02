"""What is over soon goes first: requests before the mentor's answers, which come all the same."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.precedence import Precedence
from lms_tui.service.settings import Mentor
from lms_tui.wire import catalog
from tests.mentor.replies import Answer
from tests.mentor.stub import Stub

from .listening import served
from .mentor_asking import tutored
from .test_leaving import waiting
from .test_mentor_answers import Talk, text_of, until
from .test_spaced import turns_while

pytestmark = pytest.mark.anyio


async def test_where_no_request_is_under_way_nothing_waits() -> None:
    precedence = Precedence()
    assert await turns_while(precedence.give(5.0)) == 0
    assert await precedence.give(5.0) == 0.0


async def test_what_waits_goes_on_when_the_last_request_is_over() -> None:
    precedence = Precedence()
    with precedence:
        with precedence:
            waiting = asyncio.create_task(precedence.give(5.0))
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)
        assert not waiting.done()
    assert 0.04 <= await asyncio.wait_for(waiting, 1) < 1
    assert await precedence.give(5.0) == 0.0


async def test_a_request_that_fails_is_over_too() -> None:
    precedence = Precedence()
    with pytest.raises(ValueError, match="broken"), precedence:
        raise ValueError("broken")
    assert await precedence.give(5.0) == 0.0


async def test_nothing_waits_longer_than_it_has_to() -> None:
    precedence = Precedence()
    with precedence:
        began = time.monotonic()
        assert await asyncio.wait_for(precedence.give(0.05), 5) == 0.05
    assert time.monotonic() - began >= 0.049


@pytest.fixture
def talk(database_url: str, tmp_path: Path) -> Iterator[Talk]:
    """A learner, a service and a provider."""
    with Stub() as stub:
        mentor = Mentor(ProviderSettings(stub.base, "stub-1", stub.key), tokens_per_day=1_000_000, streams=5)
        with served(database_url, tmp_path, mentor=mentor) as (house, address):
            yield Talk(tutored(house), address, stub)


@contextmanager
def locked(database_url: str, table: str) -> Iterator[None]:
    """Have whoever reads `table` wait."""
    with psycopg.connect(database_url) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield


@pytest.mark.parametrize("where", ["lms_tui.mentor.bursts", "lms_tui.service.mentor_turns"])
async def test_an_answer_begins_and_goes_on_after_the_requests_under_way(
    talk: Talk, database_url: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(f"{where}.GIVE_SECONDS", 1.0)
    asked, shared = await talk.ask(), talk.here.house.service.shared
    began = time.monotonic()
    with locked(database_url, "categories"):
        api = talk.api()
        hanging = asyncio.create_task(api.call(catalog.COUNTS, catalog.CountsRequest()))
        await until(lambda: shared.precedence.under_way == 1)
        coming = await talk.answer(asked.message.id)
        assert time.monotonic() - began >= 1.0
        assert shared.precedence.under_way == 1
        assert text_of(coming) == Answer().text
    await hanging
    await api.aclose()
    assert shared.precedence.under_way == 0


async def test_an_answer_is_no_request_that_is_over_soon_not_even_where_it_begins(
    talk: Talk, database_url: str
) -> None:
    asked, house = await talk.ask(), talk.here.house
    with locked(database_url, "lms_tui.mentor_streams"):
        answering = asyncio.create_task(talk.answer(asked.message.id))
        await until(lambda: waiting(house))
        assert house.service.shared.precedence.under_way == 0
    assert (await answering)[-1].message is not None
