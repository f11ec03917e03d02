"""Single sign-on: begun at an issuer for a client, and asked about until the person has confirmed it in a browser.

The state of a sign-in stands in `lms_tui.sso_sign_ins`, so that any worker may go on with it. No connection to the
database is held while an issuer is asked.
"""

import hashlib
import logging
import secrets
from typing import Any, Final
from uuid import UUID

from lms_tui.db.queries import accounts as account_queries
from lms_tui.db.queries import sso as queries
from lms_tui.rules import sso as rules
from lms_tui.service import doors, entries, sessions, sso_people
from lms_tui.service.context import Caller, Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.service.sso_issuer import AwayError, BrokenError, Device, Provider, Step
from lms_tui.wire import sso as wire
from lms_tui.wire.accounts import Session
from lms_tui.wire.audit import Entry
from lms_tui.wire.errors import Code

_log = logging.getLogger(__name__)

_NOBODY: Final = "With this account nobody can sign in here. Ask an administrator of this service."
ENDED: Final[dict[str, tuple[Code, str]]] = {
    "denied": (Code.SSO_DENIED, "The sign-in was refused in the browser. Begin anew to try again."),
    "expired": (Code.SSO_EXPIRED, "Nobody confirmed the sign-in in time. Begin anew."),
    "broken": (
        Code.SSO_REFUSED,
        "Your organisation's answer could not be used. Ask who runs this service: its log says why.",
    ),
    "unverified": (
        Code.SSO_REFUSED,
        "Your organisation does not say that your e-mail address is verified. Verify it there, then begin anew.",
    ),
    "elsewhere": (
        Code.SSO_REFUSED,
        "E-mail addresses like yours are not taken from this organisation. Sign in another way.",
    ),
    "nobody": (Code.SSO_REFUSED, _NOBODY),
}
"""What a sign-in that ended without a session is told as, whoever asks when."""


async def issuers(ctx: Context, _ask: wire.IssuersRequest) -> wire.Issuers:
    """Tell by whom one can sign in, and whether by them alone."""
    only = (await ctx.pools.rows(account_queries.SSO_ONLY, {}))[0][0]
    return wire.Issuers(names=[issuer.name for issuer in ctx.settings.issuers], only=only)


async def ways(ctx: Context, _ask: wire.WaysRequest) -> wire.Ways:
    """Tell by what the caller signs in."""
    rows = await ctx.pools.rows(queries.WAYS, {"user": ctx.caller.id})
    names = {issuer.issuer: issuer.name for issuer in ctx.settings.issuers}
    came = [wire.Came(issuer=names.get(issuer, issuer), last_at=at) for _, _, issuer, at in rows if issuer is not None]
    switched_off, has_one = rows[0][:2]
    return wire.Ways(password=bool(has_one) and not switched_off, came=came)


async def begin(ctx: Context, ask: wire.BeginRequest) -> wire.Begun:
    """Begin a sign-in; the same request again is answered alike, and asks no issuer.

    Raises Fault `not_found` for an issuer that there is not and for an id that somebody else took, `id_taken` for one
    that stands for a sign-in by another issuer, `sso_away`, `too_many_requests`, `bad_request` for a secret that is
    none.
    """
    provider, secret = _provider(ctx, ask.issuer), _kept(ask.secret)
    found = await _look(ctx, ask.id, secret)
    if found is None:
        await doors.hold_back(ctx, "sso")
        nonce = "" if provider.issuer.nonce == "off" else secrets.token_urlsafe(32)
        await _keep(ctx, ask, secret, nonce, await _begun(provider, nonce))
        found = await _look(ctx, ask.id, secret)
    if found is None:
        raise Fault(Code.TOO_MANY_REQUESTS, "Too many sign-ins are under way. Try again later.", retry_after=60.0)
    if found.issuer != ask.issuer:
        raise Fault(Code.ID_TAKEN, "This id stands for a sign-in by somebody else. Choose a new one.")
    return wire.Begun(
        address=found.address,
        user_code=found.user_code,
        complete_address=found.complete_address,
        interval=found.pause,
        expires_at=found.ends_at,
        seconds_left=found.seconds_left,
    )


async def _begun(provider: Provider, nonce: str) -> Device:
    try:
        return await provider.begin(nonce)
    except (AwayError, BrokenError) as error:
        _tell(provider, "sso_not_begun", error)
        name = provider.issuer.name
        if isinstance(error, AwayError):
            raise Fault(Code.SSO_AWAY, f"{name} does not answer for the moment. Try again.", retry_after=5.0) from error
        raise Fault(
            Code.SSO_AWAY, f"Signing in by {name} does not work. Ask who runs this service: its log says why."
        ) from error


async def _keep(ctx: Context, ask: wire.BeginRequest, secret: bytes, nonce: str, device: Device) -> None:
    from lms_tui.service.sealing import sealed  # noqa: PLC0415 - loaded by now, in a thread

    values = {
        "id": ask.id,
        "secret": secret,
        "issuer": ask.issuer,
        "device_code": sealed(ctx.shared.tokens, ask.id, device.code),
        "nonce": nonce,
        "user_code": device.user_code,
        "address": device.address,
        "complete_address": device.complete_address,
        "pause": device.pause,
        "seconds": device.seconds,
    }
    async with ctx.pools.writer.connection() as tx:
        await queries.begin(tx, values)


