"""Looking around without signing in: what is open, that nothing is kept, and coming in at the very same place."""

from pathlib import Path
from typing import Any

import pytest
from tests.rows import row_hashes
from tests.tui.library import Library, Reader, reading

from lms_tui.client import ring, tokens
from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError
from lms_tui.tui.backend import Connect
from lms_tui.tui.connect import connector
from lms_tui.tui.guests import GuestApi
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.screens.catalog import CatalogScreen
from lms_tui.tui.screens.course import CourseScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.start import StartConfig
from lms_tui.wire import accounts, courses, people
from lms_tui.wire.operation import Operation

pytestmark = pytest.mark.anyio

PASSWORD = "a long enough pass phrase"
TEXT = "# Inner\n\n" + "\n\n".join(f"Paragraph {number} of the text." for number in range(80))
CHAPTERS = {"Joins": [("Inner joins", "text", TEXT), ("Check yourself", "quiz", "")]}
FOR_PEOPLE = {
    "outbox",
    "home.statistics",
    "home.practice",
    "home.teach",
    "home.continue",
    "catalog.state",
    "course.enrol",
    "course.leave",
    "course.continue",
    "course.history",
    "lesson.done",
}


async def test_what_is_for_people_is_not_even_asked_whatever_their_role(tmp_path: Path) -> None:
    api = GuestApi(Api(f"unix:{tmp_path / 'nobody-listens'}"), "")
    asked: tuple[Operation[Any, Any], ...] = (accounts.ME, courses.LIST, people.LIST)
    for operation in asked:
        with pytest.raises(ClientError, match="f7 signs you in"):
            await api.call(operation, operation.request())


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def guests(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library that lets guests in, with a person who can sign in."""

    async def no_keyring(*_: object) -> None:
        raise ring.NoKeyringError

    monkeypatch.setattr(tokens.TokenStore, "_keyring", no_keyring)
    columns = "unregistered_user_courses_accessibility, company_name"
    library.db.execute(f"INSERT INTO settings ({columns}) VALUES (true, 'Hill\x1b [b]School')".encode())
    service = library._service
    assert service is not None
    library.db.execute(
        "WITH ada AS (INSERT INTO users (email, first_name, last_name, role)"
        " VALUES ('ada@example.org', 'Ada', 'L.', 'STUDENT') RETURNING id)"
        " INSERT INTO credentials (user_id, password_hash, updated_at)"
        " SELECT id, %s, now() - interval '1 hour' FROM ada",
        (service.shared.passwords.hash_now(PASSWORD),),
    )
    library.course("Databases", CHAPTERS)
    library.course("Query plans", CHAPTERS, price=4900)
    return library


def remote(library: Library, state: Path, *, kiosk: bool = False) -> Connect:
    """What the program reaches a service somewhere else by."""
    return connector(StartConfig(state=state, service=f"unix:{library.socket}", place="library", kiosk=kiosk))


def kept_in(state: Path) -> dict[str, bytes]:
    """What stands in the folder of the program's state."""
    return {str(path.relative_to(state)): path.read_bytes() for path in state.rglob("*") if path.is_file()}


async def look_around(reader: Reader) -> None:
    await reader.until(lambda: reader.is_on(SignInScreen))
    await reader.shows("f8 looks around without signing in", "f8 look around")
    await reader.press("f8")
    await reader.shows(
        "Hill [b]School",
        "You are here as a guest",
        "Browse the catalog",
        "2 courses",
        "guest, f7 signs in",
        "f7 sign in",
    )


async def sign_in_as_ada(reader: Reader) -> None:
    await reader.press("f7")
    await reader.until(lambda: reader.is_on(SignInScreen))
    assert "look around" not in reader.text
    await reader.press(*"ada@example.org", "enter")
    await reader.press(*("space" if letter == " " else letter for letter in PASSWORD), "enter")
    await reader.until(lambda: not reader.is_on(SignInScreen) and not reader.app.is_guest)
    await reader.lacks("guest, f7 signs in")


async def to_the_lesson(reader: Reader) -> None:
    await reader.press("slash")
    await reader.shows("Databases", "Query plans", "49.00 USD")
    await reader.press("enter")
    await reader.shows("Sign in (f7) to take this course.", "Inner joins")
    await reader.press("enter")
    await reader.shows("You read as a guest: nothing is recorded.", "Paragraph 0")


def first_words(reader: Reader) -> str:
    """The first line of the text that is in sight."""
    return next(line for line in reader.lines[1:] if line.strip().startswith("Paragraph"))


def offered(reader: Reader) -> set[str]:
    """The ids of the commands on the screen on top."""
    return {command.id for command in reader.screen.commands()}  # type: ignore[attr-defined]


async def test_a_guest_looks_around_and_nothing_is_kept_anywhere(guests: Library, state: Path) -> None:
    rows = row_hashes(guests.db)
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        assert not FOR_PEOPLE & offered(reader)
        await to_the_lesson(reader)
        await reader.press(*["pagedown"] * 3)
        await reader.lacks("Paragraph 0 ")
        assert not FOR_PEOPLE & offered(reader)
        await reader.press("d", "f3")  # done, and the outbox: neither is a guest's
        await reader.pilot.pause()
        assert reader.is_on(LessonScreen)
        await reader.press("n")
        await reader.shows("You have to be signed in for this: f7 signs you in.")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(CourseScreen))
        assert not FOR_PEOPLE & offered(reader)
        await reader.press("down", "enter")
        await reader.shows("Sign in (f7) and enrol: then this lesson opens.")
        await reader.press("e", "L", "escape")
        await reader.until(lambda: reader.is_on(CatalogScreen))
        assert not FOR_PEOPLE & offered(reader)
        await reader.press("down", "enter")
        await reader.shows("Query plans", "Sign in (f7) to take this course.")
        await reader.press("enter")
        await reader.shows("Sign in (f7) and enrol: then this lesson opens.")
    assert kept_in(state) == {}
    assert row_hashes(guests.db) == rows


