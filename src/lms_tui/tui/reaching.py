"""The service on this machine, found or started in a thread that begins before anything of the app is imported.

Where nothing runs yet, its start takes longer than the app's own, and the two go on side by side.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from lms_tui.local.service import ensure_service


class Reaching:
    """The service of `database` (None: the embedded one) being reached, from now on.

    The thread is a daemon and none of an executor's: nobody has to wait for it when the program ends before it.
    """

    def __init__(self, database: str | None) -> None:
        self._database = database
        self._sentence = ""
        self._tell: Callable[[str], None] = lambda _sentence: None
        self._reached: Future[str] = Future()
        threading.Thread(target=self._reach, daemon=True, name="reach the service").start()

    async def address(self, tell: Callable[[str], None]) -> str:
        """Return the service's address once it answers; `tell` gets the progress, from any thread.

        Raises LocalError when there is no service to be had.
        """
        self._tell = tell
        if self._sentence and not self._reached.done():
            tell(self._sentence)
        return await asyncio.wrap_future(self._reached)

    def _reach(self) -> None:
        self._reached.set_running_or_notify_cancel()
        try:
            self._reached.set_result(f"unix:{ensure_service(self._database, progress=self._progress).socket}")
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            self._reached.set_exception(error)

    def _progress(self, sentence: str) -> None:
        self._sentence = sentence
        self._tell(sentence)
