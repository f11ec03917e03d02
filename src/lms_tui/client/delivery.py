"""The end of a write that was in the outbox."""

from dataclasses import dataclass
from typing import Any

from lms_tui.client.errors import Refused
from lms_tui.wire.operation import Operation, Reply, Request


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the service replied to a write, or why it refused it for good."""

    operation: Operation[Any, Any]
    request: Request
    outcome: Reply | Refused
