"""When the program itself fails: the traceback goes to the log, the user gets one sentence and a reference."""

import os
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path


def record(error: BaseException, log: Path) -> str:
    """Append the traceback of `error`, without values of variables, to `log` (0600) and return a sentence.

    The sentence holds a reference that finds the entry. A log that cannot be written is said, never raised.
    """
    reference = secrets.token_hex(4)
    cause = getattr(error, "error", error)  # what Textual wraps in WorkerFailed
    text = "".join(traceback.format_exception(cause if isinstance(cause, BaseException) else error))
    entry = f"{datetime.now(UTC).isoformat(timespec='seconds')} crash {reference}\n{text}\n"
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(entry)
    except OSError as problem:
        where = f"its log {log} could not be written ({problem.strerror})"
    else:
        where = f"the details are in {log}"
    return f"lms-tui had to stop, and that is our fault. What you answered is kept. Reference {reference}; {where}."
