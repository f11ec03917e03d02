"""A line to a service somewhere else: `https://`, or `http://` to this machine alone, by httpx.

Certificates are always checked, against the known authorities or those of a file in place of them; there is no way
round it. Redirects are not followed.
Importing this module imports httpx, which costs more than a first frame: `transport` does it in a thread, at the
first request.
"""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

# httpx imports its own command line where click is installed, as the service's packages have it: with it come rich
# and pygments, a third of the time. It does without where it cannot be had.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402

from lms_tui.client.line import Answer, Asked, BrokenLineError, NoLineError, Timeouts, whole  # noqa: E402

_PIECE: Final = 256 * 1024
_KEEP_SECONDS: Final = 4.0  # below the 5 s after which uvicorn closes an idle connection


class HttpsLine:
    """A way to the service at `service`, an address in its one spelling."""

    def __init__(self, service: str, timeouts: Timeouts, ca: str | None = None) -> None:
        """Make the client; nothing is connected yet. `ca` is a file with the only authorities to trust.

        Raises OSError (ssl.SSLError is one) where `ca` cannot be read or holds none.
        """
        verify: ssl.SSLContext | bool = True
        if not service.startswith("https:"):
            # Without TLS, a context that has no list of authorities saves reading it, and would trust nobody.
            verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        elif ca is not None:
            verify = ssl.create_default_context(cafile=Path(ca).expanduser())
        self._client = httpx.AsyncClient(
            base_url=service,
            verify=verify,
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
            limits=httpx.Limits(max_connections=20, keepalive_expiry=_KEEP_SECONDS),
            follow_redirects=False,
            headers={"accept": "application/json, application/problem+json", "accept-encoding": "identity"},
        )

    async def once(self, asked: Asked) -> Answer:
        """Send once and return the answer; see `Line.once`. After `aclose`, which breaks what is under way, there is no
        line."""
        if self._client.is_closed:
            raise NoLineError
        content = asked.body if isinstance(asked.body, bytes) or asked.body is None else _pieces(asked.body)
        request = self._client.build_request(
            asked.method, asked.path, params=dict(asked.query) or None, headers=dict(asked.headers), content=content
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                return await whole(response.status_code, response.headers, response.aiter_raw(), asked.into)
            finally:
                await response.aclose()
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
            raise BrokenLineError from error
        except httpx.TimeoutException as error:
            raise TimeoutError from error
        except httpx.TransportError as error:
            raise NoLineError from error

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece
