"""The event loop of a worker: uvloop's, which gives up on who does not begin to speak TLS.

uvicorn leaves the time for a handshake at the loop's own 60 seconds, and until it is over there is no connection that
`connections` could watch over: only an open file.
"""

import asyncio
from typing import Any

import uvloop


class Loop(uvloop.Loop):
    """A loop whose servers wait for a handshake no longer than for the head of a request."""

    handshake_seconds = 10.0

    async def create_server(  # type: ignore[override]  # it has many forms, and each is taken
        self, *given: Any, **how: Any
    ) -> asyncio.AbstractServer:
        """Make a server; see asyncio."""
        if how.get("ssl") is not None:
            how.setdefault("ssl_handshake_timeout", self.handshake_seconds)
        return await super().create_server(*given, **how)
