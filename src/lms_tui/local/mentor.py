"""By which AI provider the mentor of a service of this machine speaks, as configured; loaded in the service alone."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.local.errors import LocalError
from lms_tui.local.secret_file import secret_in

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.config_mentor import MentorConfig
    from lms_tui.mentor.settings import ProviderSettings
    from lms_tui.service.settings import Mentor


def mentor_of(config: "Config") -> "Mentor | None":
    """Return what the mentor speaks by, None where there is nothing. Blocks for as long as a keyring takes.

    Raises LocalError for a key that cannot be had.
    """
    if not config.mentor:
        return None
    from lms_tui.config_mentor import read  # noqa: PLC0415 - for those who have a provider
    from lms_tui.service.settings import Mentor  # noqa: PLC0415 - of the service's half

    given = read(config.mentor)
    provider = provider_of(given, key_of(given))
    return Mentor(
        provider,
        tokens_per_day=given.tokens_per_day,
        streams=given.streams,
        history_tokens=given.history_tokens,
    )


def provider_of(given: "MentorConfig", key: str | None) -> "ProviderSettings":
    """Return how the provider is spoken to, with this key."""
    from lms_tui.mentor.settings import ProviderSettings  # noqa: PLC0415 - for those who have a provider

    return ProviderSettings(
        base=given.base,
        model=given.model,
        key=key,
        connect_seconds=given.connect_seconds,
        read_seconds=given.read_seconds,
        answer_tokens=given.answer_tokens,
        extra=given.extra,
        ca=None if given.ca is None else Path(given.ca).expanduser(),
        private=given.private,
    )


def ring_user(base: str) -> str:
    """Return under which name the key of a provider is kept in the keyring."""
    return f"mentor {base}"


def key_of(given: "MentorConfig") -> str | None:
    """Return the key, None where there is none. Blocks for as long as a keyring takes. Raises LocalError."""
    if given.key_file is None and not given.key_keyring:
        return given.key
    from lms_tui.config_mentor import check_key  # noqa: PLC0415 - loaded by now

    what = "The key of the AI provider"
    found = _ring_key(given.base) if given.key_file is None else secret_in(Path(given.key_file).expanduser(), what)
    try:
        return check_key(found, what)
    except ValueError as error:
        raise LocalError(str(error)) from None


def _ring_key(base: str) -> str:
    from lms_tui.client.ring import NAME, NoKeyringError, on_ring  # noqa: PLC0415 - for those who keep it there

    try:
        found = asyncio.run(on_ring(lambda ring: ring.get_password(NAME, ring_user(base))))
    except (NoKeyringError, TimeoutError):
        raise LocalError(
            "The keyring with the key of the AI provider cannot be read. Unlock it, or keep the key in a file:"
            " lms-tui mentor setup."
        ) from None
    if not found:
        raise LocalError(f"The keyring holds no key of the AI provider {base}. Put it there: lms-tui mentor setup.")
    return found
