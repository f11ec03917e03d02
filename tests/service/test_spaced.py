"""Beginnings are some time apart, in the order of the calls; nobody waits who comes alone."""

import asyncio
import time

import pytest

from lms_tui.service.spaced import SECONDS, Spaced

pytestmark = pytest.mark.anyio


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
    loop_turns = 0

    async def count() -> None:
        nonlocal loop_turns
        while True:
            loop_turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await spaced.turn()
    counting.cancel()
    assert loop_turns == 0, "who comes alone does not even give way"
