"""Requests that the service holds back because too many came: how long it says to wait, where that is a moment.

A read is then asked again by itself, and nobody hears of it. A longer wait, as after too many passwords, is for whoever
asked to know of; writes wait in the outbox.
"""

import random
from typing import Final

import msgspec

from lms_tui.client.decode import decode
from lms_tui.client.line import Answer
from lms_tui.wire.errors import CONTENT_TYPE, Problem

TIMES: Final = 3
"""How often a read is asked again."""
MOMENT: Final = 5.0
"""Seconds; a screen that loads may take as long."""


def pause(answer: Answer) -> float | None:
    """Return for how many seconds to wait before asking again; None: this is the answer.

    Up to half as long again as the service says, so that those who were held back together do not come back together.
    """
    if answer.status != 429 or answer.kind != CONTENT_TYPE:
        return None
    try:
        told = decode(answer.body, Problem).retry_after
    except msgspec.MsgspecError:
        return None
    if told is None or not 0 <= told <= MOMENT:
        return None
    return told * random.uniform(1.0, 1.5)  # noqa: S311 - nothing secret
