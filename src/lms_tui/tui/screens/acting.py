"""A list from which something is done to what is under the cursor: one thing at a time, whatever is typed ahead."""

from collections.abc import Awaitable, Callable

from lms_tui.client.errors import ClientError
from lms_tui.tui.screens.base import FramedScreen


class ActingScreen(FramedScreen[None]):
    """What an act is on was under the cursor when its key came, and stays what is meant, wherever the cursor goes."""

    acting = False
    """Whether something is being done or asked: no other act begins then."""

    def begin(self, act: Callable[[], Awaitable[str | None]]) -> None:
        """Do it, load again, and tell in the sentence that it returns what came of it; None when it was left."""
        if not self.acting:
            self.acting = True
            self.refresh_commands()
            self.run_worker(self._act(act), group="act")

    async def _act(self, act: Callable[[], Awaitable[str | None]]) -> None:
        try:
            told = await act()
            if told is not None:
                await self.load_again()
                self.tell(told, "success")
        except ClientError as error:
            self.tell(error.sentence, "warning")
        finally:
            self.acting = False
            self.refresh_commands()
