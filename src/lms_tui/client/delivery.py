"""The end of a write that was in the outbox."""

from typing import Any

import msgspec

from lms_tui.client.errors import Refused
from lms_tui.wire.operation import Operation, Reply, Request


class Delivered(msgspec.Struct, frozen=True):
    """What the service replied to a write, or why it refused it for good."""

    operation: Operation[Any, Any]
    request: Request
    outcome: Reply | Refused
