"""A mail server on this machine that speaks SMTP, keeps what it takes, and misbehaves as it is told."""

# ruff: noqa: ARG002, N802 - the names and arguments of its methods are aiosmtpd's

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from lms_tui.service.settings import Mail

USER, PASSWORD = "school", "pillar box"
CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}-[0-9A-Z]{6}")


@dataclass
class PostOffice:
    """What came, and what it answers."""

    port: int = 0
    ca: Path | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    on_recipient: Callable[[str], str | None] = lambda _: None
    """A reply in place of 250."""
    on_mail: Callable[[EmailMessage], str | None] = lambda _: None
    """The same, when the whole mail is there, and kept."""

    def mail(self, security: Any = "none", **more: Any) -> Mail:
        """Return the settings of who sends by it."""
        given = {"host": "localhost", "port": self.port, "security": security, "ca": self.ca}
        return Mail(**given | {"sender": "school@example.org", "service": "https://learn.example.org"} | more)

    def to(self) -> list[str]:
        """Return to whom mails went, in their order."""
        return [address for _, addresses in self.envelopes for address in addresses]

    def code(self, at: int = -1) -> str:
        """Return the code in a mail."""
        return code_in(self.mails[at])

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (refused := self.on_recipient(address)) is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return self.on_mail(mail) or "250 OK"

    def sign_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        """Take USER with PASSWORD."""
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def code_in(mail: EmailMessage) -> str:
    """Return the code in a mail, which is the same in both forms."""
    found = {CODE.findall(part.get_content())[0] for part in mail.iter_parts() if isinstance(part, EmailMessage)}
    assert len(found) == 1
    return str(found.pop())


@contextmanager
def opened(office: PostOffice, security: str = "none", *, sign_in: bool = False) -> Iterator[PostOffice]:
    """Run the server, on the port that it had before if it had one; with a certificate of its own where it encrypts."""
    context = None
    if security != "none":
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        assert office.ca is not None
        authority.cert_pem.write_to_path(str(office.ca))
    how: dict[str, Any] = {
        "enable_SMTPUTF8": True,
        "auth_required": sign_in,
        "auth_require_tls": security == "starttls",
    }
    if sign_in:
        how["authenticator"] = office.sign_in
    if security == "starttls":
        how |= {"tls_context": context, "require_starttls": True}
    if not office.port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            office.port = free.getsockname()[1]
    controller = Controller(
        office, hostname="127.0.0.1", port=office.port, ssl_context=context if security == "tls" else None, **how
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
