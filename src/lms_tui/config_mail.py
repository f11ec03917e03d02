"""The mail server of a service of this machine: `[mail]` in the configuration file, `LMS_TUI_MAIL_…` around it.

Loaded where something of it is given. The password never stands in the file and never comes from the command line: it
is in a file of its own that only its owner reads, or in the environment.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from lms_tui.client.address import check_address, is_loopback

_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_SENDER: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9.:_-]+")


class MailConfig(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Every setting of `[mail]`."""

    host: str
    sender: str
    """The address that mails come from."""
    service: str
    """The address of the service, as people reach it; it stands in the mails."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` goes to this machine alone."""
    port: int | None = None
    """None: 587, 465 with `tls`, 25 with `none`."""
    user: str | None = None
    password: str | None = None
    """From the environment alone."""
    password_file: str | None = None
    ca: str | None = None
    """A file with certificates to trust in place of the machine's."""

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"MailConfig(host={self.host!r})"

    @property
    def at_port(self) -> int:
        """The port that is meant."""
        return _PORTS[self.security] if self.port is None else self.port


def read(given: Mapping[str, str | int]) -> MailConfig:
    """Return the settings. Raises ValueError with a sentence for what is missing or wrong."""
    try:
        mail = msgspec.convert(dict(given), MailConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"mail: {error} (docs/mail.md).") from None
    if not _HOST.fullmatch(mail.host):
        raise ValueError(f"mail.host is {mail.host!r}: give the name of the mail server.")
    if not 1 <= mail.at_port <= 65_535:
        raise ValueError(f"mail.port is {mail.port}: give one from 1 to 65535.")
    if not _SENDER.fullmatch(mail.sender):
        raise ValueError(f"mail.sender is {mail.sender!r}: give an address like learning@example.org, without a name.")
    if mail.security == "none" and not is_loopback(mail.host):
        raise ValueError(f'mail.security = "none" to {mail.host} could be read on the way: use "starttls" or "tls".')
    if mail.password is not None and mail.password_file is not None:
        raise ValueError("mail.password_file and LMS_TUI_MAIL_PASSWORD are two passwords: leave one of them out.")
    if (mail.user is None) != (mail.password is None and mail.password_file is None):
        raise ValueError("mail.user and its password (password_file or LMS_TUI_MAIL_PASSWORD) are given together.")
    if mail.ca is not None and not Path(mail.ca).expanduser().is_file():
        raise ValueError(f"mail.ca names {mail.ca}, which is not a file.")
    return msgspec.structs.replace(mail, service=check_address(mail.service))
