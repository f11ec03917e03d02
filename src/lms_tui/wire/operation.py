"""One operation: the single declaration from which routes, calls, documentation and the access matrix come."""

import enum
import re
from collections.abc import Iterator
from typing import Any, Generic, Literal, TypeVar

import msgspec

Method = Literal["GET", "PUT", "POST", "DELETE"]


class Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of every request: a field nobody knows is refused, so that a typo is seen and not dropped."""


class Reply(msgspec.Struct, kw_only=True):
    """Base of everything that the service sends: a field that an older client does not know is passed over."""


class Event(Reply, omit_defaults=True):
    """Base of what comes piece by piece (`Operation.events`)."""

    @property
    def is_last(self) -> bool:
        """Whether it says how all ended: the last one does, and it alone; a stream without it has broken off."""
        raise NotImplementedError


class Access(enum.StrEnum):
    """Who may call an operation at all; what they may do with which object is the use case's to decide."""

    ANYONE = "anyone"
    """No session needed."""
    OWNER = "owner"
    """Only the account of the machine, over the private socket of the service that it started itself."""
    GUEST = "guest"
    """Any person with a session; without one, whoever comes where the settings let guests in (domain.md, guests)."""
    SIGNED_IN = "signed_in"
    """Any person with a session, whatever the role."""
    STAFF = "staff"
    """CONTENT_CREATOR and ADMIN."""
    ADMIN = "admin"


Ask = TypeVar("Ask", bound=Request)
Answered = TypeVar("Answered", bound=Reply)
Told = TypeVar("Told", bound=Event)


class Operation(msgspec.Struct, Generic[Ask, Answered], frozen=True):
    """What one call is named, where it stands, what goes in and out, and who may call it.

    A request's fields whose names stand in `path` travel there; the others travel in the query (GET, DELETE and
    uploads) or as one JSON object in the body (PUT, POST).
    """

    name: str
    """`area.verb`, the one word for it in logs, documents, tests and the outbox."""
    method: Method
    path: str
    request: type[Ask]
    response: type[Answered]
    access: Access
    summary: str
    waits: bool = False
    """A write that the client keeps in its outbox until the service acknowledged the same content."""
    uploads: bool = False
    """The body is a stream of bytes (a tar of a course folder), not JSON."""
    streams: bool = False
    """The reply is a stream of bytes of any length (a file), not JSON; HEAD and `Range` are answered too."""
    events: bool = False
    """The reply is a stream of events (`text/event-stream`), the data of each a `response`, an `Event`, as JSON."""

    @property
    def path_fields(self) -> tuple[str, ...]:
        """Names of the request's fields that travel in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def has_body(self) -> bool:
        """True where the rest of the request travels as a JSON object in the body."""
        return self.method in ("PUT", "POST") and not self.uploads

    def address(self, request: Ask) -> tuple[str, dict[str, Any]]:
        """Split `request` into the path it goes to and the fields that travel elsewhere.

        Returns the path with its values filled in, and the remaining fields as plain JSON values; fields that
        are None are left out, since None is every optional field's default.
        """
        fields = msgspec.to_builtins(request)
        path = self.path
        for name in self.path_fields:
            path = path.replace(f"{{{name}}}", str(fields.pop(name)))
        return path, {name: value for name, value in fields.items() if value is not None}


def declared(module_names: dict[str, object]) -> Iterator[Operation[Any, Any]]:
    """Yield the operations among a module's names, in the order in which they were written."""
    for value in module_names.values():
        if isinstance(value, Operation):
            yield value
