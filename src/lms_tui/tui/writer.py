"""The thread that writes to the terminal: where that is gone it takes what is written all the same.

Textual's ends with the error, and whoever writes then waits for ever for room in its queue: an app whose terminal was
closed amid much output neither saw the hang-up nor ended, and kept a core busy.
"""

import contextlib

from textual.drivers._writer_thread import WriterThread


class Writer(WriterThread):
    """Writes until it is stopped, or until the terminal is gone; then it throws away until it is stopped."""

    def run(self) -> None:
        """Run the thread."""
        with contextlib.suppress(OSError):
            while (text := self._queue.get()) is not None:
                self._file.write(text)
                if not self._queue.qsize():
                    self._file.flush()
            self._file.flush()
            return
        while text is not None:
            text = self._queue.get()
