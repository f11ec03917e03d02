"""The settings of the school: its name, address and logo, whether guests are let in, and sign-in by SSO alone.

One row at most, made by the first change with everything off. Sign-in by SSO alone cannot be switched on before an
administrator has signed in by SSO (domain.md, People); `lms-tui user create --admin` on the database undoes it.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import people_acts
from lms_tui.db.queries import school as queries
from lms_tui.db.queries.school import Stands
from lms_tui.rules.guests import is_address
from lms_tui.rules.named import fault_of_text
from lms_tui.rules.pictures import kind_of_picture
from lms_tui.service import acts, files, sso_people
from lms_tui.service.acts import Act
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault
from lms_tui.service.store import StoredFile, StoreError
from lms_tui.wire import school as wire
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Operation

_Change = Callable[[AsyncConnection, Stands], Awaitable[Stands]]

_NOT_YET: Final = (
    "No administrator has signed in by SSO yet, and nobody could administer any more. Sign in once through your"
    " organisation first: lms-tui sign-in --sso"
)
_NO_ISSUER: Final = (
    "This service knows no issuer by which an administrator may sign in, so nobody could come in. See docs/sso.md."
)


async def show(ctx: Context, _ask: wire.ShowRequest) -> wire.Settings:
    """Return all settings. Raises Fault `unavailable` where the store of files does not answer."""
    name, email, key, guests, sso_only, may_enforce, without, now = (await ctx.pools.rows(queries.SHOW, {}))[0]
    logo = await files.own_file(ctx, key, "logo", "", now) if key else None
    return wire.Settings(
        company_name=name,
        company_email=email,
        logo=logo,
        logo_missing=bool(key) and logo is None,
        guests=guests,
        sso_only=sso_only,
        may_enforce_sso=may_enforce and _signs_admins_in(ctx),
        without_sso=without,
    )


async def change(ctx: Context, ask: wire.SetRequest) -> wire.SettingsChanged:
    """Change settings. Raises Fault `setting_refused`, `sso_not_yet`, `not_found` and `id_taken`."""
    given = {name: value for name, value in msgspec.structs.asdict(ask).items() if name != "id" and value is not None}
    for name in ("company_name", "company_email"):
        if name in given:
            given[name] = _good(name, given[name])

    async def changed(tx: AsyncConnection, stands: Stands) -> Stands:
        wanted = stands._replace(**given)
        if wanted.sso_only and not stands.sso_only:
            await _may_enforce(ctx, tx)
        return wanted

    return await _act(ctx, wire.SET, ask, changed)


async def logo(ctx: Context, ask: wire.LogoRequest) -> wire.SettingsChanged:
    """Set another logo, or none; the file of an earlier one stays in the store, as all do.

    Raises Fault `setting_refused` for what is no picture or too large, `unavailable`, `not_found` and `id_taken`.
    """
    key = ""
    if ask.picture:
        kind = kind_of_picture(ask.picture)
        if kind is None:
            raise _refused("A logo is a picture: a PNG, JPEG, GIF or WebP file.", "picture")
        if len(ask.picture) > wire.MOST_LOGO_BYTES:
            raise _refused(f"A logo has {wire.MOST_LOGO_BYTES // 1024} KiB at most.", "picture")
        key = f"settings/{hashlib.sha256(ask.picture).hexdigest()}.{kind}"
        try:
            await ctx.shared.store.keep([StoredFile(key, kind, ask.picture)])
        except StoreError as error:
            raise files.away() from error

    async def changed(_: AsyncConnection, stands: Stands) -> Stands:
        return stands._replace(logo=key)

    return await _act(ctx, wire.LOGO, ask, changed)


async def _act(
    ctx: Context,
    operation: Operation[Any, wire.SettingsChanged],
    ask: wire.SetRequest | wire.LogoRequest,
    change: _Change,
) -> wire.SettingsChanged:
    """Do what `change` says to the settings, once."""
    act = Act(ctx, operation, ask.id, ask)
    async with ctx.pools.writer.connection() as tx:
        stands = await queries.hold(tx)
        if (was := await acts.done_before(tx, act)) is not None:
            return msgspec.convert(was["reply"], wire.SettingsChanged)
        wanted = await change(tx, stands)
        reply = wire.SettingsChanged(
            id=ask.id,
            changed=wanted != stands,
            company_name=wanted.company_name,
            company_email=wanted.company_email,
            has_logo=bool(wanted.logo),
            guests=wanted.guests,
            sso_only=wanted.sso_only,
        )
        if reply.changed:
            await queries.write(tx, wanted)
            details = {"reply": msgspec.to_builtins(reply), "was": stands._asdict()}
            await acts.record(tx, act, None, details)
    return reply


async def _may_enforce(ctx: Context, tx: AsyncConnection) -> None:
    """Raise Fault `sso_not_yet` where sign-in by SSO alone would leave nobody to administer.

    No administrator loses their rights meanwhile.
    """
    await tx.execute(people_acts.TURN)
    if not _signs_admins_in(ctx):
        raise Fault(Code.SSO_NOT_YET, _NO_ISSUER, field="sso_only")
    if not await sso_people.may_enforce(tx):
        raise Fault(Code.SSO_NOT_YET, _NOT_YET, field="sso_only")


def _signs_admins_in(ctx: Context) -> bool:
    return any(issuer.admins for issuer in ctx.settings.issuers)


def _good(name: str, text: str) -> str:
    """Return a name or an address trimmed. Raises Fault `setting_refused`."""
    text = text.strip()
    fault = fault_of_text(text, wire.LONGEST)
    if fault is None and "\n" in text:
        fault = "It stands on one line."
    if fault is None and name == "company_email" and text and not is_address(text):
        fault = "An e-mail address looks like name@example.org."
    if fault is not None:
        raise _refused(fault, name)
    return text


def _refused(sentence: str, field: str) -> Fault:
    return Fault(Code.SETTING_REFUSED, sentence, field=field)
