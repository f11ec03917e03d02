"""Events that come together are read together, none is held back, and none is lost."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from lms_tui.mentor.bursts import GIVE_SECONDS, Bursts

pytestmark = pytest.mark.anyio


async def test_what_is_there_comes_at_once_and_is_not_held_back_by_what_is_not() -> None:
    more = asyncio.Event()

    async def stream() -> AsyncGenerator[int, None]:
        for number in range(40):
            yield number
        await more.wait()
        yield 40

    async with aclosing(stream()) as source, aclosing(Bursts(source)) as bursts:
        assert await asyncio.wait_for(bursts.next(), 5) == list(range(40))
        waiting = asyncio.create_task(bursts.next())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        more.set()
        assert await asyncio.wait_for(waiting, 5) == [40]
        assert await bursts.next() == []


async def test_what_came_before_a_fault_is_returned_before_it_is_raised() -> None:
    async def stream() -> AsyncGenerator[int, None]:
        yield 1
        yield 2
        raise ValueError("broken")

    async with aclosing(stream()) as source, aclosing(Bursts(source)) as bursts:
        assert await bursts.next() == [1, 2]
        with pytest.raises(ValueError, match="broken"):
            await bursts.next()


async def test_who_gives_up_waiting_loses_nothing() -> None:
    more = asyncio.Event()

    async def stream() -> AsyncGenerator[int, None]:
        await more.wait()
        yield 7

    async with aclosing(stream()) as source, aclosing(Bursts(source)) as bursts:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await bursts.next()
        more.set()
        assert await bursts.next() == [7]


async def test_others_go_first_before_each_event_and_for_so_long_in_each_burst() -> None:
    given: list[float] = []

    async def give(most: float) -> float:
        given.append(most)
        await asyncio.sleep(0)
        return GIVE_SECONDS / 2

    async def stream() -> AsyncGenerator[int, None]:
        for number in range(5):
            yield number

    async with aclosing(stream()) as source, aclosing(Bursts(source, give)) as bursts:
        assert await bursts.next() == [0, 1, 2, 3, 4]
        assert given == [GIVE_SECONDS, GIVE_SECONDS / 2]
        assert await bursts.next() == []
        assert given == [GIVE_SECONDS, GIVE_SECONDS / 2, GIVE_SECONDS]


async def test_who_gives_up_while_others_go_first_loses_nothing() -> None:
    let = asyncio.Event()

    async def give(_: float) -> float:
        given.append(None)
        if len(given) == 3:
            await let.wait()
        return 0.0

    async def stream() -> AsyncGenerator[int, None]:
        for number in range(4):
            yield number

    given: list[None] = []
    async with aclosing(stream()) as source, aclosing(Bursts(source, give)) as bursts:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await bursts.next()
        let.set()
        assert await bursts.next() == [0, 1, 2, 3]


async def test_closing_ends_what_is_waited_for() -> None:
    ended = False

    async def stream() -> AsyncGenerator[int, None]:
        nonlocal ended
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            ended = True

    async with aclosing(stream()) as source, aclosing(Bursts(source)) as bursts:
        assert await bursts.next() == [1]
        assert not ended
    assert ended
