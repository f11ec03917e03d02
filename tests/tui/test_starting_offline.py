"""A start while the service is away: as the person of the session that was kept, with what waits for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Library, Reader, reading

from lms_tui.client import ring, tokens
from lms_tui.client.api import Api
from lms_tui.client.outbox_file import OutboxFile
from lms_tui.client.session import SignIn
from lms_tui.tui.backend import Connect
from lms_tui.tui.connect import connector
from lms_tui.tui.screens import base
from lms_tui.tui.screens.outbox import OutboxScreen
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.start import StartConfig
from lms_tui.wire import learning

pytestmark = pytest.mark.anyio

CHAPTERS = {"Joins": [("Inner joins", "text", "# Inner"), ("Outer joins", "text", "# Outer")]}
AWAY = "There is no connection to the local service"
DONE = "SELECT count(*) FROM student_lesson_progress WHERE is_completed"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def remote(library: Library, state: Path, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """What the program reaches a service somewhere else by, with sessions in a file."""

    async def no_keyring(*_: object) -> None:
        raise ring.NoKeyringError

    monkeypatch.setattr(tokens.TokenStore, "_keyring", no_keyring)
    return connector(StartConfig(state=state, service=f"unix:{library.socket}", place="library"))


async def signed_in_before(library: Library, state: Path) -> None:
    """Leave on this machine what a run leaves: the session."""
    api = Api(f"unix:{library.socket}")
    await SignIn(api, "library", None).owner()
    assert api.session is not None
    await tokens.TokenStore(state / "sessions").save("library", api.session)
    await api.aclose()


def left_in_the_outbox(library: Library, state: Path) -> UUID:
    """Leave a lesson that was done while nobody was there."""
    lesson: UUID = library.one("SELECT id FROM lessons WHERE title = 'Inner joins'")
    file = OutboxFile(state / "outbox.sqlite", ("library", str(library.me)))
    file.open()
    file.keep(learning.COMPLETE, learning.ProgressRequest(lesson_id=lesson, id=uuid4()), "Inner joins is done")
    file.close()
    return lesson


Prepared = Callable[[], Awaitable[None]]


@pytest.fixture
def prepared(library: Library, state: Path) -> Prepared:
    """Somebody signed in before and did a lesson; then the service went away."""

    async def prepare() -> None:
        library.course("Databases", CHAPTERS, enrolled=True)
        await signed_in_before(library, state)
        left_in_the_outbox(library, state)
        await library.close()

    return prepare


async def sees_what_waits(reader: Reader) -> None:
    await reader.shows(AWAY, "You are here as", "1 waiting, offline", "r try again")
    await reader.press("f3")
    await reader.shows("Inner joins is done", "1 thing on the way to the service")


async def test_home_is_there_as_the_same_person_and_goes_on_by_itself(
    library: Library, remote: Connect, prepared: Prepared
) -> None:
    await prepared()
    name = library.one("SELECT first_name FROM users WHERE id = %s", library.me)
    async with reading(library, connect=remote) as reader:
        await sees_what_waits(reader)
        await reader.press("escape")
        await reader.shows(f"You are here as {name}")
        await library.open()
        await reader.shows("Continue", "Outer joins", "Databases", "saved")
        assert library.one(DONE) == 1
        await reader.press("c")
        await reader.shows("1 Joins › Outer joins")


async def test_what_waits_goes_while_it_is_looked_at_and_home_is_there_on_coming_back(
    library: Library, remote: Connect, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms_tui.client.outbox.LONGEST_PAUSE", 0.5)
    await prepared()
    async with reading(library, connect=remote) as reader:
        await reader.shows(AWAY)
        reader.screen._again.stop()  # type: ignore[attr-defined]
        await sees_what_waits(reader)
        await library.open()
        await reader.shows("All saved", "Nothing waits")
        assert reader.is_on(OutboxScreen)
        await reader.press("escape")
        await reader.shows("Continue", "Outer joins")


async def test_the_first_delivery_brings_home_back_at_once(
    library: Library, remote: Connect, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms_tui.client.outbox.LONGEST_PAUSE", 0.5)
    await prepared()
    async with reading(library, connect=remote) as reader:
        await reader.shows(AWAY)
        reader.screen._again.stop()  # type: ignore[attr-defined]  # only the outbox tries again
        await library.open()
        await reader.shows("Continue", "Outer joins")


async def test_one_key_asks_at_once_and_only_one_timer_asks_again(
    library: Library, remote: Connect, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_LONGEST_PAUSE", 3600.0)
    await signed_in_before(library, state)
    await library.close()
    async with reading(library, connect=remote) as reader:
        await reader.shows(AWAY, "offline")
        for failures in range(2, 6):
            await reader.press("r")
            await reader.until(lambda n=failures: reader.screen._failures == n)  # type: ignore[attr-defined, misc]
        again = reader.screen._again  # type: ignore[attr-defined]
        await reader.press("r")
        await reader.until(lambda: reader.screen._failures == 6)  # type: ignore[attr-defined]
        assert again._task is None or again._task.done() or again._task.cancelling(), "the one before is gone"
        await library.open()
        await reader.press("r")
        await reader.shows("Welcome", "Browse the catalog")


async def test_the_person_and_what_waits_are_there_before_the_service_has_answered(
    library: Library, remote: Connect, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that swallows everything takes seconds to say so."""
    await prepared()
    never = asyncio.Event()

    async def swallowed(*_: object, **__: object) -> None:
        await never.wait()

    monkeypatch.setattr("lms_tui.client.transport.Transport.send", swallowed)
    began = time.monotonic()
    async with reading(library, connect=remote) as reader:
        await reader.shows("1 waiting", "Reaching unix:")
        await reader.press("f3")
        await reader.shows("Inner joins is done", "on its way")
        await reader.press("escape", "q")
        await reader.until(lambda: not reader.app.is_running)
    assert time.monotonic() - began < 8


async def test_who_never_signed_in_is_told_that_nobody_is_there(library: Library, remote: Connect) -> None:
    await library.close()
    async with reading(library, connect=remote) as reader:
        await reader.shows(AWAY, "r try again", "offline")
        assert "You are here as" not in reader.text
        await library.open()
        await reader.press("r")
        await reader.shows("E-mail address", "Password")
        assert reader.is_on(SignInScreen)


async def test_a_session_that_ended_meanwhile_asks_who_is_there_and_loses_nothing(
    library: Library, remote: Connect, prepared: Prepared
) -> None:
    await prepared()
    async with reading(library, connect=remote) as reader:
        await reader.shows(AWAY, "1 waiting, offline")
        library.db.execute("UPDATE credentials SET updated_at = now() + interval '1 day'")
        library.db.execute("UPDATE users SET archived = true")
        await library.open()
        await reader.shows("You are not signed in", "1 waiting")
        assert "offline" not in reader.text
        await reader.press("r")
        await reader.until(lambda: reader.is_on(SignInScreen), "signing in")
    assert library.one(DONE) == 0
