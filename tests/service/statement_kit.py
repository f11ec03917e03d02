"""Counts the statements that the service sends to PostgreSQL, and makes requests of operations that are not its own."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg import AsyncCursor

from lms_tui.wire.operation import Access, Operation, Request

from .conftest import House
from .mentor_kit import add_mentor, add_message, add_thread
from .quiz_kit import Quiz, full_quiz


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the list of the statements that are sent from now on, in their order, those of a pipeline each by itself.

    The service's connections are psycopg's asynchronous ones, of which every statement is one of a cursor; those of
    the tests are not asynchronous. BEGIN and COMMIT, which a transaction adds, are not among them.
    """
    sent: list[str] = []
    execute, executemany, copy = AsyncCursor.execute, AsyncCursor.executemany, AsyncCursor.copy

    def note(statement: Any) -> None:
        sent.append(" ".join((statement if isinstance(statement, str) else str(statement)).split()))

    async def one(self: Any, query: Any, *given: Any, **how: Any) -> Any:
        note(query)
        return await execute(self, query, *given, **how)

    async def many(self: Any, query: Any, params_seq: Iterable[Any], **how: Any) -> None:
        rows = list(params_seq)
        for _ in rows:
            note(query)
        await executemany(self, query, rows, **how)

    def copied(self: Any, statement: Any, *given: Any, **how: Any) -> Any:
        note(statement)
        return copy(self, statement, *given, **how)

    with monkeypatch.context() as patch:
        patch.setattr(AsyncCursor, "execute", one)
        patch.setattr(AsyncCursor, "executemany", many)
        patch.setattr(AsyncCursor, "copy", copied)
        yield sent


@dataclass
class World:
    """A service in use: a course with a full quiz, a learner with an open and a submitted attempt, an author, an
    admin, and thirty other courses.
    """

    quiz: Quiz
    author: UUID
    admin: UUID
    attempt: str
    """The learner's open attempt, with an answer to the question `one`."""
    submitted: str
    text_lesson: UUID
    """With a mentor."""
    thread: UUID
    """The learner's active one with that mentor; something was said in it."""

    @property
    def house(self) -> House:
        """The service."""
        return self.quiz.house

    def one(self, statement: str, *values: object) -> Any:
        """The one value of a statement that is not counted."""
        row = self.house.db.execute(statement.encode(), values).fetchone()
        assert row is not None, statement
        return row[0]

    async def send(self, operation: Operation[Any, Any], request: Request, body: bytes | None = None) -> httpx.Response:
        """Send `request` as whoever may: the owner, an admin for what is staff's and for previews, else the learner."""
        headers = {}
        if operation.access in (Access.GUEST, Access.SIGNED_IN, Access.STAFF):
            staffs = operation.access is Access.STAFF or operation.name.startswith(("preview.", "courses."))
            headers = self.house.session(self.admin if staffs else self.quiz.learner)
        elif operation.access is Access.ADMIN:
            headers = self.house.session(self.admin)
        if operation.access in (Access.OWNER, Access.ADMIN):
            async with private(self.house) as http:
                return await ask(http, operation, request, headers, body)
        return await ask(self.house.http, operation, request, headers, body)


@asynccontextmanager
async def private(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a way to ask the service over the private socket of the machine's owner."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await house.service({**scope, "state": {"owner": True}}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service") as http:
        yield http


async def ask(
    http: httpx.AsyncClient,
    operation: Operation[Any, Any],
    request: Request,
    headers: dict[str, str],
    body: bytes | None = None,
) -> httpx.Response:
    """Send `request` as HTTP has it, `body` where the operation uploads."""
    path, rest = operation.address(request)
    if operation.has_body:
        return await http.request(operation.method, path, json=rest, headers=headers)
    query = {name: str(value).lower() if isinstance(value, bool) else value for name, value in rest.items()}
    return await http.request(operation.method, path, params=query, content=body, headers=headers)


PASSWORD = "a long enough pass phrase"


async def populated(house: House) -> World:
    """Make the world."""
    quiz = full_quiz(house)
    first = await quiz.start()
    await quiz.set_answer(first["id"], "one", quiz.right("one"))
    await quiz.submit(first["id"])
    second = await quiz.start()
    await quiz.set_answer(second["id"], "one", quiz.right("one"))
    author = quiz.count("SELECT author_id FROM courses WHERE id = %s", quiz.course)
    house.person("ADMIN", "admin@example.org", house.service.shared.passwords.hash_now(PASSWORD))
    admin = quiz.count("SELECT id FROM users WHERE email = 'admin@example.org'")
    house.db.execute("UPDATE credentials SET updated_at = now() - interval '1 hour'")
    for number in range(30):
        house.course(author, f"Other {number}")
    text_lesson = quiz.count("SELECT id FROM lessons WHERE title = 'Lesson 1.1' ORDER BY created_at LIMIT 1")
    add_mentor(house, text_lesson)
    thread = add_thread(house, quiz.learner, text_lesson)
    add_message(house, thread, "What is a join?")
    return World(quiz, author, admin, second["id"], first["id"], text_lesson, thread)
