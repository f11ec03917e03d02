"""The line to a service: a Unix socket (`unix:/path`), `https://`, or `http://` to this machine alone.

What speaks HTTP is imported when the first request is made, in a thread, since its import costs more than a first
frame. Compressed replies are not asked for and not unpacked, so that no reply can grow in memory; a reply over
REPLY_LIMIT is refused while it is read.
"""

import asyncio
import ssl
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from lms_tui.client.address import check_address
from lms_tui.client.errors import NotUnderstood, Unreachable
from lms_tui.client.line import (
    REPLY_LIMIT,
    Answer,
    Asked,
    BrokenLineError,
    CompressedError,
    Line,
    NoLineError,
    Sink,
    Timeouts,
    TooLargeError,
)


class Transport:
    """Sends one request and returns its whole reply. Made without a connection; used from one event loop."""

    def __init__(self, service: str, timeouts: Timeouts, ca: str | None = None) -> None:
        self._service = check_address(service)
        self._ca = ca
        self._timeouts = timeouts
        self._opening = asyncio.Lock()
        self._line: Line | None = None

    @property
    def service(self) -> str:
        """The service's address in its one spelling."""
        return self._service

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any],
        headers: dict[str, str],
        body: bytes | BinaryIO | None,
        into: Sink | None = None,
    ) -> Answer:
        """Send and return the answer, whatever its status; the body of a success goes to `into` where that is given.

        A connection that breaks without an answer is tried once more at once: everything may be sent twice, unless
        `into` cannot begin again.
        Raises Unreachable, or NotUnderstood for a reply that is too large or compressed.
        """
        line = self._line or await self._open()
        asked = Asked(method=method, path=path, query=query, headers=headers, body=body, into=into)
        endless = asked.file is not None or into is not None
        again = True
        while True:
            try:
                if asked.file is not None:
                    await asyncio.to_thread(asked.file.seek, 0)
                async with asyncio.timeout(None if endless else self._timeouts.whole):
                    return await line.once(asked)
            except BrokenLineError as error:
                if not again or (into is not None and not into.may_begin_again):
                    raise Unreachable(f"The connection to {self._name} broke off.") from error
                again = False
            except TimeoutError as error:
                raise Unreachable(f"{self._name} did not answer in time.".capitalize()) from error
            except NoLineError as error:
                raise self._not_connected(error) from error
            except CompressedError:
                sentence = f"{self._name} sent a compressed reply that was not asked for.".capitalize()
                raise NotUnderstood(sentence) from None
            except TooLargeError:
                sentence = f"A reply of {self._name} is larger than {REPLY_LIMIT // 2**20} MiB."
                raise NotUnderstood(sentence) from None

    async def aclose(self) -> None:
        """Close all connections; a later request opens new ones."""
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()

    async def _open(self) -> Line:
        async with self._opening:
            if self._line is None:
                self._line = await asyncio.to_thread(self._make)
            return self._line

    def _make(self) -> Line:
        if self._service.startswith("unix:"):
            from lms_tui.client.socket_line import SocketLine  # noqa: PLC0415 - after the first frame

            return SocketLine(self._service.removeprefix("unix:"), self._timeouts)
        from lms_tui.client.https_line import HttpsLine  # noqa: PLC0415

        try:
            return HttpsLine(self._service, self._timeouts, self._ca)
        except OSError as error:
            raise Unreachable(f"{self._ca} holds no certificate of an authority that can be read.") from error

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
