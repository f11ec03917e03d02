"""Two real apps on one real service, one attempt open in both: nothing is overwritten in silence, an end is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from lms_tui.client.api import Api
from lms_tui.client.outbox import Outbox
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import Backend
from lms_tui.tui.look import Look
from lms_tui.tui.screens.conflict import ConflictScreen
from lms_tui.tui.screens.quiz import QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.wire import accounts, fresh_start, quizzes
from tests.outbox.conftest import World
from tests.tui.quiz_service import practising

pytestmark = pytest.mark.anyio


@dataclass
class Way:
    """A way to the service that can be cut: a Unix socket in front of its own."""

    front: Path
    back: Path
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    is_cut: bool = False

    async def forward(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry bytes both ways until either side ends, or the way is cut."""
        if self.is_cut:
            to_client.close()
            return
        server, to_server = await asyncio.open_unix_connection(self.back)
        self.open |= {to_client, to_server}

        async def carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while piece := await source.read(65536):
                    to.write(piece)
                    await to.drain()
            to.close()

        await asyncio.gather(carry(client, to_server), carry(server, to_client))
        self.open -= {to_client, to_server}

    def cut(self) -> None:
        """Let nothing through any more."""
        self.is_cut = True
        for writer in tuple(self.open):
            writer.close()

    def mend(self) -> None:
        """Let everything through again."""
        self.is_cut = False


@dataclass
class Terminal:
    """One app, its outbox and its way to the service."""

    app: LmsApp
    pilot: Pilot[None]
    outbox: Outbox
    way: Way

    @property
    def text(self) -> str:
        """What stands on its screen."""
        strips = self.app.screen._compositor.render_strips()  # of a screen that was just pushed there are none yet
        return "\n".join(strip.text.rstrip() for strip in strips)

    def open(self, attempt: UUID) -> None:
        """Open an attempt: with two apps in one thread each has to be told that it is the one."""
        with self.app._context():
            self.app.push_screen(QuizScreen(attempt))

    async def press(self, *keys: str) -> None:
        """Type."""
        with self.app._context():
            await self.pilot.press(*keys)

    async def until(self, met: Callable[[], Any]) -> None:
        """Wait until something holds; fails with the screen as it is."""
        with anyio.move_on_after(20), self.app._context():
            while not met():
                await self.pilot.pause(0.02)
            await self.pilot.pause()
            return
        raise AssertionError(f"it never came so; the screen is\n{self.text}")

    async def see(self, words: str) -> None:
        """Wait until the screen says `words`."""
        await self.until(lambda: words in " ".join(self.text.split()))

    async def at(self, screen: type[Screen[Any]]) -> None:
        """Wait for a screen."""
        await self.until(lambda: isinstance(self.app.screen, screen))


Open = Callable[[Path], Awaitable[Terminal]]


@pytest.fixture
async def terminal(world: World, tmp_path: Path) -> AsyncIterator[Open]:
    """Return what opens the attempt in another app, whose outbox is in the folder given."""
    async with contextlib.AsyncExitStack() as stack:

        async def opened(folder: Path) -> Terminal:
            await asyncio.to_thread(folder.mkdir)
            way = Way(folder / "way.sock", world.socket)
            await stack.enter_async_context(await asyncio.start_unix_server(way.forward, way.front))
            stack.callback(way.cut)
            api = await world.owner(way.front)
            me = await api.call(accounts.ME, accounts.MeRequest())
            outbox = Outbox(folder / "outbox.sqlite", api, service="test", user=me.id)

            async def close() -> None:
                await outbox.close()
                await api.aclose()

            async def connect(_tell: object, _ask: object) -> Backend:
                await outbox.open()
                practice = partial(practising, folder)
                return Backend(api=api, outbox=outbox, user=me, close=close, practice=practice)

            app = LmsApp(connect, Look(), folder)
            pilot = await stack.enter_async_context(app.run_test(size=(80, 24)))
            await app.backend()
            return Terminal(app, pilot, outbox, way)

        yield opened


@dataclass
class Taken:
    """An attempt that is open, and what stands for its questions."""

    world: World
    api: Api
    lesson: UUID
    id: UUID

    def stands(self) -> list[str | None]:
        """The text of the option chosen for each question, in their order."""
        rows = self.world.db.execute(
            "SELECT (SELECT o.option_text FROM student_question_answers s JOIN question_answer_options o"
            " ON o.id = s.selected_option_id WHERE s.question_id = q.id) FROM questions q"
            " ORDER BY q.display_order NULLS LAST, q.created_at, q.id"
        ).fetchall()
        return [row[0] for row in rows]


