"""A service on a real database, and people to call it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from lms_tui.service.app import Service, create_app
from lms_tui.service.settings import Issuer, Mail, Settings


@dataclass
class House:
    """A service, a way to ask it, and a connection that writes rows behind its back."""

    service: Service
    http: httpx.AsyncClient
    db: psycopg.Connection[tuple[Any, ...]]

    def person(self, role: str = "STUDENT", email: str | None = None, password_hash: str | None = None) -> UUID:
        """Add a person."""
        user = uuid4()
        self.db.execute(
            "INSERT INTO users (id, email, first_name, last_name, role) VALUES (%s, %s, 'Ada', 'L', %s)",
            (user, email or f"{user}@example.org", role),
        )
        if password_hash:
            self.db.execute("INSERT INTO credentials (user_id, password_hash) VALUES (%s, %s)", (user, password_hash))
        return user

    def sso(self, secret: str, user: UUID | None = None) -> UUID:
        """Add a sign-in at ISSUER of the client with `secret`, under way or ended as `user`; return its id."""
        own = uuid4()
        self.db.execute(
            "INSERT INTO lms_tui.sso_sign_ins VALUES (%s, sha256(%s), 'school', '', '', 'WDJB-MJHT',"
            " 'https://id.example.org/go', '', 5, now(), now() + interval '10 min', %s, %s, clock_timestamp())",
            (own, secret.encode(), user and "signed_in", user),
        )
        return own

    def session(self, user: UUID) -> dict[str, str]:
        """Headers of a session of `user`, issued now."""
        row = self.db.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None
        return {"authorization": f"Bearer {self.service.shared.tokens.sign('access', user, row[0])}"}

    def course(self, author: UUID, title: str, *, published: bool = True, price: int = 0) -> UUID:
        """Add a course in a category of its own, with two chapters of two lessons; one more chapter is archived."""
        category, course = uuid4(), uuid4()
        self.db.execute("INSERT INTO categories (id, name) VALUES (%s, %s)", (category, f"About {title}"[:100]))
        self.db.execute(
            "INSERT INTO courses (id, title, is_published, price_in_cents, author_id, category_id)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (course, title, published, price, author, category),
        )
        for order, archived in ((1, None), (2, False), (3, True)):
            chapter = uuid4()
            self.db.execute(
                "INSERT INTO chapters (id, course_id, title, display_order, archived) VALUES (%s, %s, %s, %s, %s)",
                (chapter, course, f"Chapter {order}", order, archived),
            )
            for place, kind in ((1, "text"), (2, "Quiz")):
                self.db.execute(
                    "INSERT INTO lessons (chapter_id, type, title, display_order) VALUES (%s, %s, %s, %s)",
                    (chapter, kind, f"Lesson {order}.{place}", place),
                )
        return course


@asynccontextmanager
async def housed(settings: Settings) -> AsyncIterator[House]:
    """A service with these settings."""
    service = create_app(settings)
    service.open()
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        with psycopg.connect(settings.database_url, autocommit=True) as db:
            yield House(service, http, db)
    await service.close()


MAIL = Mail("localhost", 1, "none", "school@example.org", "https://learn.example.org")
"""A mail server that is not there: what is to be sent stays in the queue."""

ISSUER = Issuer("school", "https://id.example.org", "lms-tui", ("example.org",))
"""An issuer that is not there: what is under way at it can be asked about."""


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service on an empty database, whose mailer is not started."""
    secrets = tmp_path / "secrets"
    settings = Settings(database_url, secrets, sign_in_floor=0.0, mail=MAIL, issuers=(ISSUER,))
    async with housed(settings) as made:
        yield made
