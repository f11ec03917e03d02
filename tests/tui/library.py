"""A real service on a real socket with a learner's courses in its database, and the app on it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import psycopg
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from lms_tui.client.api import Api
from lms_tui.client.mentor_file import MentorFile
from lms_tui.client.outbox import Outbox
from lms_tui.client.practice import Practice
from lms_tui.client.session import SignIn
from lms_tui.local.host import serve
from lms_tui.service.app import Service, create_app
from lms_tui.service.settings import Mentor, Settings
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import AskSignIn, Backend, Connect, Tell
from lms_tui.tui.look import Look

LessonOf = tuple[str, str, str]
"""Title, type and text of a lesson."""


@dataclass
class Library:
    """The service; `db` writes rows behind its back and reads what it wrote."""

    folder: Path
    database_url: str
    db: psycopg.Connection[tuple[Any, ...]]
    me: UUID = field(default_factory=uuid4)
    today: date = field(default_factory=lambda: datetime.now().astimezone().date())
    """The learner's day, by which practice goes."""
    mentor: Mentor | None = None
    """By whom the mentor speaks; set it before `open`, or open anew."""
    away: bool = False
    """While true the service says that it is away, as one that is being restarted behind a proxy does."""
    _running: asyncio.Task[None] | None = None
    _leave: asyncio.Event = field(default_factory=asyncio.Event)
    _service: Service | None = None
    _category: dict[str, UUID] = field(default_factory=dict)

    @property
    def socket(self) -> Path:
        return self.folder / "s.sock"

    async def open(self) -> None:
        """Begin to serve."""
        ready = asyncio.Event()
        secrets = self.folder / "secrets"
        service = create_app(Settings(database_url=self.database_url, secrets=secrets, mentor=self.mentor))
        self._service = service

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if self.away and scope["type"] == "http":
                await send({"type": "http.response.start", "status": 503, "headers": []})
                await send({"type": "http.response.body", "body": b""})
            else:
                await service(scope, receive, send)

        self._leave = asyncio.Event()
        self._running = asyncio.create_task(serve(app, self.socket, keep=self._leave.wait, on_ready=ready.set))
        await ready.wait()

    async def close(self) -> None:
        """Stop serving, as at a signal: the socket is gone, and the library may be opened again."""
        if self._running is not None:
            self._leave.set()
            await self._running
            self._running = None
        if self._service is not None:
            await self._service.close()
            self._service = None

    def category(self, name: str) -> UUID:
        if name not in self._category:
            self._category[name] = uuid4()
            self.db.execute("INSERT INTO categories (id, name) VALUES (%s, %s)", (self._category[name], name))
        return self._category[name]

    def person(self) -> UUID:
        """The machine's owner, who learns here; made by the service at the first session."""
        row = self.db.execute("SELECT id FROM users WHERE email <> 'codd@example.org' ORDER BY created_at").fetchone()
        assert row is not None
        self.me = row[0]
        return self.me

    def author(self) -> UUID:
        self.db.execute(
            "INSERT INTO users (email, first_name, last_name, role) SELECT 'codd@example.org', 'Edgar', 'Codd',"
            " 'CONTENT_CREATOR' WHERE NOT EXISTS (SELECT FROM users WHERE email = 'codd@example.org')"
        )
        row = self.db.execute("SELECT id FROM users WHERE email = 'codd@example.org'").fetchone()
        assert row is not None
        found: UUID = row[0]
        return found

    def course(
        self,
        title: str,
        chapters: Mapping[str, Sequence[LessonOf]] | None = None,
        *,
        category: str = "Databases",
        price: int = 0,
        description: str = "",
        enrolled: bool = False,
    ) -> UUID:
        """Add a published course."""
        course = uuid4()
        self.db.execute(
            "INSERT INTO courses (id, title, description, is_published, author_id, category_id, price_in_cents)"
            " VALUES (%s, %s, %s, true, %s, %s, %s)",
            (course, title, description, self.author(), self.category(category), price),
        )
        for order, (name, lessons) in enumerate((chapters or {}).items()):
            chapter = uuid4()
            self.db.execute(
                "INSERT INTO chapters (id, course_id, title, display_order) VALUES (%s, %s, %s, %s)",
                (chapter, course, name, order),
            )
            for place, (lesson, kind, text) in enumerate(lessons):
                link = text if kind == "video" else None
                self.db.execute(
                    "INSERT INTO lessons (chapter_id, title, type, description, display_order, file_s3_key)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    (chapter, lesson, kind, "" if link else text, place, link),
                )
        if enrolled:
            self.enrol(course)
        return course

    def enrol(self, course: UUID) -> None:
        self.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (self.person(), course))

    def shelf(self, number: int) -> None:
        """Add so many courses at once: "Course 0001" …, every third in Unix, every fifth for 49.00."""
        self.db.execute(
            "INSERT INTO courses (title, description, is_published, author_id, category_id, price_in_cents)"
            " SELECT 'Course ' || to_char(n, 'FM0000'), 'About number ' || n, true, %s,"
            " CASE WHEN n %% 3 = 0 THEN %s ELSE %s END::uuid, CASE WHEN n %% 5 = 0 THEN 4900 ELSE 0 END"
            " FROM generate_series(1, %s) n",
            (self.author(), self.category("Unix"), self.category("Databases"), number),
        )

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row, None where there is none."""
        row = self.db.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    def connect(self, machine: Path | None = None) -> Connect:
        """What the app reaches this service by, as its owner; `machine` keeps what another machine would."""
        state = machine or self.folder
        state.mkdir(exist_ok=True)

        async def connect(tell: Tell, _ask_sign_in: AskSignIn) -> Backend:
            tell("Opening the library…")
            api = Api(f"unix:{self.socket}")
            session = SignIn(api, "library", None)
            try:
                user = await session.owner()
            except BaseException:
                await api.aclose()
                raise
            outbox = Outbox(state / "outbox.sqlite", api, service="library", user=user.id)
            await outbox.open()

            async def close() -> None:
                await outbox.close()
                await api.aclose()

            practice = Practice(state / "practice.sqlite", service="library", user=user.id, today=lambda: self.today)
            kept = MentorFile(state / "mentor.sqlite", ("library", str(user.id)))
            return Backend(api, outbox, user, close, lambda: practice, mentor=lambda: kept)

        return connect


def type_ahead(app: App[Any], *keys: str) -> None:
    """Type all of `keys` before `app` has seen the first."""
    for key in keys:
        app.post_message(Key(_character_to_key(key), key) if len(key) == 1 else Key(key, "\r"))


class Reader:
    """The app, the keys typed into it, and what it shows."""

    def __init__(self, app: LmsApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""
        return self.app.screen

    def is_on(self, kind: type[Screen[Any]]) -> bool:
        """Whether the screen on top is of that kind."""
        return isinstance(self.app.screen, kind)

    @property
    def strips(self) -> list[Strip]:
        """The screen as it goes to the terminal."""
        return self.app.screen._compositor.render_strips()

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return ["".join(segment.text for segment in strip).rstrip() for strip in self.strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def here(self) -> str:
        """The line under the cursor."""
        return next((line for line in self.lines if line.startswith("▌")), "")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def press_ahead(self, *keys: str) -> None:
        """Type all of `keys` before the app has seen the first."""
        type_ahead(self.app, *keys)
        await self.pilot.pause()

    async def shows(self, *texts: str) -> None:
        """Wait until the screen holds all these texts."""
        await self.until(lambda: all(text in self.text for text in texts), str(texts))

    async def lacks(self, text: str) -> None:
        """Wait until the text has gone from the screen."""
        await self.until(lambda: text not in self.text, f"no {text}")

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        with anyio.move_on_after(8):
            while not holds():
                await self.pilot.pause(0.01)
        assert holds(), f"waited for {what}; the screen is\n{self.text}"


@asynccontextmanager
async def reading(
    library: Library,
    size: tuple[int, int] = (80, 24),
    connect: Connect | None = None,
    *,
    machine: Path | None = None,
) -> AsyncIterator[Reader]:
    """The app on the library, at home; `machine` is the state folder of another machine."""
    app = LmsApp(connect or library.connect(machine), Look(), machine or library.folder)
    async with app.run_test(size=size) as pilot:
        yield Reader(app, pilot)
