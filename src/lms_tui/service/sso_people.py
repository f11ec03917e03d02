"""Who comes in by single sign-on (domain.md, people, SSO): found by their address, or made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import accounts, codes, credentials, people
from lms_tui.db.queries import sso as queries
from lms_tui.rules import sso as rules
from lms_tui.service.people import RefusedPersonError, address, one_name
from lms_tui.service.settings import Issuer


class RefusedError(Exception):
    """Who may not come in so; the text is for the log, and `outcome` (`sso.ENDED`) says what they are told."""

    def __init__(self, outcome: str, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Vouched:
    """For whom an issuer vouches."""

    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Came:
    """Who came in, and when their session is issued."""

    user: UUID
    at: datetime
    made: bool
    """Whether they were not known before."""


async def may_enforce(connection: AsyncConnection) -> bool:
    """Tell whether `settings.enforce_sso` may be switched on: an administrator of now has signed in by SSO."""
    return await queries.administrator_came(connection)


def vouched(issuer: Issuer, claims: dict[str, Any]) -> Vouched:
    """Return for whom the claims of a good token vouch.

    Raises RefusedError for an address that is not verified, or not of a domain that is listed for this issuer.
    """
    email = claims.get("email")
    if not isinstance(email, str) or not rules.is_true(claims.get(issuer.verified_claim)):
        raise RefusedError("unverified", f"no e-mail address with {issuer.verified_claim}")
    try:
        email = address(email)
    except RefusedPersonError as error:
        raise RefusedError("unverified", f"an e-mail address that is none: {error}") from error
    if not rules.is_listed(email, issuer.domains):
        raise RefusedError("elsewhere", "a domain that is not listed")
    first, last = _name(claims.get("given_name"), "first"), _name(claims.get("family_name"), "last")
    if not first and not last:
        whole, _, rest = _name(claims.get("name"), "first").partition(" ")
        first, last = whole, rest.strip()
    return Vouched(email, first, last)


def _name(found: object, which: str) -> str:
    """Return a name that can be taken, '' in place of any other: it is not what somebody is kept out for."""
    try:
        return one_name(found, which) if isinstance(found, str) else ""
    except RefusedPersonError:
        return ""


async def come_in(tx: AsyncConnection, issuer: Issuer, who: Vouched) -> Came:
    """Return who has the address, made a STUDENT where nobody has and the issuer may, with their row locked.

    Names that stand already stay. Who has no password is given a row of credentials that no password opens, so that
    their sessions end like everybody's. Their invitations have done what they were for.
    Raises RefusedError, all alike to them: nobody has the address, it may mean two, they are archived, or an ADMIN
    where the issuer may sign none in.
    """
    await accounts.lock_address(tx, who.email)
    found = await codes.of_address(tx, who.email)
    if not found:
        if not issuer.create:
            raise RefusedError("nobody", "nobody has the address")
        user, made = await people.add(tx, who.email, who.first_name, who.last_name, "STUDENT"), True
    else:
        index = rules.whose(who.email, [person.email for person in found])
        if index is None:
            raise RefusedError("nobody", "the address may mean two people")
        person = found[index]
        if person.archived:
            raise RefusedError("nobody", "the person is archived")
        if person.role.upper() == "ADMIN" and not issuer.admins:
            raise RefusedError("nobody", "the person is an administrator, and this issuer signs none in")
        user, made = person.id, False
        first, last = person.first_name or who.first_name, person.last_name or who.last_name
        if (first, last) != (person.first_name, person.last_name):
            await people.name(tx, user, first, last)
    await codes.void_invitations(tx, who.email)
    if await credentials.hash_of(tx, user) is None:
        return Came(user, await credentials.change(tx, user, None), made)
    return Came(user, await credentials.now(tx), made)
