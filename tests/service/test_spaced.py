"""Beginnings are some time apart, in the order of the calls; nobody waits who comes alone."""

import asyncio
import time
from collections.abc import Awaitable

import pytest

from lms_tui.service.spaced import SECONDS, Spaced

pytestmark = pytest.mark.anyio


async def turns_while(waited: Awaitable[object]) -> int:
    """Return how often the event loop went round until `waited` was over: 0 where it does not even give way."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await waited
    counting.cancel()
    return turns


async def test_of_many_at_once_each_begins_after_the_one_before_and_a_later_one_at_once() -> None:
    spaced, order = Spaced(), []

    async def begin(number: int) -> float:
        await spaced.turn()
        order.append(number)
        return time.monotonic()

    began = time.monotonic()
    moments = await asyncio.gather(*(begin(number) for number in range(5)))
    assert order == list(range(5))
    assert all(moments[number] - began >= SECONDS * number * 0.99 for number in range(5))
    await asyncio.sleep(max(0.0, began + 5 * SECONDS - time.monotonic()))
    assert await turns_while(spaced.turn()) == 0, "who comes alone does not even give way"
