"""What was said before comes as one scrolls up to it: once, in its place, and again where it could not be had."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Reader
from tests.tui.quiz_service import QuizService, taking
from textual.app import ComposeResult

from lms_tui.client.errors import Unreachable
from lms_tui.tui.screens.conversation import ConversationScreen
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets.conversation import MOST_TURNS
from lms_tui.wire.mentor import Message, Role, Thread
from lms_tui.wire.mentor_threads import ThreadPage

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Told(ConversationScreen[None]):
    """A conversation whose earlier page comes when it is let go."""

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        super().__init__("Told")
        self.asked: list[UUID] = []
        self.go = asyncio.Event()
        self.away = False

    def body(self) -> ComposeResult:
        """Yield the conversation."""
        yield self._view

    async def page_before(self, message: UUID) -> ThreadPage:
        """Return one message, the first of all."""
        self.asked.append(message)
        await self.go.wait()
        if self.away:
            raise Unreachable("Nobody answers.")
        thread = Thread(id=uuid4(), lesson_id=uuid4(), title="", active=True, created_at=NOON, updated_at=NOON)
        said = Message(id=uuid4(), role=Role.USER, text="The very first.", created_at=NOON)
        return ThreadPage(thread=thread, lesson_title="", course_title="", messages=[said], earlier=False)


def turns(word: str, many: int = 30) -> list[Turn]:
    return [Turn(uuid4(), mine=True, text=f"{word} {number}") for number in range(many)]


async def go_up(reader: Reader, screen: Told) -> None:
    """Go to the first line once all lines are made: pressed before, home ends at the first of those there are."""
    await reader.until(lambda: all(shown.made for shown in screen._view._turns))
    await reader.press("home")


async def go_up_from_the_end(reader: Reader, screen: Told) -> None:
    """Open the screen, with others before what it shows, and go to the first line."""
    reader.app.push_screen(screen)
    await reader.until(lambda: screen.is_current)
    screen._view.show(turns("Old"), earlier=True)
    screen._view.focus()
    await reader.shows("Old 29")
    await go_up(reader, screen)


async def test_it_is_put_before_the_first_turn(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        reader, screen = Reader(app, pilot), Told()
        await go_up_from_the_end(reader, screen)
        first = screen._view.turns[0].id
        await reader.until(lambda: screen.asked == [first])
        screen.go.set()
        await reader.until(lambda: len(screen._view.turns) == 31)
        assert screen._view.turns[0].text == "The very first."
        await go_up(reader, screen)
        await reader.shows("The very first.", "Old 0")
        assert screen.asked == [first]


@pytest.mark.parametrize("how", ["another conversation", "the oldest are let go"])
async def test_what_was_wanted_before_a_turn_that_is_not_the_first_any_more_is_left_out(
    tmp_path: Path, how: str
) -> None:
    """It would stand before a gap."""
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        reader, screen = Reader(app, pilot), Told()
        await go_up_from_the_end(reader, screen)
        await reader.until(lambda: len(screen.asked) == 1)
        if how == "another conversation":
            screen._view.show(turns("New"), earlier=True)
            await reader.shows("New 29")
        else:
            for turn in turns("New", MOST_TURNS):
                screen._view.add(turn)
            await reader.shows(f"New {MOST_TURNS - 1}")
            await reader.until(lambda: len(screen._view.turns) <= MOST_TURNS)
        here = screen._view.turns
        assert here[0].id != screen.asked[0]
        screen.go.set()
        await reader.until(lambda: not [one for one in screen.workers if one.group == "earlier"])
        assert screen._view.turns == here
        await go_up(reader, screen)
        await reader.until(lambda: screen._view.turns[1:] == here)
        assert screen.asked[1] == here[0].id


async def test_what_could_not_be_had_is_said_and_asked_for_again(tmp_path: Path) -> None:
    async with taking(QuizService(), tmp_path) as (app, pilot, _):
        reader, screen = Reader(app, pilot), Told()
        screen.away = True
        screen.go.set()
        await go_up_from_the_end(reader, screen)
        await reader.shows("What was said before cannot be shown now: Nobody answers.", "Old 0")
        screen.away = False
        await reader.press("down", "up")
        await reader.until(lambda: len(screen._view.turns) == 31)
