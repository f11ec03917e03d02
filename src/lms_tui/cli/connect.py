"""How a sub-command reaches the service that the configuration means, and as whom."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lms_tui.client.api import Api
from lms_tui.client.session import SignIn
from lms_tui.client.tokens import TokenStore
from lms_tui.config import Config
from lms_tui.local.paths import places


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


@asynccontextmanager
async def connected(config: Config) -> AsyncIterator[tuple[Api, SignIn]]:
    """Yield the service and the sign-in; nobody is signed in yet. Raises LocalError where no service can be had."""
    api = Api(service_address(config))
    try:
        yield api, SignIn(api, config.place, None if is_owner(config) else token_store(config))
    finally:
        await api.aclose()
