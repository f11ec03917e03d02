"""Inviting a person, and giving one a code to choose a new password with (domain.md, people, codes and invitation).

Who is invited has their row at once, with the role and the names that are known; the code lets them choose a
password. Inviting again somebody who has not come yet makes a new code, which voids the old one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import accounts, codes, credentials, people
from lms_tui.service.codes import new_code, nobodys, stored
from lms_tui.service.people import RefusedPersonError, address, one_name
from lms_tui.wire.people import Role

INVITATION_DAYS: Final = 7
RESET_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whom to invite, as they were typed."""

    email: str
    first_name: str = ""
    last_name: str = ""
    role: str = "STUDENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who was invited, and the row of their code."""

    id: UUID
    email: str
    role: str
    again: bool
    """Whether they had been invited before and had not come: the old code is void."""
    code_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A code to hand over, and the database's time of its end."""

    code: str
    expires_at: datetime


async def invite(tx: AsyncConnection, guest: Guest) -> Invited:
    """Make the person's row if there is none, and the row of their code, which opens nothing before it is written.

    The lower-cased address is locked while it is looked for, so of several who invite at once one makes the person.
    Raises RefusedPersonError for a malformed address or name, an unknown role, a person who has a password already or
    is archived, and one who was invited in another role.
    """
    email = address(guest.email)
    first, last = one_name(guest.first_name, "first"), one_name(guest.last_name, "last")
    if guest.role not in Role.__members__:
        raise RefusedPersonError(f"There is no role {guest.role}. The roles are {', '.join(Role)}.")
    await accounts.lock_address(tx, email)
    person = next(iter(await codes.of_address(tx, email)), None)
    if person is None:
        user = await people.add(tx, email, first, last, guest.role)
    else:
        if person.archived:
            raise RefusedPersonError(f"{person.email} is archived. Restore them instead.")
        if await credentials.hash_of(tx, person.id) is not None:  # an SSO's unusable one too: they have been here
            raise RefusedPersonError(f"There is a person with the address {person.email} already.")
        if person.role.upper() != guest.role:
            raise RefusedPersonError(f"{person.email} was invited as {person.role}. Change the role instead.")
        user, email = person.id, person.email
        await people.name(tx, user, person.first_name or first, person.last_name or last)
    await codes.void_invitations(tx, email)
    code_id = await codes.add_invitation(tx, email, nobodys(), INVITATION_DAYS)
    return Invited(id=user, email=email, role=guest.role, again=person is not None, code_id=code_id)


async def open_reset(tx: AsyncConnection, email: str) -> UUID:
    """Add the row of a reset for the person of the address; return its id. Earlier ones stay open.

    Raises RefusedPersonError for an address that nobody has, that several have in different cases, or of somebody
    who is archived.
    """
    person = await of_reset(tx, email)
    if person is None:
        raise RefusedPersonError(f"Nobody has the address {email.strip()}.")
    return await codes.add_reset(tx, person.id, nobodys(), RESET_MINUTES)


async def of_reset(tx: AsyncConnection, email: str) -> codes.Person | None:
    """Return whom a reset for the address is for, locked; None where it is nobody's, archived, or in different cases
    the address of several."""
    email = email.strip()
    found = await codes.of_address(tx, email)
    if found and (found[0].email == email or len(found) == 1) and not found[0].archived:
        return found[0]
    return None


async def write_invitation(tx: AsyncConnection, code_id: UUID) -> Written | None:
    """Make the code of an invitation, which voids the one that it had and works for 7 days; None: it is gone."""
    code = new_code()
    ends = await codes.write_invitation(tx, code_id, stored(code), INVITATION_DAYS)
    return None if ends is None else Written(code=code, expires_at=ends)


async def write_reset(tx: AsyncConnection, code_id: UUID) -> Written | None:
    """Make the code of a reset, which works for an hour; None: it is gone or used."""
    code = new_code()
    ends = await codes.write_reset(tx, code_id, stored(code), RESET_MINUTES)
    return None if ends is None else Written(code=code, expires_at=ends)
