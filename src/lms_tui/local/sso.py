"""By whom people sign in to a service of this machine, as configured; loaded in the service alone."""

from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.local.secret_file import secret_in

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.service.settings import Issuer


def issuers_of(config: "Config") -> "tuple[Issuer, ...]":
    """Return the issuers in their order. Raises LocalError for a secret that cannot be had."""
    if not config.sso:
        return ()
    from lms_tui.config_sso import read  # noqa: PLC0415 - for those who sign in so
    from lms_tui.service.settings import Issuer  # noqa: PLC0415 - of the service's half

    found = []
    for name, given in read(config.sso).items():
        secret = given.client_secret
        if given.client_secret_file is not None:
            secret = secret_in(Path(given.client_secret_file).expanduser(), f"The client secret of sso.{name}")
        found.append(
            Issuer(
                name=name,
                issuer=given.issuer,
                client_id=given.client_id,
                domains=tuple(given.domains),
                client_secret=secret,
                create=given.create,
                admins=given.admins,
                scopes=tuple(given.scopes),
                nonce=given.nonce,
                verified_claim=given.verified_claim,
                ca=None if given.ca is None else Path(given.ca).expanduser(),
            )
        )
    return tuple(found)
