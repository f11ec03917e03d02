"""From a method and a path to an operation, and from an HTTP request to the operation's Struct."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

from lms_tui.service.faults import Fault, not_found
from lms_tui.service.usecases import EVENTS, STREAMS, USE_CASES
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Operation, Request
from lms_tui.wire.operations import ALL

Values = dict[str, str]


class Router:
    """The operations by the number and the fixed parts of their paths' segments."""

    def __init__(self, operations: tuple[Operation[Any, Any], ...] = ALL) -> None:
        self._by_length: dict[int, list[tuple[list[str], Operation[Any, Any]]]] = {}
        for operation in operations:
            if any(operation.name in cases for cases in (USE_CASES, STREAMS, EVENTS)):
                parts = operation.path.split("/")
                self._by_length.setdefault(len(parts), []).append((parts, operation))

    def find(self, method: str, path: str) -> tuple[Operation[Any, Any], Values]:
        """Return the operation at `path` (percent-encoded) and the values that stand in it.

        Raises Fault `not_found`, or `method_not_allowed` where another method would do.
        """
        elsewhere = False
        for operation, pairs in self._standing_at(path):
            if method in _methods(operation):
                return operation, {part[1:-1]: unquote(value) for part, value in pairs if part[:1] == "{"}
            elsewhere = True
        if elsewhere:
            raise Fault(Code.METHOD_NOT_ALLOWED, f"{method} does not work here.")
        raise not_found("address")

    def methods(self, path: str) -> list[str]:
        """Return the methods that work at `path`, if any do."""
        return sorted({method for operation, _ in self._standing_at(path) for method in _methods(operation)})

    def _standing_at(self, path: str) -> Iterator[tuple[Operation[Any, Any], list[tuple[str, str]]]]:
        given = path.split("/")
        for parts, operation in self._by_length.get(len(given), ()):
            pairs = list(zip(parts, given, strict=True))
            if all(part == value or (part[:1] == "{" and value) for part, value in pairs):
                yield operation, pairs


def _methods(operation: Operation[Any, Any]) -> tuple[str, ...]:
    return (operation.method, "HEAD") if operation.streams else (operation.method,)


def decode(operation: Operation[Any, Any], in_path: Values, query: bytes, body: bytes) -> Request:
    """Return the request's Struct. Path and query are strings and read laxly, a body strictly.

    Raises Fault `bad_request` that names the field and what is wrong with it.
    """
    try:
        if not operation.has_body:
            pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=50)
            names = [name for name, _ in pairs]
            twice = {name for name in names if names.count(name) > 1 or name in in_path}
            if twice:
                raise Fault(Code.BAD_REQUEST, f"{min(twice)!r} is given twice.")
            lax: Request = _lax(operation.request, {**dict(pairs), **in_path})
            return lax
        fields = _OBJECT.decode(body) if body else {}
        if both := fields.keys() & in_path.keys():
            raise Fault(Code.BAD_REQUEST, f"{min(both)!r} stands in the address and must not be in the body.")
        # Round the raw values once through JSON: strict reading of the body and the path's ids alike.
        whole = msgspec.json.encode({**fields, **in_path})
        request: Request = msgspec.json.decode(whole, type=operation.request)
    except RecursionError:
        raise Fault(Code.BAD_REQUEST, "The request cannot be read: it is nested too deeply.") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise Fault(Code.BAD_REQUEST, f"The request cannot be read: {error}") from error
    return request


_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _lax(kind: type[Any], values: Values) -> Any:
    """Convert strings to the fields' types."""
    return msgspec.convert(values, kind, strict=False)