async def test_help_names_the_keys_of_a_guest_and_not_those_of_people(guests: Library, state: Path) -> None:
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        await reader.press("question_mark")
        await reader.shows("On every screen", "Sign in, and come back to this very place.")
        assert "waits to be sent" not in reader.text


async def test_signing_in_comes_back_to_the_same_line_of_the_same_lesson(guests: Library, state: Path) -> None:
    """Whoever it is had left the lesson elsewhere: here they are now, and that is kept as theirs."""
    guests.db.execute(
        "INSERT INTO student_courses (user_id, course_id) SELECT u.id, c.id FROM users u, courses c"
        " WHERE u.email = 'ada@example.org' AND c.title = 'Databases'"
    )
    guests.db.execute(
        "INSERT INTO lms_tui.reading_positions (user_id, lesson_id, block, letters)"
        " SELECT u.id, l.id, 60, 0 FROM users u, lessons l JOIN chapters ch ON ch.id = l.chapter_id"
        " JOIN courses c ON c.id = ch.course_id"
        " WHERE u.email = 'ada@example.org' AND l.title = 'Inner joins' AND c.title = 'Databases'"
    )
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        await to_the_lesson(reader)
        await reader.press(*["pagedown"] * 2)
        await reader.lacks("Paragraph 0 ")
        await reader.lacks("nothing is recorded")
        await reader.shows("Paragraph ")
        lesson, here = reader.screen, first_words(reader)
        await sign_in_as_ada(reader)
        await reader.shows("d done", "Paragraph ")
        assert reader.screen is lesson
        assert first_words(reader) == here
        await reader.until(lambda: guests.one("SELECT count(*) FROM student_lesson_progress WHERE is_started") == 1)
        await reader.press("escape")
        await reader.shows("started", "0 of 2 lessons done")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(CatalogScreen))
        assert "catalog.state" in offered(reader)
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(HomeScreen))
        await reader.shows("Continue", "Inner joins", "s stats")
        assert "sign_in" not in offered(reader)
    left = guests.one("SELECT block FROM lms_tui.reading_positions")
    assert 0 < left < 60
    assert {"outbox.sqlite", "places.json"} <= kept_in(state).keys()


async def test_leaving_the_sign_in_goes_on_as_a_guest_at_the_same_place(guests: Library, state: Path) -> None:
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        await to_the_lesson(reader)
        await reader.press("f7")
        await reader.until(lambda: reader.is_on(SignInScreen))
        await reader.press("f8", "escape")
        await reader.until(lambda: reader.is_on(LessonScreen))
        assert reader.app.is_guest
        await reader.shows("Paragraph 0", "guest, f7 signs in")


async def test_a_kiosk_begins_as_a_guest_and_who_signs_in_there_leaves_no_session(guests: Library, state: Path) -> None:
    async with reading(guests, connect=remote(guests, state, kiosk=True), machine=state) as reader:
        reader.app.kiosk, reader.app.places = True, ReadingPlaces(None)
        await reader.shows("You are here as a guest", "2 courses")
        await reader.press("slash")
        await reader.shows("Databases")
        await reader.press("down")
        await reader.until(lambda: reader.here.startswith("▌Query plans"))
        await sign_in_as_ada(reader)
        assert reader.is_on(CatalogScreen)
        assert reader.here.startswith("▌Query plans")
        await reader.shows("t taken")
        while not reader.is_on(HomeScreen):
            await reader.press("escape")
            await reader.pilot.pause()
        await reader.press("o")
        await reader.shows("You are here as a guest", "2 courses")
        assert reader.app.is_guest
        assert "ada" not in str(kept_in(state)).lower(), "nothing of hers is there for the next one"
    kept = kept_in(state)
    assert "sessions" not in {Path(name).parts[0] for name in kept}
    assert "ada" not in str(kept).lower()


async def test_where_guests_are_not_let_in_nothing_is_offered(guests: Library, state: Path) -> None:
    guests.db.execute("UPDATE settings SET unregistered_user_courses_accessibility = false")
    async with reading(guests, connect=remote(guests, state, kiosk=True), machine=state) as reader:
        await reader.until(lambda: reader.is_on(SignInScreen))
        assert "look around" not in reader.text
        await reader.shows("Sign in at Hill [b]School")
        await reader.press("f8")
        await reader.pilot.pause()
        assert reader.is_on(SignInScreen)


async def test_a_setting_that_is_switched_off_meanwhile_ends_the_visit_with_the_sign_in(
    guests: Library, state: Path
) -> None:
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        guests.db.execute("UPDATE settings SET unregistered_user_courses_accessibility = false")
        await reader.press("slash")
        await reader.shows("You are not signed in", "r tries again")
        await reader.press("r")
        await reader.until(lambda: reader.is_on(SignInScreen))
        assert "look around" not in reader.text


async def test_what_a_guest_fetches_goes_with_the_guest(guests: Library, state: Path) -> None:
    async with reading(guests, connect=remote(guests, state), machine=state) as reader:
        await look_around(reader)
        folder = reader.app.files_folder
        assert state not in folder.parents
        folder.mkdir()
        (folder / "film.mp4").write_bytes(b"film")
        await sign_in_as_ada(reader)
        await reader.until(lambda: not folder.exists())
        assert reader.app.files_folder == state / "fetched"
