"""By which mail server a service of this machine sends, as configured; loaded in the service alone."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tui.local.errors import LocalError

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
        password = _password(Path(given.password_file).expanduser())
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


def _password(path: Path) -> str:
    """Return the first line of a file that only its owner can read. Raises LocalError."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            line = file.readline(4096).decode().rstrip("\r\n")
    except OSError as error:
        raise LocalError(f"The password of the mail server, {path}, cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise LocalError(f"The password of the mail server in {path} is not UTF-8.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise LocalError(f"{path} holds a password and others can read it. Close it: chmod 600 {path}")
    if not line:
        raise LocalError(f"{path} holds no password.")
    return line
