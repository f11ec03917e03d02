"""A way in for tests of the forms: what it answers is said beforehand, and what it was given is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import anyio

from lms_tui.client.errors import ClientError, from_problem
from lms_tui.client.tokens import Kind
from lms_tui.wire.accounts import Session, User
from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.operation import Answered, Ask, Operation

ADA = User(id=UUID(int=4), email="ada@example.org", first_name="Ada", last_name="L.", role="STUDENT")


def refused(code: Code, detail: str, field: str | None = None, **more: Any) -> ClientError:
    """Return the refusal of a field."""
    return from_problem(Problem(status=422, code=code, title="", detail=detail, field=field, **more))


@dataclass
class Door:
    """Answers by the operation's name: a reply, a refusal to raise, or what gives one of them."""

    answers: dict[str, Any] = field(default_factory=dict)
    given: list[tuple[str, Any]] = field(default_factory=list)
    kept: Kind = "keyring"
    guests: bool = False
    issuers: tuple[str, ...] = ()
    issuers_only: bool = False
    company: str = ""
    opened: anyio.Event | None = None
    """While it is set, and not, a question waits."""

    async def sign_in(self, email: str, password: str) -> User:
        return cast("User", await self._answer("accounts.sign_in", (email, password)))

    async def begin(self, operation: Operation[Ask, Session], request: Ask) -> User:
        return cast("User", await self._answer(operation.name, request))

    async def come_in(self, session: Session) -> User:
        self.given.append(("come_in", session))
        return session.user

    async def ask(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        return cast("Answered", await self._answer(operation.name, request))

    async def rename(self, user: User) -> None:
        self.given.append(("rename", user))

    async def sign_out(self) -> None:
        self.given.append(("sign_out", None))

    async def _answer(self, name: str, request: Any) -> Any:
        self.given.append((name, request))
        if self.opened is not None:
            await self.opened.wait()
        answer = self.answers[name]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer
