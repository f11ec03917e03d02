"""What stands in a mail with a code, as plain text and as HTML.

Nothing that others wrote reaches a header, and nothing of it is markup: the name of the organisation stands in the
body alone, cleaned and escaped. An address that could not stand in a header and an envelope as it is written gets no
mail.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from lms_tui.db.queries.mail import Kind
from lms_tui.service.settings import Mail
from lms_tui.wire.text import clean_line

_LOCAL: Final = re.compile(r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\]\\]+")
_DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)


class UnwritableAddressError(ValueError):
    """An address that no mail is sent to; its text is a sentence without the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail with a code."""

    id: UUID
    """Of its row in the queue: the Message-ID is the same whenever it is sent again."""
    kind: Kind
    to: str
    """As `written` returned it."""
    code: str
    ends: datetime
    company: str


def written(email: str) -> str:
    """Return `email` as a header and an envelope take it, its domain in ASCII. Raises UnwritableAddressError."""
    local, _, domain = email.partition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _LOCAL.fullmatch(local) or not local.isprintable() or not _DOMAIN.fullmatch(domain):
        raise UnwritableAddressError("No mail can be sent to an address that is written like this one.")
    return f"{local}@{domain}"


def message(letter: Letter, mail: Mail) -> EmailMessage:
    """Return the mail."""
    subject, before, command, after = _words(letter, mail)
    made = EmailMessage(policy=policy.SMTPUTF8 if not letter.to.isascii() else policy.SMTP)
    made["From"] = _address(mail.sender)
    made["To"] = _address(letter.to)
    made["Subject"] = subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{letter.id}@{mail.sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    start = f"lms-tui --service {mail.service}"
    text = "\n\n".join(
        (
            *before,
            f"    {letter.code}",
            "In a terminal:",
            f"    {start} {command}",
            f"or, by screens:\n\n    {start}",
            *after,
        )
    )
    made.set_content(f"{text}\n", cte="quoted-printable")
    made.add_alternative(_html(before, letter.code, start, command, after), subtype="html", cte="quoted-printable")
    return made


def _address(written_address: str) -> Address:
    local, _, domain = written_address.partition("@")
    return Address(username=local, domain=domain)


def _words(letter: Letter, mail: Mail) -> tuple[str, list[str], str, list[str]]:
    """Return the subject, what stands before the code, the command that takes it, and what stands behind."""
    ends = letter.ends.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    works = f"This code works once, until {ends}:"
    company = clean_line(letter.company).strip()
    where = f"{company}, at {mail.service}" if company else mail.service
    nobody = "Nobody who runs the service will ever ask you for this code."
    if letter.kind == "reset":
        asked = f"Somebody asked for a new password of yours at {where}."
        ignore = "If it was not you, you need do nothing: your password stays as it is."
        return "A code for a new password", [asked, works], "reset", [nobody, ignore]
    ignore = "If you expect no invitation, you need do nothing."
    invited = f"You are invited to learn in the terminal: {where}."
    if letter.kind == "invitation":
        return "You are invited to learn", [invited, works], "accept", [nobody, ignore]
    still = "The code of an earlier mail does not work any more."
    return "Your invitation is still open", [invited, still, works], "accept", [nobody, ignore]


def _html(before: Sequence[str], code: str, start: str, command: str, after: Sequence[str]) -> str:
    """Return the same as HTML: no pictures, no links, nothing that is fetched."""
    blocks = [
        *(f"<p>{html.escape(line)}</p>" for line in before),
        f'<p style="font-size:1.4em"><code>{html.escape(code)}</code></p>',
        "<p>In a terminal:</p>",
        f"<pre>{html.escape(f'{start} {command}')}</pre>",
        "<p>or, by screens:</p>",
        f"<pre>{html.escape(start)}</pre>",
        *(f"<p>{html.escape(line)}</p>" for line in after),
    ]
    return '<!DOCTYPE html>\n<html lang="en"><body>\n' + "\n".join(blocks) + "\n</body></html>\n"
