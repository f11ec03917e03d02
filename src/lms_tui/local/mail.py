"""By which mail server a service of this machine sends, as configured; loaded in the service alone."""

from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.local.secret_file import secret_in

if TYPE_CHECKING:
    from lms_tui.config import Config
    from lms_tui.service.settings import Mail


def mail_of(config: "Config") -> "Mail | None":
    """Return the mail server, None where there is none. Raises LocalError for a password that cannot be had."""
    if not config.mail:
        return None
    from lms_tui.config_mail import read  # noqa: PLC0415 - for those who send mail
    from lms_tui.service.settings import Mail  # noqa: PLC0415 - of the service's half

    given = read(config.mail)
    password = given.password
    if given.password_file is not None:
        password = secret_in(Path(given.password_file).expanduser(), "The password of the mail server")
    return Mail(
        host=given.host,
        port=given.at_port,
        security=given.security,
        sender=given.sender,
        service=given.service,
        user=given.user,
        password=password,
        ca=None if given.ca is None else Path(given.ca).expanduser(),
    )
