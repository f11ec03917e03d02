"""A line to an issuer: JSON over https, by httpx, never more than a little of it and never for long.

Importing this module imports httpx, which takes longer than a service may stand still: `sso_issuer` does it in a
thread, when somebody signs in by an issuer first. Certificates are always checked; redirects are not followed, since
what an issuer has to say stands at the addresses that it publishes.
"""

import asyncio
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

# httpx imports its own command line where click is installed, and with it what draws screens
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402

CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 10.0
"""For a whole question, whatever arrives meanwhile."""
_REPLY_LIMIT: Final = 256 * 1024


class NoAnswerError(Exception):
    """Nothing came that could be read, in time; its text is for the log."""


class IssuerLine:
    """Questions to one issuer. Made in a thread (it reads certificates), used from one event loop."""

    def __init__(self, ca: Path | None) -> None:
        """Trust the certificates in `ca`, the machine's where it is None. Raises OSError, ssl.SSLError."""
        trusted = ssl.create_default_context(cafile=ca) if ca is not None else True
        self._client = httpx.AsyncClient(
            verify=trusted,
            timeout=httpx.Timeout(WHOLE_SECONDS, connect=CONNECT_SECONDS),
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    async def ask(
        self,
        address: str,
        form: Mapping[str, str] | None = None,
        sign_in: tuple[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Return status and JSON object of the answer: to GET, or to POST of a `form`. Raises NoAnswerError."""
        auth = None if sign_in is None else httpx.BasicAuth(*sign_in)
        request = self._client.build_request("GET" if form is None else "POST", address, data=form)
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                response = await self._client.send(request, auth=auth, stream=True, follow_redirects=False)
                try:
                    body = await _body(response)
                finally:
                    await response.aclose()
            found = msgspec.json.decode(body)
        except TimeoutError:
            raise NoAnswerError(f"no answer in {WHOLE_SECONDS:.0f} s") from None
        except httpx.HTTPError as error:
            raise NoAnswerError(f"{type(error).__name__}: {error}") from error
        except msgspec.DecodeError:
            raise NoAnswerError(f"status {response.status_code}, and no JSON") from None
        if not isinstance(found, dict):
            raise NoAnswerError(f"status {response.status_code}, and no JSON object")
        return response.status_code, found

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _REPLY_LIMIT:
            raise NoAnswerError(f"an answer of more than {_REPLY_LIMIT // 1024} KiB")
    return bytes(body)