@pytest.fixture
async def attempt(world: World) -> AsyncIterator[Taken]:
    """An open attempt of two questions with three options each."""
    api = await world.owner()
    me = await api.call(accounts.ME, accounts.MeRequest())
    (lesson,) = world.quiz_lessons(me.id, 1, 2)
    begun = await api.call(quizzes.START, quizzes.StartRequest(attempt_id=uuid4(), lesson_id=lesson))
    yield Taken(world, api, lesson, begun.id)
    await api.aclose()


async def both(terminal: Open, attempt: Taken, tmp_path: Path) -> tuple[Terminal, Terminal]:
    """Two terminals with the attempt open at its first question."""
    opened = [await terminal(tmp_path / name) for name in ("here", "there")]
    for one in opened:
        one.open(attempt.id)
        await one.see("question 1 of 2")
    return opened[0], opened[1]


def option(one: Terminal, number: int) -> str:
    """The text of the option of that number: each attempt has an order of its own."""
    screen = one.app.screen
    assert isinstance(screen, QuizScreen)
    assert screen._paper is not None
    return screen._paper.question.options[number - 1].text


async def test_both_answers_are_shown_and_the_learner_chooses(terminal: Open, attempt: Taken, tmp_path: Path) -> None:
    here, there = await both(terminal, attempt, tmp_path)
    first, second, third = (option(here, number) for number in (1, 2, 3))
    await here.press("1")
    await here.see("● saved")
    await there.press("2")
    await there.at(ConflictScreen)
    assert first in there.text
    assert second in there.text
    assert attempt.stands() == [first, None]
    await there.press("1")  # mine
    await there.see("● saved")
    assert attempt.stands() == [second, None]

    await here.press("3")  # which has not seen that
    await here.at(ConflictScreen)
    assert third in here.text
    assert second in here.text
    await here.press("2")  # the other
    await here.see("● saved")
    assert "2 (•)" in here.text
    assert attempt.stands() == [second, None]
    assert here.outbox.counts().refused == there.outbox.counts().refused == 0


async def test_answers_given_offline_meet_the_other_terminals_when_the_way_is_back(
    terminal: Open, attempt: Taken, tmp_path: Path
) -> None:
    here, there = await both(terminal, attempt, tmp_path)
    first, second = option(here, 1), option(here, 2)
    there.way.cut()
    await there.press("2")
    await there.see("waiting")
    await here.press("1")
    await here.see("● saved")
    there.way.mend()
    there.outbox.hurry()
    await there.at(ConflictScreen)
    assert first in there.text
    assert second in there.text
    await there.press("escape")  # later: the review does not let it be forgotten
    await there.press("r")
    await there.see("answered elsewhere too")
    assert attempt.stands() == [first, None]


async def test_a_submission_there_leads_to_the_result_here(terminal: Open, attempt: Taken, tmp_path: Path) -> None:
    here, there = await both(terminal, attempt, tmp_path)
    chosen = option(here, 1)
    await here.press("1")
    await here.see("● saved")
    await here.press("r")
    await here.see("s submits")
    await here.press("s")
    await here.see("no answer yet")
    await here.press("y")
    await here.at(ResultScreen)

    await there.press("2")
    await there.at(ResultScreen)
    await there.see("submitted on another terminal")
    assert there.outbox.counts().refused == 1
    assert attempt.stands() == [chosen, None]


async def test_a_submission_there_is_told_with_answers_still_in_the_outbox_here(
    terminal: Open, attempt: Taken, tmp_path: Path
) -> None:
    here, there = await both(terminal, attempt, tmp_path)
    there.way.cut()
    await there.press("1")
    await there.see("waiting")
    await there.press("right", "1")
    await there.see("waiting")
    questions = [UUID(str(row[0])) for row in attempt.world.db.execute("SELECT id FROM questions").fetchall()]
    await attempt.api.call(quizzes.SUBMIT, quizzes.SubmitRequest(attempt_id=attempt.id, questions=questions))
    there.way.mend()
    there.outbox.hurry()
    await there.at(ResultScreen)
    await there.see("submitted on another terminal")
    await there.until(lambda: there.outbox.counts().refused == 2)  # kept, and never in the way
    assert attempt.stands() == [None, None]

    await here.press("r")  # nothing was given here: the review asks
    await here.at(ResultScreen)
    await here.see("submitted on another terminal")


async def test_a_fresh_start_leads_to_the_start_page(terminal: Open, attempt: Taken, tmp_path: Path) -> None:
    here, there = await both(terminal, attempt, tmp_path)
    me = await attempt.api.call(accounts.ME, accounts.MeRequest())
    request = fresh_start.FreshStartRequest(id=uuid4(), lesson_id=attempt.lesson, learner_id=me.id)
    assert (await attempt.api.call(fresh_start.GIVE, request)).closed == 1
    await here.press("1")
    await here.at(QuizStartScreen)
    await here.see("given you a fresh start")
    await there.press("r")
    await there.at(QuizStartScreen)
    await there.see("Attempt 1 begins when you start")
