"""The line to a service: a Unix socket (`unix:/path`), `https://`, or `http://` to this machine alone.

httpx is imported when the first request is made, in a thread, since its import costs more than a first frame.
Certificates are always checked against the machine's trust; there is no way round it. Redirects are not followed.
Compressed replies are not asked for and not unpacked, so that no reply can grow in memory; a reply over
REPLY_LIMIT is refused while it is read.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit

from lms_tui.client.address import check_address
from lms_tui.client.errors import NotUnderstood, Unreachable

if TYPE_CHECKING:
    import httpx

REPLY_LIMIT: Final = 64 * 2**20
_PIECE: Final = 256 * 1024
_KEEP_SECONDS: Final = 4.0  # below the 5 s after which uvicorn closes an idle connection


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait: for a connection, between two pieces of a reply, and for a whole call (not an upload)."""

    connect: float = 5.0
    read: float = 20.0
    whole: float = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    kind: str
    """Content type without parameters, lower case."""
    date: str
    """The `Date` header: the service's clock, '' where it has none."""
    body: bytes


class Transport:
    """Sends one request and returns its whole reply. Made without a connection; used from one event loop."""

    def __init__(self, service: str, timeouts: Timeouts) -> None:
        self._service = check_address(service)
        self._timeouts = timeouts
        self._opening = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    async def send(
        self, method: str, path: str, *, query: dict[str, Any], headers: dict[str, str], body: bytes | BinaryIO | None
    ) -> Answer:
        """Send and return the answer, whatever its status.

        A connection that breaks without an answer is tried once more at once: everything may be sent twice.
        Raises Unreachable, or NotUnderstood for a reply that is too large or compressed.
        """
        client = self._client or await self._open()
        import httpx  # noqa: PLC0415 - loaded by `_open`

        again = True
        while True:
            try:
                async with asyncio.timeout(None if _is_file(body) else self._timeouts.whole):
                    return await self._once(client, method, path, query, headers, body)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
                if not again:
                    raise Unreachable(f"The connection to {self._name} broke off.") from error
                again = False
            except (httpx.TimeoutException, TimeoutError) as error:
                raise Unreachable(f"{self._name} did not answer in time.".capitalize()) from error
            except httpx.TransportError as error:
                raise self._not_connected(error) from error

    async def aclose(self) -> None:
        """Close all connections; a later request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _once(
        self,
        client: "httpx.AsyncClient",
        method: str,
        path: str,
        query: dict[str, Any],
        headers: dict[str, str],
        body: bytes | BinaryIO | None,
    ) -> Answer:
        content = body if isinstance(body, bytes) or body is None else _pieces(body)
        request = client.build_request(method, path, params=query or None, headers=headers, content=content)
        response = await client.send(request, stream=True)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise NotUnderstood(f"{self._name} sent a compressed reply that was not asked for.".capitalize())
            whole = bytearray()
            async for piece in response.aiter_raw():
                whole += piece
                if len(whole) > REPLY_LIMIT:
                    raise NotUnderstood(f"A reply of {self._name} is larger than {REPLY_LIMIT // 2**20} MiB.")
        finally:
            await response.aclose()
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, kind, response.headers.get("date", ""), bytes(whole))

    async def _open(self) -> "httpx.AsyncClient":
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make)
            return self._client

    def _make(self) -> "httpx.AsyncClient":
        import httpx  # noqa: PLC0415 - 50 to 180 ms: after the first frame, and not on the event loop

        timeouts = self._timeouts
        timeout = httpx.Timeout(timeouts.read, connect=timeouts.connect)
        limits = httpx.Limits(max_connections=20, keepalive_expiry=_KEEP_SECONDS)
        headers = {"accept": "application/json, application/problem+json", "accept-encoding": "identity"}
        if self._service.startswith("https:"):
            return httpx.AsyncClient(base_url=self._service, timeout=timeout, limits=limits, headers=headers)
        # No TLS here: a context without the list of authorities saves reading it, and would trust nobody.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        socket = self._service.removeprefix("unix:") if self._service.startswith("unix:") else None
        transport = httpx.AsyncHTTPTransport(verify=nobody, uds=socket, limits=limits)
        base = "http://lms-tui" if socket else self._service
        return httpx.AsyncClient(transport=transport, base_url=base, timeout=timeout, headers=headers)

    @property
    def _name(self) -> str:
        return "the local service" if self._service.startswith("unix:") else (urlsplit(self._service).netloc)

    def _not_connected(self, error: Exception) -> Unreachable:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return Unreachable(
                    f"The certificate of {self._name} is not to be trusted ({cause.verify_message}). Nothing was sent."
                )
            cause = cause.__cause__ or cause.__context__
        return Unreachable(f"There is no connection to {self._name}.")


def _is_file(body: bytes | BinaryIO | None) -> bool:
    return body is not None and not isinstance(body, bytes)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """The file from its beginning, read in a thread."""
    await asyncio.to_thread(file.seek, 0)
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece
