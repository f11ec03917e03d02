"""Where a request comes from, behind a proxy: what `X-Forwarded-For` says, taken from named proxies alone.

uvicorn reads the header, from its end: the first address in it that is no proxy of ours is the client. So a client that
writes the header itself gains nothing by it, as the proxy puts the true address behind. Over a Unix socket the other
end has no address; it is trusted where UNIX is named, since nobody but its owner can open ours.
"""

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

UNIX: Final = "unix"

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


def proxy(given: str) -> str:
    """Return an address, a network or `unix` as it is compared. Raises ValueError for anything else, a name too."""
    return UNIX if given == UNIX else str(ipaddress.ip_network(given))


def behind(app: App, proxies: tuple[str, ...]) -> App:
    """Return `app` with the true client in its `scope`, where one of `proxies` tells it."""
    if not proxies:
        return app

    async def inner(scope: Scope, receive: Any, send: Any) -> None:
        if scope.get("client") == _AT_SOCKET:
            scope["client"] = None
        await app(scope, receive, send)

    trusting = ProxyHeadersMiddleware(inner, list(proxies))  # type: ignore[arg-type]

    async def outer(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope.get("client") is None:
            scope["client"] = _AT_SOCKET
        await trusting(scope, receive, send)  # type: ignore[arg-type]

    return outer


_AT_SOCKET: Final = (UNIX, 0)
