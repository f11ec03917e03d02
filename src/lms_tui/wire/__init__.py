"""What both halves say: msgspec Structs and the table of operations.

Imports msgspec and the standard library only, so that either half can load it without the other. One module
per area; `operations.ALL` is the table from which the service makes its routes and its OpenAPI document, the
client its calls, the tests the access matrix, and the outbox the list of writes that may wait.
"""

from typing import Final

WIRE_VERSION: Final = 1
"""Raised when a change would make an older half misread a newer one; `/health` tells it."""

OLDEST_WIRE: Final = 1
"""The oldest wire version of a service that this client half can talk to."""
