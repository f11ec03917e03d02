"""The settings of the school on the wire, for administrators. Each act has an id that the client chose: sent again, it
is done once and has the same reply.
"""

from typing import Final
from uuid import UUID

from lms_tui.wire.files import FileLink
from lms_tui.wire.operation import Access, Operation, Reply, Request

LONGEST: Final = 200
"""Characters of the company's name and of its address."""
MOST_LOGO_BYTES: Final = 150 * 1024
"""Of the logo's file: it goes in one request."""


class ShowRequest(Request):
    """Nothing: all of them are told."""


class Settings(Reply):
    """All settings; where nothing was ever set, everything is empty and off."""

    company_name: str
    company_email: str
    logo: FileLink | None
    """None where there is none in the store."""
    logo_missing: bool
    """Whether a logo is set that is not in the store."""
    guests: bool
    """Whether one may look around without signing in."""
    sso_only: bool
    """Whether passwords are switched off."""
    may_enforce_sso: bool
    """Whether they may be switched off: an administrator has signed in by SSO."""
    without_sso: int
    """People with a password who never signed in by SSO."""


class SetRequest(Request):
    """Change what is given; None leaves it."""

    id: UUID
    company_name: str | None = None
    """'' takes it away, as with the address."""
    company_email: str | None = None
    guests: bool | None = None
    sso_only: bool | None = None


class LogoRequest(Request):
    """Another logo."""

    id: UUID
    picture: bytes
    """A PNG, JPEG, GIF or WebP file; empty takes the logo away."""


class SettingsChanged(Reply):
    """The settings after an act."""

    id: UUID
    changed: bool
    """False: they were so already."""
    company_name: str
    company_email: str
    has_logo: bool
    guests: bool
    sso_only: bool


SHOW = Operation("settings.show", "GET", "/v1/settings", ShowRequest, Settings, Access.ADMIN, "The settings")
SET = Operation(
    "settings.set", "PUT", "/v1/settings-changes/{id}", SetRequest, SettingsChanged, Access.ADMIN, "Change settings"
)
LOGO = Operation(
    "settings.logo", "PUT", "/v1/logo-changes/{id}", LogoRequest, SettingsChanged, Access.ADMIN, "Set another logo"
)
