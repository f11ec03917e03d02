"""By whom people sign in to a service of this machine besides their passwords: `[sso.NAME]` in the configuration file.

Loaded where one is given. A client's secret never stands in the file and never comes from the command line: it is in a
file of its own that only its owner reads, or in the environment as `LMS_TUI_SSO_NAME_CLIENT_SECRET`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

from lms_tui.client.address import is_loopback

NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_BEGINNING: Final = "LMS_TUI_SSO_"
_END: Final = "_CLIENT_SECRET"


class IssuerConfig(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Every setting of `[sso.NAME]` (docs/sso.md)."""

    issuer: str
    """Its address, exactly as it calls itself."""
    client_id: str
    domains: list[str]
    """Of which people's addresses are taken from it."""
    client_secret: str | None = None
    """From the environment alone."""
    client_secret_file: str | None = None
    create: bool = False
    """Make who is not known yet a student."""
    admins: bool = False
    """Let administrators sign in by it."""
    scopes: list[str] = msgspec.field(default_factory=lambda: ["openid", "email", "profile"])
    nonce: Literal["ask", "require", "off"] = "ask"
    verified_claim: str = "email_verified"
    ca: str | None = None
    """A file with certificates to trust in place of the machine's."""

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"IssuerConfig(issuer={self.issuer!r})"


def with_secrets(given: Mapping[str, dict[str, Any]], environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return `given` with the clients' secrets that the environment has. Raises ValueError for one of nobody."""
    found = {name: dict(issuer) for name, issuer in given.items()}
    called = {_variable(name): name for name in given}
    for variable, secret in environment.items():
        if variable.startswith(_BEGINNING) and secret:
            if variable not in called:
                known = ", ".join(sorted(called)) or "none: no [sso.NAME] is configured"
                raise ValueError(f"{variable} belongs to nothing that is configured. There is {known}.")
            found[called[variable]]["client_secret"] = secret
    return found


def read(given: Mapping[str, Mapping[str, Any]]) -> dict[str, IssuerConfig]:
    """Return the settings of each issuer. Raises ValueError with a sentence for what is missing or wrong."""
    return {name: _read(name, issuer) for name, issuer in given.items()}


def _read(name: str, given: Mapping[str, Any]) -> IssuerConfig:
    where = f"sso.{name}"
    if not NAME.fullmatch(name):
        raise ValueError(f"[{where}]: a name has small letters, digits and dashes, 32 at most.")
    try:
        issuer = msgspec.convert(dict(given), IssuerConfig)
    except msgspec.ValidationError as error:
        raise ValueError(f"{where}: {error} (docs/sso.md).") from None
    parts = urlsplit(issuer.issuer)
    local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or local) or parts.query or parts.fragment:
        raise ValueError(f"{where}.issuer is {issuer.issuer!r}: give its https:// address, as it calls itself.")
    if not issuer.client_id:
        raise ValueError(f"{where}.client_id is empty: give the id that the issuer knows this service by.")
    if not issuer.domains or not all(_DOMAIN.fullmatch(domain) for domain in issuer.domains):
        raise ValueError(f'{where}.domains: list whose addresses are taken from it, as in ["example.org"].')
    if "openid" not in issuer.scopes or not all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", s) for s in issuer.scopes):
        raise ValueError(f'{where}.scopes: list them, "openid" among them.')
    if issuer.client_secret is not None and issuer.client_secret_file is not None:
        raise ValueError(f"{where}.client_secret_file and {_variable(name)} are two secrets: leave one of them out.")
    if issuer.ca is not None and not Path(issuer.ca).expanduser().is_file():
        raise ValueError(f"{where}.ca names {issuer.ca}, which is not a file.")
    return issuer


def _variable(name: str) -> str:
    return f"{_BEGINNING}{name.upper().replace('-', '_')}{_END}"