async def poll(ctx: Context, ask: wire.PollRequest) -> Session:
    """Ask the issuer, where it is time to, and return the session of who was confirmed.

    Whoever polls again after the end is told the same again: the very same session for two minutes, to the same client.
    Raises Fault `sso_pending` with the seconds to wait, `sso_denied`, `sso_expired`, `sso_refused`, `not_found`.
    """
    secret = _kept(ask.secret)
    rows = await ctx.pools.rows(queries.TURN, {"id": ask.id, "secret": secret})
    if rows:
        await _ask_issuer(ctx, ask.id, queries.Turn(*rows[0]))
    found = await _look(ctx, ask.id, secret)
    if found is None:
        raise not_found("sign-in")
    if found.outcome == "signed_in":
        return await _session(ctx, found)
    if found.outcome is None and found.seconds_left > 0:
        raise Fault(
            Code.SSO_PENDING,
            "Nobody has confirmed the sign-in yet.",
            retry_after=max(0.1, min(found.seconds_to_wait, found.pause)),
        )
    raise _ended(found.outcome or "expired")


async def _ask_issuer(ctx: Context, own: UUID, turn: queries.Turn) -> None:
    """Ask once whether the sign-in `own` was confirmed, and keep what came of it."""
    provider, outcome, pause = _provider(ctx, turn.issuer), "", turn.pause
    try:
        reply = await _token(ctx, own, provider, turn)
        if not isinstance(reply, Step):
            await _let_in(ctx, own, provider, await _claims(provider, reply, turn.nonce))
            return
        outcome = {Step.DENIED: "denied", Step.EXPIRED: "expired"}.get(reply, "")
        pause = rules.slower(pause) if reply is Step.SLOW_DOWN else pause
    except AwayError as error:
        _tell(provider, "sso_away", error)
        pause = rules.rarer(pause)
    except BrokenError as error:
        _tell(provider, "sso_broken", error)
        outcome = "broken"
    except sso_people.RefusedError as error:
        _tell(provider, "sso_refused", error)
        outcome = error.outcome
    async with ctx.pools.reader.connection() as connection:  # one statement is whole without a transaction
        if outcome:
            await connection.execute(queries.CLOSE, {"id": own, "outcome": outcome}, prepare=True)
        else:
            await connection.execute(queries.PAUSE, {"id": own, "pause": pause}, prepare=True)


async def _token(ctx: Context, own: UUID, provider: Provider, turn: queries.Turn) -> str | Step:
    await provider.open()
    from lms_tui.service.sealing import opened  # noqa: PLC0415 - loaded by now, in a thread

    code = opened(ctx.shared.tokens, own, turn.device_code)
    # one that no key of sessions opens any more is over for us too
    return Step.EXPIRED if code is None else await provider.token(code)


async def _claims(provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """Return what a good token says. Raises BrokenError: the token was given once, and there is no other."""
    from lms_tui.service.sso_token import TokenRefusedError  # noqa: PLC0415 - of PyJWT, for those who sign in so

    try:
        return await provider.claims(token, nonce)
    except (AwayError, TokenRefusedError) as error:
        raise BrokenError(f"its token is not taken: {error}") from error


async def _let_in(ctx: Context, own: UUID, provider: Provider, claims: dict[str, Any]) -> None:
    """End the sign-in `own` as whoever `claims` vouches for. Raises RefusedError."""
    who = sso_people.vouched(provider.issuer, claims)
    async with ctx.pools.writer.connection() as tx:
        came = await sso_people.come_in(tx, provider.issuer, who)
        first = await queries.signed_in(tx, own, came.user, provider.issuer.issuer, came.at)
        if first:
            await entries.add(tx, entries.of(ctx, Entry.SSO, came.user, came.user, issuer=provider.issuer.name))
    if first:
        await doors.forgive(ctx, "sso")
        fields = {"event": "sso_signed_in", "user": str(came.user), "issuer": provider.issuer.name, "made": came.made}
        _log.info("signed in by an issuer", extra={"fields": fields})


async def _session(ctx: Context, found: queries.UnderWay) -> Session:
    """Return the session that the sign-in ended with, issued then, whoever they have become meanwhile."""
    rows = await ctx.pools.rows(account_queries.BY_ID, {"user": found.user})
    if not found.may_be_told_again or found.ended_at is None or not rows:
        raise _ended("expired")
    if rows[0][5]:
        raise _ended("nobody")
    caller: Caller = sessions.caller_of(rows[0])
    return sessions.begin(ctx.shared, caller, found.ended_at)


async def _look(ctx: Context, own: UUID, secret: bytes) -> queries.UnderWay | None:
    """Return the sign-in, None where there is none. Raises Fault `not_found` for another client's."""
    rows = await ctx.pools.rows(queries.LOOK, {"id": own, "secret": secret})
    if not rows:
        return None
    if not rows[0][0]:
        raise not_found("sign-in")
    return queries.UnderWay(*rows[0][1:])


def _provider(ctx: Context, name: str) -> Provider:
    provider = ctx.shared.issuers.get(name)
    if provider is None:
        raise not_found("way to sign in")
    return provider


def _kept(secret: str) -> bytes:
    """Return what is kept of a client's secret. Raises Fault `bad_request` for one that could be guessed."""
    if not wire.SHORTEST_SECRET <= len(secret) <= wire.LONGEST_SECRET:
        raise Fault(Code.BAD_REQUEST, f"A sign-in has a random secret of {wire.SHORTEST_SECRET} characters or more.")
    return hashlib.sha256(secret.encode()).digest()


def _ended(outcome: str) -> Fault:
    return Fault(*ENDED[outcome])


def _tell(provider: Provider, event: str, error: Exception) -> None:
    """Say in the log why somebody could not sign in, in our own words; no address and no token stands in them."""
    fields = {"event": event, "issuer": provider.issuer.name, "why": str(error)}
    _log.warning("single sign-on", extra={"fields": fields})
