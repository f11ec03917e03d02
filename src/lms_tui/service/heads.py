"""What stands in the headers of a request's body, and in those of a reply.

A compressed body is refused: it could grow a thousandfold while it is read, and ours are small, or files of courses
that are compressed already. Nothing in a reply depends on `Host`, and no origin is allowed anything: there is no
cookie, and who has no token is nobody.
"""

from collections.abc import Iterable
from typing import Any, Final

from lms_tui.service.faults import Fault
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Operation

Header = tuple[bytes, bytes]

_ALWAYS: Final[tuple[Header, ...]] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_HTTPS_ONLY: Final = (b"strict-transport-security", b"max-age=31536000")


def check_body(operation: Operation[Any, Any], headers: Iterable[Header]) -> None:
    """Raise Fault `unsupported_body` for a body that is compressed, or said to be of a type that it cannot be of."""
    wanted = b"application/x-tar" if operation.uploads else b"application/json"
    for name, value in headers:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise Fault(Code.UNSUPPORTED_BODY, "A compressed request is not taken. Send it as it is.")
        if name == b"content-type" and value.partition(b";")[0].strip().lower() != wanted:
            raise Fault(Code.UNSUPPORTED_BODY, f"This takes {wanted.decode()} alone.")


def for_transport(scheme: str) -> tuple[Header, ...]:
    """Return what is said over https to browsers: to come that way only, for a year."""
    return (_HTTPS_ONLY,) if scheme == "https" else ()


def of_reply(kind: str, length: int, scheme: str) -> list[Header]:
    """Return the headers of a reply whose body is `length` bytes of `kind`."""
    own = ((b"content-type", kind.encode()), (b"content-length", str(length).encode()))
    return [*own, *_ALWAYS, *for_transport(scheme)]


def of_events(kind: str, scheme: str) -> list[Header]:
    """Return the headers of a reply that goes on as long as something happens; no proxy is to hold it back."""
    return [(b"content-type", kind.encode()), (b"x-accel-buffering", b"no"), *_ALWAYS, *for_transport(scheme)]


def of_problem(problem: Problem, methods: Iterable[str]) -> list[Header]:
    """Return what a reply says besides, that is this problem at an address where `methods` work."""
    if problem.status == 401:
        return [(b"www-authenticate", b"Bearer")]
    if problem.status == 405:
        return [(b"allow", ", ".join(methods).encode())]
    if problem.retry_after is not None:
        return [(b"retry-after", str(int(problem.retry_after) + 1).encode())]
    return []
