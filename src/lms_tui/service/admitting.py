"""Who asks, and whether they may ask this at all. A server that listens on the owner's private socket says so by
`scope["state"]["owner"] is True`; everywhere else the owner's operations answer 404."""

from collections.abc import MutableMapping
from typing import Any

from lms_tui.service import sessions
from lms_tui.service.clients import network
from lms_tui.service.context import NOBODY, Caller, Shared
from lms_tui.service.faults import Fault, for_admins, not_found
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Access, Operation

Scope = MutableMapping[str, Any]


async def admit(shared: Shared, operation: Operation[Any, Any], scope: Scope) -> Caller:
    """Return who calls, or raise the fault for those who may not call this operation at all, or not so often."""
    private = is_private(scope)
    if operation.access is Access.OWNER and not private:
        raise not_found("address")
    claim, given = None, ""
    if operation.access not in (Access.ANYONE, Access.OWNER):
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"").decode("latin-1")
        scheme, _, token = given.partition(" ")
        claim = shared.tokens.verify("access", token) if scheme.lower() == "bearer" else None
    if not private:
        shared.rate.take(network(client_of(scope)) if claim is None else claim.user.bytes)
    if operation.access in (Access.ANYONE, Access.OWNER):
        return NOBODY
    if operation.access is Access.GUEST and not given:  # a session that has ended makes nobody a guest unasked
        return await sessions.guest(shared)
    caller = await sessions.resume(shared, claim)
    if operation.access is Access.STAFF and not caller.is_staff:
        raise Fault(Code.FORBIDDEN, "This is for course authors and administrators.")
    if operation.access is Access.ADMIN and not caller.is_admin:
        raise for_admins()
    return caller


def is_private(scope: Scope) -> bool:
    """Whether the request came over the owner's private socket."""
    return scope.get("state", {}).get("owner") is True


def client_of(scope: Scope) -> str:
    """Return the address that the request came from; '' over a Unix socket."""
    return (scope.get("client") or ("",))[0] or ""
