"""A screen from which something is done to what it shows: one thing at a time, whatever is typed ahead."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from lms_tui.client.errors import ClientError
from lms_tui.tui.screens.base import FramedScreen, Outcome

Done = TypeVar("Done")
"""What an act tells of what came of it: a sentence, or more than that."""


class ActingScreen(FramedScreen[Outcome], Generic[Outcome, Done]):
    """What an act is on stood there when its key came, and stays what is meant, wherever the cursor goes."""

    acting = False
    """Whether something is being done or asked: no other act begins then."""

    def begin(self, act: Callable[[], Awaitable[Done | None]]) -> None:
        """Do it, load again, and tell what came of it; None when it was left."""
        if not self.acting:
            self.acting = True
            self.refresh_commands()
            self.run_worker(self._act(act), group="act")

    async def _act(self, act: Callable[[], Awaitable[Done | None]]) -> None:
        try:
            done = await act()
            if done is not None:
                await self.load_again()
                self.tell_done(done)
        except ClientError as error:
            self.tell(error.sentence, "warning")
        finally:
            self.acting = False
            self.refresh_commands()

    def tell_done(self, done: Done) -> None:
        """Tell what came of an act, in the sentence that it returned."""
        self.tell(str(done), "success")
