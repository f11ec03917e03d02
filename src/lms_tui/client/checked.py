"""Calls to a service that may be away when the program starts, and another one by the time that it is back."""

import asyncio
from typing import BinaryIO

from lms_tui.client.api import Api
from lms_tui.client.line import Sink
from lms_tui.wire.operation import Answered, Ask, Operation
from lms_tui.wire.system import HEALTH, Health


class CheckedApi(Api):
    """Asks once what the service speaks before anything is said to it.

    Made without the service: so a program starts while nobody is there, and what waited for that time is not handed
    to a service that would not understand it.
    """

    _checking: asyncio.Task[Health] | None = None

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """As in Api, once the service is known. Raises NotUnderstood where it speaks another wire version."""
        if operation.name != HEALTH.name:
            await self.known()
        return await super().call(operation, request, upload=upload)

    async def pour(self, operation: Operation[Ask, Answered], request: Ask, into: Sink) -> None:
        """As in Api, once the service is known. Raises NotUnderstood where it speaks another wire version."""
        await self.known()
        await super().pour(operation, request, into)

    async def known(self) -> Health:
        """Return how the service is once it is known to speak as we do, asked once by however many calls wait for it.

        Raises Unreachable or NotUnderstood; the next call asks again.
        """
        if self._checking is None:
            self._checking = asyncio.create_task(self.check(), name="check the service")
            self._checking.add_done_callback(self._checked)
        return await asyncio.shield(self._checking)

    async def aclose(self) -> None:
        """Close all connections and give up what is under way."""
        if self._checking is not None:
            self._checking.cancel()
        await super().aclose()

    def _checked(self, task: asyncio.Task[Health]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._checking = None
