"""Whose a turn with the mentor is: its id names the worker that took it, so that others know at once when it has gone.

`lms-tui serve` gives its workers a name in common, which nobody else has (`Settings.family`). A turn's id is that name,
the number of the worker's process, and chance. Who is of the same family runs on the same machine under the same
parent, and so a process that is not there any more has gone, whatever became of its connections to the database. Of
another family's turns nothing is known here: those who took its place end them, and after a while everybody.
"""

import os
import secrets
from typing import Final
from uuid import UUID, uuid4

FAMILY_BYTES: Final = 6
_NUMBER_BYTES: Final = 4


def new_family() -> bytes:
    """Return a name for the workers of one service."""
    return secrets.token_bytes(FAMILY_BYTES)


def new_turn(family: bytes) -> UUID:
    """Return the id of a turn that this process takes; without a family it is by chance alone."""
    if not family:
        return uuid4()
    own = os.getpid().to_bytes(_NUMBER_BYTES)
    return UUID(bytes=family + own + secrets.token_bytes(16 - FAMILY_BYTES - _NUMBER_BYTES))


def is_gone(turn: UUID, family: bytes) -> bool:
    """Tell whether the worker that took `turn` is one of `family` that has ended; False where that is not known."""
    if not family or not turn.bytes.startswith(family):
        return False
    number = int.from_bytes(turn.bytes[FAMILY_BYTES : FAMILY_BYTES + _NUMBER_BYTES])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, which has the number by now
        return False
    return False
