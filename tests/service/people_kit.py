"""Administrators at work: a school with people in it, asked over the private socket or over another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from lms_tui.service.settings import Settings
from lms_tui.wire import people, people_acts
from lms_tui.wire.operation import Operation, Request

from .conftest import House, housed
from .statement_kit import ask
from .statement_kit import private as over_private_socket


@asynccontextmanager
async def opened(database_url: str, secrets: Path) -> AsyncIterator["Office"]:
    """Yield the office of a service that sends no mail, with one administrator."""
    settings = Settings(database_url=database_url, secrets=secrets, sign_in_floor=0.0)
    async with housed(settings) as house, over_private_socket(house) as http:
        office = Office(house, UUID(int=0), http)
        office.admin = office.add("boss@x.org", "ADMIN", first="Bo")
        yield office


@dataclass
class Office:
    """A service, and an administrator with a password who asks it."""

    house: House
    admin: UUID
    http: httpx.AsyncClient
    """Over the private socket."""

    async def ask(
        self, operation: Operation[Any, Any], request: Request, user: UUID | None = None, *, private: bool = True
    ) -> httpx.Response:
        """Ask as `user`, the administrator unless given."""
        http = self.http if private else self.house.http
        return await ask(http, operation, request, self.house.session(user or self.admin))

    async def good(self, operation: Operation[Any, Any], request: Request, user: UUID | None = None) -> Any:
        """What a success answers."""
        reply = await self.ask(operation, request, user)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def addresses(self, **filters: Any) -> list[str]:
        """The addresses on a page of the list."""
        found = await self.good(people.LIST, people.ListRequest(**filters))
        return [one["email"] for one in found["people"]]

    async def person(self, who: object) -> Any:
        """All about one person."""
        return await self.good(people.PERSON, people.PersonRequest(who=str(who)))

    async def invite(self, email: str, own: UUID, **what: Any) -> httpx.Response:
        """Invite somebody."""
        return await self.ask(people_acts.INVITE, people_acts.InviteRequest(id=own, email=email, **what))

    def one(self, statement: str, *values: object) -> Any:
        """The one value of a statement."""
        row = self.house.db.execute(statement.encode(), values).fetchone()
        assert row is not None, statement
        return row[0]

    def add(self, email: str, role: str = "STUDENT", *, first: str = "Ada", password: bool = True) -> UUID:
        """Add a person, who has a password unless told otherwise."""
        own = self.house.person(role, email, "$argon2id$x" if password else None)
        self.house.db.execute("UPDATE users SET first_name = %s WHERE id = %s", (first, own))
        return own

    def group(self, name: str) -> UUID:
        """Add a group."""
        own: UUID = self.one("INSERT INTO groups (name) VALUES (%s) RETURNING id", name)
        return own

    def audits(self) -> list[tuple[UUID, str, UUID]]:
        """Actor, action and subject of each row of the audit, in order."""
        return self.house.db.execute("SELECT actor_id, action, subject_id FROM lms_tui.audit ORDER BY at").fetchall()


def code(reply: httpx.Response) -> str:
    """The stable code of a refusal."""
    assert reply.status_code != 200, reply.text
    return str(reply.json()["code"])
