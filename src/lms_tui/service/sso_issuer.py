"""An issuer as the service asks it: discovery, device authorization (RFC 8628), tokens, keys.

What an issuer publishes of itself and its keys are kept for ten minutes; a token by a key that is not known has the
keys fetched anew, once a minute at most, so that an issuer may change its keys at any time. Everything that it sends is
data of somebody else: addresses are taken where they are https, texts where they can be shown.
"""

import asyncio
import enum
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlsplit

from lms_tui.rules.sso import DEFAULT_PAUSE
from lms_tui.service.settings import Issuer

if TYPE_CHECKING:
    from lms_tui.service.sso_line import IssuerLine

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_KEPT_SECONDS: Final = 600.0
_ANEW_SECONDS: Final = 60.0
_MOST_SECONDS: Final = 3600
"""How long a sign-in may take at most, whatever the issuer allows."""
_MOST_PAUSE: Final = 300
_LONGEST_ADDRESS: Final = 500
_LONGEST_CODE: Final = 60
_ENDPOINTS: Final = ("device_authorization_endpoint", "token_endpoint", "jwks_uri")

Json = dict[str, Any]


class AwayError(Exception):
    """The issuer cannot be asked for the moment; the text is for the log."""


class BrokenError(Exception):
    """The issuer does not take us, or says what cannot be; the text is for the log, and whoever configured it."""


class Step(enum.Enum):
    """What an issuer answers in place of a token."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    DENIED = "access_denied"
    EXPIRED = "expired_token"


_STEPS: Final = {step.value: step for step in Step} | {"invalid_grant": Step.EXPIRED}
"""By the error's name; some issuers call a code that is over no valid grant."""
_PASSING: Final = ("temporarily_unavailable", "server_error")


@dataclass(frozen=True, slots=True)
class Device:
    """A sign-in that the issuer has begun."""

    code: str
    """Which the service alone knows."""
    user_code: str
    address: str
    complete_address: str
    """'' where there is none."""
    pause: int
    seconds: int


class Provider:
    """One issuer, for one event loop."""

    def __init__(self, issuer: Issuer) -> None:
        """Ask nothing yet."""
        self.issuer = issuer
        self._line: IssuerLine | None = None
        self._opening, self._turn = asyncio.Lock(), asyncio.Lock()
        self._document: tuple[float, Json] | None = None
        self._keys: tuple[float, list[Json]] | None = None

    async def open(self) -> "IssuerLine":
        """Return the line to it; what the first sign-in of a process loads is loaded here, in a thread.

        Raises BrokenError.
        """
        async with self._opening:
            if self._line is None:
                self._line = await asyncio.to_thread(_opened, self.issuer)
            return self._line

    async def begin(self, nonce: str) -> Device:
        """Have the issuer begin a sign-in. Raises AwayError, BrokenError."""
        document = await self._published()
        form = {"scope": " ".join(self.issuer.scopes)} | ({"nonce": nonce} if nonce else {})
        status, reply = await self._post(document, "device_authorization_endpoint", form)
        if status != 200:
            raise _refused(status, reply)
        return _device(reply, local=self._is_local)

    async def token(self, code: str) -> str | Step:
        """Return the id_token of a sign-in that was confirmed, or what it waits for. Raises AwayError, BrokenError."""
        document = await self._published()
        status, reply = await self._post(document, "token_endpoint", {"grant_type": _GRANT, "device_code": code})
        if status == 200:
            if not isinstance(reply.get("id_token"), str):
                raise BrokenError("no id_token came: is openid among the scopes?")
            return str(reply["id_token"])
        error = reply.get("error")
        step = _STEPS.get(error) if isinstance(error, str) else None
        if step is None:
            raise _refused(status, reply)
        return step

    async def claims(self, token: str, nonce: str) -> Json:
        """Return what a good id_token says. Raises sso_token.TokenRefusedError, AwayError, BrokenError."""
        from lms_tui.service import sso_token  # noqa: PLC0415 - loaded with the line, in a thread

        issuer = self.issuer
        expected = sso_token.Expected(issuer.issuer, issuer.client_id, nonce, issuer.nonce == "require")
        try:
            return await asyncio.to_thread(sso_token.verified, token, await self._published_keys(), expected)
        except sso_token.UnknownKeyError:
            return await asyncio.to_thread(sso_token.verified, token, await self._published_keys(anew=True), expected)

    async def look(self) -> int:
        """Return how many keys the issuer publishes, once all that is needed of it is there.

        Raises AwayError, BrokenError.
        """
        await self._published()
        return len(await self._published_keys())

    async def aclose(self) -> None:
        """Close all connections."""
        if self._line is not None:
            await self._line.aclose()

    @property
    def _is_local(self) -> bool:
        return self.issuer.issuer.startswith("http:")

    async def _published(self) -> Json:
        async with self._turn:
            if self._document is None or time.monotonic() - self._document[0] > _KEPT_SECONDS:
                address = f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
                status, found = await self._ask(address)
                if status != 200:
                    raise _refused(status, found)
                self._document = time.monotonic(), self._checked(found)
            return self._document[1]

    def _checked(self, found: Json) -> Json:
        """Return what is published where it is this issuer's own and has what is needed. Raises BrokenError."""
        if found.get("issuer") != self.issuer.issuer:
            raise BrokenError(f"it calls itself {found.get('issuer')!r}: give exactly that as its issuer")
        for name in _ENDPOINTS:
            if not is_address(found.get(name), local=self._is_local):
                raise BrokenError(f"it publishes no {name} that is https: can it sign devices in?")
        return found

    async def _published_keys(self, *, anew: bool = False) -> list[Json]:
        document = await self._published()
        async with self._turn:
            kept = _ANEW_SECONDS if anew else _KEPT_SECONDS
            if self._keys is None or time.monotonic() - self._keys[0] > kept:
                status, found = await self._ask(document["jwks_uri"])
                if status != 200 or not isinstance(found.get("keys"), list):
                    raise AwayError(f"status {status}, and no keys")
                self._keys = time.monotonic(), [key for key in found["keys"] if isinstance(key, dict)]
            return self._keys[1]

    async def _post(self, document: Json, endpoint: str, form: Mapping[str, str]) -> tuple[int, Json]:
        """Post `form` as our client: signed in as the issuer takes it (RFC 6749, 2.3.1)."""
        given, secret = {**form, "client_id": self.issuer.client_id}, self.issuer.client_secret
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret is None or "client_secret_basic" not in methods:
            more = {} if secret is None else {"client_secret": secret}
            return await self._ask(document[endpoint], {**given, **more})
        return await self._ask(document[endpoint], given, (quote_plus(self.issuer.client_id), quote_plus(secret)))

    async def _ask(
        self, address: str, form: Mapping[str, str] | None = None, sign_in: tuple[str, str] | None = None
    ) -> tuple[int, Json]:
        line = await self.open()
        from lms_tui.service.sso_line import NoAnswerError  # noqa: PLC0415 - loaded by now

        try:
            return await line.ask(address, form, sign_in)
        except NoAnswerError as error:
            raise AwayError(str(error)) from error


