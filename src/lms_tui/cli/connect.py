"""How a sub-command reaches the service that the configuration means, and as whom."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lms_tui.client.api import Api
from lms_tui.client.errors import SignInNeeded
from lms_tui.client.session import SignIn
from lms_tui.client.tokens import TokenStore
from lms_tui.config import Config
from lms_tui.local.paths import places
from lms_tui.wire.accounts import User

if TYPE_CHECKING:
    from lms_tui.client.outbox import Outbox

_NOBODY: Final = "Nobody is signed in. Sign in with: lms-tui sign-in"


def service_address(config: Config) -> str:
    """Return the address of the service, started if it is ours to start. Raises LocalError. Blocks."""
    if config.service is not None:
        return config.service
    from lms_tui.local.service import ensure_service

    endpoint = ensure_service(config.database, progress=lambda sentence: print(sentence, file=sys.stderr))
    return f"unix:{endpoint.socket}"


def is_owner(config: Config) -> bool:
    """Tell whether this is the embedded database, whose owner needs no password."""
    return config.service is None and config.database is None


def token_store(config: Config) -> TokenStore:
    """Return where the session for this configuration is kept."""
    return TokenStore(places().state / "sessions", kiosk=config.kiosk)


def outbox_file() -> Path:
    """Return where the outbox of this account is; the app opens the same."""
    return places().state / "outbox.sqlite"


def places_file() -> Path:
    """Return where this account's reading places are; the app has the same."""
    return places().state / "places.json"


@asynccontextmanager
async def connected(config: Config) -> AsyncIterator[tuple[Api, SignIn]]:
    """Yield the service and the sign-in; nobody is signed in yet. Raises LocalError where no service can be had."""
    api = Api(service_address(config), ca=config.ca)
    try:
        yield api, SignIn(api, config.place, None if is_owner(config) else token_store(config))
    finally:
        await api.aclose()


@asynccontextmanager
async def signed_in(config: Config) -> AsyncIterator[tuple[Api, User]]:
    """Yield the service and who is signed in there: the owner of this machine, or whoever signed in before.

    Raises LocalError, SignInNeeded, ClientError. A session that was renewed meanwhile is kept at the end.
    """
    async with connected(config) as (api, sign_in):
        user = await (sign_in.owner(config.as_email) if is_owner(config) else sign_in.restore())
        if user is None:
            raise SignInNeeded(_NOBODY)
        try:
            yield api, user
        finally:
            await sign_in.settled()


@asynccontextmanager
async def looking_around(config: Config) -> AsyncIterator[tuple[Api, User | None]]:
    """As `signed_in`; where nobody is, as a guest if the service takes any, which is said once: None then.

    Raises LocalError, SignInNeeded, ClientError. What guests may not ask raises SignInNeeded when it is called.
    """
    async with connected(config) as (api, sign_in):
        user = await (sign_in.owner(config.as_email) if is_owner(config) else sign_in.restore())
        if user is None:
            if not (await api.check()).guests:
                raise SignInNeeded(_NOBODY)
            api.as_guest = True
            print("As a guest.", file=sys.stderr)
        try:
            yield api, user
        finally:
            await sign_in.settled()


@asynccontextmanager
async def outbox_of(config: Config, api: Api, user: User) -> AsyncIterator["Outbox"]:
    """Yield the outbox of `user` on this machine, which begins to send what waits. Raises LocalError, NotKept."""
    from lms_tui.client.outbox import Outbox
    from lms_tui.local.paths import private_folder

    private_folder(places().state)
    outbox = Outbox(outbox_file(), api, service=config.place, user=user.id)
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()
