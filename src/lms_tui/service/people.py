"""People made at the machine by whoever may write its database: `lms-tui user create`."""

from dataclasses import dataclass, field
from uuid import UUID

from lms_tui.db.queries import accounts, credentials, people
from lms_tui.rules.guests import is_address
from lms_tui.service.passwords import Passwords, check_new
from lms_tui.service.pool import Pool
from lms_tui.wire.joining import LONGEST_ADDRESS, LONGEST_NAME


class RefusedPersonError(ValueError):
    """A person who cannot be made so; its text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Whom to make, as they were typed."""

    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""
    admin: bool = False


@dataclass(frozen=True, slots=True)
class MadePerson:
    """Who was made."""

    id: UUID
    email: str
    role: str
    passwords_allowed: bool
    """True where `settings.enforce_sso` was on and has been undone, so that the new administrator can sign in."""


def address(email: str) -> str:
    """Return `email` trimmed. Raises RefusedPersonError unless it looks like an address, without control characters."""
    email = email.strip()
    if not is_address(email) or not email.isprintable():
        raise RefusedPersonError("An e-mail address looks like name@example.org.")
    if len(email) > LONGEST_ADDRESS:
        raise RefusedPersonError(
            f"An e-mail address has {LONGEST_ADDRESS} characters at most; this one has {len(email)}."
        )
    return email


async def create(writer: Pool, passwords: Passwords, new: NewPerson) -> MadePerson:
    """Make a person with a password, in one transaction; nothing is written where anything is refused.

    The lower-cased address is locked while it is looked for, so of several who create `Ada@x.org` and `ada@x.org`
    at once one succeeds (domain.md, people, e-mail). An administrator also undoes `settings.enforce_sso`.
    Raises RefusedPersonError (address taken, in whatever case, or malformed; a name too long or with control
    characters; a password too long for the scheme in use) and WeakPasswordError.
    """
    email = address(new.email)
    first, last = one_name(new.first_name, "first"), one_name(new.last_name, "last")
    check_new(new.password, (email, first, last))
    role = "ADMIN" if new.admin else "STUDENT"
    async with writer.connection() as tx:
        await accounts.lock_address(tx, email)
        if (taken := await people.taken_by(tx, email)) is not None:
            as_stored = "" if taken == email else f" as {taken}"
            raise RefusedPersonError(f"There is a person with the address {email}{as_stored} already.")
        user = await people.add(tx, email, first, last, role)
        hashed = await passwords.hash_like(new.password, await credentials.newest_hash(tx))
        await credentials.change(tx, user, hashed)
        allowed = new.admin and await people.allow_passwords(tx)
    return MadePerson(user, email, role, allowed)


def one_name(name: str, which: str) -> str:
    """Return the `which` ("first") name trimmed. Raises RefusedPersonError for one too long or not to be shown."""
    name = name.strip()
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise RefusedPersonError(f"The {which} name has {LONGEST_NAME} characters at most and no control characters.")
    return name