def _opened(issuer: Issuer) -> "IssuerLine":
    """Load all that a sign-in takes, and return the line; in a thread, since it takes its time. Raises BrokenError."""
    from lms_tui.service import sealing, sso_token  # noqa: F401, PLC0415
    from lms_tui.service.sso_line import IssuerLine  # noqa: PLC0415

    try:
        return IssuerLine(issuer.ca)
    except OSError as error:  # ssl's own errors are such too
        raise BrokenError(f"the certificates in {issuer.ca} cannot be used: {error}") from error


def _device(reply: Json, *, local: bool) -> Device:
    """Return what the issuer has begun. Raises BrokenError for what cannot be shown or used."""
    code, user_code = reply.get("device_code"), reply.get("user_code")
    address, complete = (
        reply.get("verification_uri", reply.get("verification_url")),
        reply.get("verification_uri_complete"),
    )
    if not isinstance(code, str) or not code:
        raise BrokenError("it gave no device code")
    if not isinstance(user_code, str) or not user_code.isprintable() or not 0 < len(user_code) <= _LONGEST_CODE:
        raise BrokenError("it gave no code that can be shown")
    if not is_address(address, local=local):
        raise BrokenError("it gave no address that can be shown")
    return Device(
        code=code,
        user_code=user_code,
        address=str(address),
        complete_address=str(complete) if is_address(complete, local=local) else "",
        pause=_whole(reply.get("interval"), DEFAULT_PAUSE, _MOST_PAUSE),
        seconds=_whole(reply.get("expires_in"), _MOST_SECONDS, _MOST_SECONDS),
    )


def _whole(found: object, default: int, most: int) -> int:
    """Return a number of seconds, from 1 to `most`."""
    return min(most, max(1, int(found))) if isinstance(found, int | float) else default


def is_address(found: object, *, local: bool) -> bool:
    """Tell whether `found` is an address that an issuer may send somebody to: https, in ASCII, without blanks.

    `local`: plain http to this machine is taken too, as of an issuer that runs here itself.
    """
    if not isinstance(found, str) or not found.isascii() or not found.isprintable() or " " in found:
        return False
    if len(found) > _LONGEST_ADDRESS:
        return False
    try:
        parts = urlsplit(found)
        here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (local and here and parts.scheme == "http"))


def _refused(status: int, reply: Json) -> AwayError | BrokenError:
    """Return what an answer that helps nobody stands for; of its words only the name of the error is told."""
    error = str(reply.get("error"))[:60]
    if status >= 500 or status == 429 or error in _PASSING:
        return AwayError(f"status {status}, {error!r}")
    return BrokenError(f"status {status}, {error!r}")
