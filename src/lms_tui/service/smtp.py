"""A connection to the mail server, by the standard library's `smtplib`; blocking, so for a thread.

It is encrypted as the settings say or not had at all, and the server's certificate is checked. What goes wrong is one
of two things: the server is away or does not take us (AwayError), or it does not take one mail (NotTakenError).
"""

import contextlib
import re
import smtplib
import socket
import ssl
from email.message import EmailMessage
from typing import Final, NoReturn

from lms_tui.service.settings import Mail
from lms_tui.wire.text import clean_line

CONNECT_SECONDS: Final = 15.0
"""For each step until the server is ready for a mail."""
REPLY_SECONDS: Final = 100.0
"""For each step of a mail. A server may look through it before it answers; who gives up too soon sends it twice."""
_LONGEST_FAULT: Final = 200
_ADDRESSES: Final = re.compile(r"\S*@\S*")
_CODES: Final = re.compile(r"\b[0-9A-Z]{5}(-[0-9A-Z]{5,6}){4}\b")


class AwayError(Exception):
    """No mail can be sent at the moment, to nobody; its text is a sentence that says why."""


class NotTakenError(Exception):
    """One mail was not taken; its text is the server's, without addresses and codes."""

    def __init__(self, said: str, *, forever: bool) -> None:
        super().__init__(said)
        self.forever = forever
        """Whether trying again is of no use (a reply of 500 to 599)."""


class Line:
    """An open connection, ready for mails. Raises AwayError where it cannot be had."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self.encryption = "not encrypted"
        """`TLSv1.3`, say."""
        try:
            self._smtp = self._connected()
        except AwayError:
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise AwayError(f"The mail server {mail.host}:{mail.port} {_why(error)}") from error

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        trust = _trust(mail)
        own_name = mail.sender.partition("@")[2]
        smtp: smtplib.SMTP
        if mail.security == "tls":
            smtp = smtplib.SMTP_SSL(mail.host, mail.port, own_name, timeout=CONNECT_SECONDS, context=trust)
        else:
            smtp = smtplib.SMTP(mail.host, mail.port, own_name, timeout=CONNECT_SECONDS)
        try:
            smtp.ehlo_or_helo_if_needed()
            if mail.security == "starttls":
                smtp.starttls(context=trust)  # which raises where the server offers none: it is not done without
                smtp.ehlo()
            if isinstance(smtp.sock, ssl.SSLSocket):
                self.encryption = smtp.sock.version() or "encrypted"
            if mail.user is not None:
                smtp.login(mail.user, mail.password or "")
            assert smtp.sock is not None  # noqa: S101 - it is connected
            smtp.sock.settimeout(REPLY_SECONDS)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def send(self, message: EmailMessage, to: str) -> None:
        """Send one mail. Raises NotTakenError, after which the line goes on, and AwayError, after which it is over."""
        smtp = self._smtp
        options = []
        if not to.isascii():
            if not smtp.has_extn("smtputf8"):
                raise NotTakenError("The mail server takes addresses in ASCII alone.", forever=True)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            code, said = smtp.mail(self._mail.sender, options)
            if code != 250:  # this is about us, not about whom it goes to
                raise AwayError(f"The mail server takes nothing from {self._mail.sender}: {_reply(code, said)}")
            code, said = smtp.rcpt(to)
            if code not in (250, 251):
                self._refused(code, said)
            code, said = smtp.data(message.as_bytes())
            if code != 250:
                self._refused(code, said)
        except smtplib.SMTPDataError as error:
            self._refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise AwayError(f"The mail server {self._mail.host}:{self._mail.port} {_why(error)}") from error

    def _refused(self, code: int, said: bytes | str) -> NoReturn:
        """Raise what a reply to a recipient or a mail means."""
        reply = _reply(code, said)
        if code == 421 or not 400 <= code <= 599:
            raise AwayError(f"The mail server ended the connection: {reply}")
        with contextlib.suppress(OSError, smtplib.SMTPException):  # what is wrong with it, the next mail will tell
            self._smtp.rset()
        raise NotTakenError(reply, forever=code >= 500)

    def end(self) -> None:
        """Say goodbye and close."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(CONNECT_SECONDS)
            self._smtp.quit()
        self._smtp.close()

    def abort(self) -> None:
        """Break off whatever another thread is waiting for on this line."""
        sock = self._smtp.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _trust(mail: Mail) -> ssl.SSLContext:
    """Return what checks the server's certificate and name; TLS 1.2 at least. Raises AwayError."""
    try:
        context = ssl.create_default_context(cafile=mail.ca)
    except OSError as error:
        raise AwayError(f"The certificates in {mail.ca} cannot be read: {error.strerror}.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _why(error: Exception) -> str:
    """Return the end of a sentence about the mail server."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted: {clean_line(error.verify_message)}."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "offers no STARTTLS or no way to sign in that is known here."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"does not take user and password: {_reply(error.smtp_code, error.smtp_error)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"said: {_reply(error.smtp_code, error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "did not answer in time."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "ended the connection."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return f"cannot be reached: {clean_line(str(reason))}."


def _reply(code: int, said: bytes | str) -> str:
    """Return what the server said as one line, without addresses and codes, which do not belong into a queue or log."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    line = _CODES.sub("(code)", _ADDRESSES.sub("(address)", clean_line(text)))
    return f"{code} {line}"[:_LONGEST_FAULT]
