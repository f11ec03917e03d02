"""One's own account, by keys, on a real service: names, password, signing out, and what the next person sees."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.client.test_mentor_file import page
from tests.tui.library import Library, Reader, reading

from lms_tui.client import ring, tokens
from lms_tui.client.api import Api
from lms_tui.client.errors import Unreachable
from lms_tui.client.mentor_file import MentorFile
from lms_tui.client.session import SignIn
from lms_tui.service.passwords import Passwords
from lms_tui.tui.connect import connector
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.screens import export
from lms_tui.tui.screens.account import AccountScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.sign_in import SignInScreen
from lms_tui.tui.start import StartConfig
from lms_tui.wire import joining, learning
from lms_tui.wire.accounts import ME, MeRequest
from lms_tui.wire.operation import Answered, Ask, Operation

pytestmark = pytest.mark.anyio

ADA, BEN = "ada@x.org", "ben@x.org"
PASSWORD = "two horses"
CHAPTERS = {"Joins": [("Inner joins", "text", "# Inner\n" + "A line.\n\n" * 60), ("Outer joins", "text", "# Outer")]}
DONE = "SELECT count(*) FROM student_lesson_progress WHERE is_completed"


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: object) -> None:
        raise ring.NoKeyringError

    monkeypatch.setattr(tokens.TokenStore, "_keyring", none)


@pytest.fixture
def people(library: Library) -> dict[str, UUID]:
    """Ada, who has a course, and Ben, who has another."""
    passwords, found = Passwords(), {}
    for email, first, title in ((ADA, "Ada", "Databases"), (BEN, "Ben", "The shell")):
        user = found[email] = uuid4()
        library.db.execute(
            "INSERT INTO users (id, email, first_name, last_name, role) VALUES (%s, %s, %s, 'L.', 'STUDENT')",
            (user, email, first),
        )
        library.db.execute(
            "INSERT INTO credentials (user_id, password_hash, created_at, updated_at)"
            " VALUES (%s, %s, now() - interval '1 hour', now() - interval '1 hour')",
            (user, passwords.hash_now(PASSWORD)),
        )
        course = library.course(title, CHAPTERS)
        library.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (user, course))
    passwords.close()
    return found


@asynccontextmanager
async def at_home(library: Library, state: Path, *, kiosk: bool = False) -> AsyncIterator[Reader]:
    """The app as it reaches a service somewhere else; nobody is signed in at first."""
    config = StartConfig(state=state, service=f"unix:{library.socket}", place="library", kiosk=kiosk)
    async with reading(library, connect=connector(config), machine=state) as reader:
        reader.app.kiosk = kiosk
        if kiosk:
            reader.app.places = ReadingPlaces(None)
        yield reader


async def sign_in(reader: Reader, email: str, password: str = PASSWORD) -> None:
    await reader.until(lambda: reader.is_on(SignInScreen) and "Password" in reader.text)
    await words(reader, email)
    await words(reader, password)
    await shows(reader, "Continue", "Browse the catalog")


async def shows(reader: Reader, *texts: str) -> None:
    """Wait until the screen has these texts, wherever their lines end."""
    await reader.until(lambda: all(text in flat(reader) for text in texts), str(texts))


def flat(reader: Reader) -> str:
    return " ".join(reader.text.replace("\u2502", " ").split())


async def words(reader: Reader, typed: str) -> None:
    """Type words, and Enter."""
    await reader.press(*("space" if letter == " " else letter for letter in typed), "enter")


def read_a_thread(reader: Reader) -> None:
    """Have this machine keep a thread with a mentor, as its screen does, where it keeps any."""
    backend = reader.app.reached
    assert backend is not None
    assert backend.mentor is not None
    backend.mentor().keep(page(1, text="zanzibar"))


async def finish_a_lesson_while_it_is_away(library: Library, reader: Reader) -> None:
    await reader.press("c")
    await shows(reader, "Inner joins")
    library.away = True
    await reader.press("d")
    await shows(reader, "1 waiting")
    await reader.press("escape")
    await reader.until(lambda: reader.is_on(HomeScreen))


async def test_who_one_is_stands_there_and_the_names_are_changed(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("a")
        await shows(reader, "Ada L.", ADA, "learner", "kept in a file that only you can read", "Sign out everywhere")
        await reader.press("n")
        await shows(reader, "Your names", "First name")
        await reader.press(*["backspace"] * 3, *"Augusta", "enter")
        await shows(reader, "Augusta L.", "Your names are changed.")
        assert library.one("SELECT first_name FROM users WHERE id = %s", people[ADA]) == "Augusta"
        assert reader.app.first_name == "Augusta"
        await reader.press("n")
        await shows(reader, "First name")
        await reader.press(*["backspace"] * 7, "enter")
        await shows(reader, "This is still empty.")
        await reader.press("escape")
        await shows(reader, "Augusta L.")
    kept = await tokens.TokenStore(tmp_path / "state" / "sessions").load("library")
    assert kept is not None
    assert kept.user.first_name == "Augusta", "the next start without the service greets by the new name"


async def test_a_new_password_ends_the_sessions_elsewhere_and_this_one_goes_on(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    elsewhere = Api(f"unix:{library.socket}")
    await SignIn(elsewhere, "library", None).sign_in(ADA, PASSWORD)
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("a")
        await shows(reader, "Change your password")
        await reader.press("p")
        await shows(reader, "Present password", "8 to 128 characters")
        await words(reader, "not this")
        await words(reader, "three mules")
        await words(reader, "three mules")
        await shows(reader, "The present password is not right.")
        assert [reader.screen.field(name).value for name in ("password", "again")] == ["three mules"] * 2  # type: ignore[attr-defined]
        await words(reader, PASSWORD)
        await shows(reader, "The new password stands. Your sessions elsewhere have ended.")
        await reader.press("escape")
        await shows(reader, "Continue")
        with pytest.raises(Exception, match="Your session has ended"):
            await elsewhere.call(ME, MeRequest())
    await elsewhere.aclose()
    async with at_home(library, tmp_path / "state") as reader:
        await shows(reader, "Continue", "Databases")


async def test_ones_own_data_is_saved_into_a_file_that_was_not_there(
    library: Library, people: dict[str, UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "downloads", lambda: tmp_path)
    (tmp_path / "taken").write_text("theirs")
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("a")
        await shows(reader, "Save your data")
        await reader.press("d")
        await shows(reader, "Save all that the service holds of you")
        field = reader.screen.field("path")  # type: ignore[attr-defined]
        assert field.value.startswith(f"{tmp_path}/lms-tui-export-2")
        await reader.press("ctrl+u", *str(tmp_path / "taken"), "enter")
        await shows(reader, "is there already: nothing was written.")
        await reader.press("backspace", "backspace", "enter")
        await shows(reader, "Saved: ")
    saved = json.loads((tmp_path / "tak").read_text())
    assert saved["person"][0]["email"] == ADA
    assert [row["course"] for row in saved["enrolments"]] == ["Databases"]
    assert (tmp_path / "taken").read_text() == "theirs"


async def test_erased_after_the_password_with_all_that_this_machine_keeps_and_nobody_elses(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    async with at_home(library, state) as reader:
        await sign_in(reader, BEN)
        await reader.press("c")
        await shows(reader, "Inner joins")
        await reader.press("pagedown", "escape")
        await reader.until(lambda: reader.is_on(HomeScreen))
        await reader.press("a", "o")
        await sign_in(reader, ADA)
        await reader.press("c")
        await shows(reader, "Inner joins")
        await reader.press("pagedown", "escape")
        await reader.until(lambda: reader.is_on(HomeScreen))
        await finish_a_lesson_while_it_is_away(library, reader)
        (state / "fetched").mkdir(exist_ok=True)
        library.away = False
        await reader.press("a")
        await shows(reader, "Erase yourself")
        await reader.press("x")
        await shows(reader, "Erase ada@x.org, for ever", "It cannot be taken back", "Your password")
        await words(reader, "not this")
        await shows(reader, "The password is not right.")
        assert library.one("SELECT email FROM users WHERE id = %s", people[ADA]) == ADA
        await words(reader, PASSWORD)
        await reader.until(lambda: reader.is_on(SignInScreen))
        await shows(reader, "You are erased, here too.")
        assert library.one("SELECT archived FROM users WHERE id = %s", people[ADA]) is True
        await reader.until(lambda: not (state / "fetched").exists())
        await words(reader, ADA)
        await words(reader, PASSWORD)
        await shows(reader, "do not go together")
    assert await tokens.TokenStore(state / "sessions").load("library") is None
    kept = {path.name: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    assert not [name for name, content in kept.items() if str(people[ADA]).encode() in content]
    assert str(people[BEN]).encode() in kept["places.json"]


async def test_after_a_lost_answer_to_a_new_password_one_signs_in_with_it(
    library: Library, people: dict[str, UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Api._ask
    lost: list[object] = []

    async def losing(
        api: Api, operation: Operation[Ask, Answered], request: Ask, token: str | None, upload: None
    ) -> Answered:
        reply = await ask(api, operation, request, token, upload)
        if operation.name == joining.PASSWORD.name and not lost:
            lost.append(request)
            raise Unreachable("The service does not answer.")
        return reply

    monkeypatch.setattr(Api, "_ask", losing)
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("a", "p")
        await shows(reader, "Present password")
        for typed in (PASSWORD, "three mules", "three mules"):
            await words(reader, typed)
        await shows(reader, "perhaps the new password stands already")
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(SignInScreen))
        await shows(reader, "sign in with the new password")
        await words(reader, ADA)
        await words(reader, "three mules")
        await shows(reader, "Continue", "Databases")


async def test_the_next_person_sees_nothing_of_the_one_before(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("c")
        await shows(reader, "Inner joins")
        await reader.press("pagedown", "pagedown", "escape")
        await reader.until(lambda: reader.is_on(HomeScreen))
        await finish_a_lesson_while_it_is_away(library, reader)
        first = reader.app.reached
        assert first is not None
        await reader.press("a", "o")
        await shows(reader, "Sign out?", "1 thing that you did", "They stay here")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(AccountScreen))
        await reader.press("o")
        await shows(reader, "Sign out?")
        await reader.press("y")
        library.away = False
        await reader.until(lambda: reader.is_on(SignInScreen) or "r try again" in reader.text)
        if not reader.is_on(SignInScreen):
            await reader.press("r")
        await reader.until(lambda: reader.is_on(SignInScreen))
        assert "Ada" not in reader.text
        assert "waiting" not in reader.text
        assert await tokens.TokenStore(tmp_path / "state" / "sessions").load("library") is None
        await sign_in(reader, BEN)
        await shows(reader, "The shell")
        assert "Databases" not in reader.text.replace("Databases · 2 lessons", "")
        assert "waiting" not in reader.text
        assert [type(screen) for screen in reader.app.screen_stack] == [HomeScreen]
        second = reader.app.reached
        assert second is not None
        assert second.user.id == people[BEN]
        assert second.practice() is not first.practice()
        await reader.press("f3")
        await shows(reader, "1 thing of other people or services")
        assert "Inner joins is done" not in reader.text
        await reader.press("escape", "c")
        await shows(reader, "# Inner" if "# Inner" in reader.text else "Inner")
        assert library.one(DONE) == 0, "what Ada did waits for Ada"
        await reader.press("escape", "a", "o")
        await sign_in(reader, ADA)
        await reader.until(lambda: library.one(DONE) == 1, "what waited to go")


async def test_signing_out_everywhere_asks_and_ends_all(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    elsewhere = Api(f"unix:{library.socket}")
    await SignIn(elsewhere, "library", None).sign_in(ADA, PASSWORD)
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        read_a_thread(reader)
        assert MentorFile(tmp_path / "state" / "mentor.sqlite", ("library", str(people[ADA]))).threads()
        await reader.press("a", "e")
        await shows(reader, "Sign out everywhere?", "on every other machine", "Stay signed in")
        await elsewhere.call(ME, MeRequest())
        await reader.press("y")
        await reader.until(lambda: reader.is_on(SignInScreen))
        await shows(reader, "You are signed out everywhere.")
        with pytest.raises(Exception, match="Your session has ended"):
            await elsewhere.call(ME, MeRequest())
        assert b"zanzibar" not in (tmp_path / "state" / "mentor.sqlite").read_bytes()
        await sign_in(reader, ADA)
    await elsewhere.aclose()


@pytest.mark.usefixtures("people")
async def test_what_fails_for_whoever_left_says_nothing_of_whoever_comes(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a network their calls break off as they sign out, while the account's page still asks who they are."""
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        left = asyncio.Event()

        async def broken(*_: object) -> None:
            await left.wait()
            raise Unreachable("It broke off.")

        assert reader.app.reached is not None
        monkeypatch.setattr(reader.app.reached.api, "call", broken)
        asked = asyncio.create_task(reader.app.call(ME, MeRequest()))
        await reader.press("a", "o")
        await shows(reader, "You are signed out.")
        left.set()
        with pytest.raises(Unreachable):
            await asked
        assert not reader.app.standing.offline


async def test_a_session_that_ended_and_another_person_who_signs_in_then(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    """The lesson of the one before is gone with everything below it, and its place is nobody else's."""
    async with at_home(library, tmp_path / "state") as reader:
        await sign_in(reader, ADA)
        await reader.press("c")
        await shows(reader, "Inner joins")
        library.db.execute("UPDATE credentials SET updated_at = clock_timestamp() WHERE user_id = %s", (people[ADA],))
        await reader.press("pagedown", "n")
        await shows(reader, "Sign in again", "r try again")
        await reader.press("r")
        await reader.until(lambda: reader.is_on(SignInScreen))
        await words(reader, BEN)
        await words(reader, PASSWORD)
        await shows(reader, "Continue", "The shell")
        await reader.until(lambda: [type(one) for one in reader.app.screen_stack] == [HomeScreen])
        await asyncio.sleep(0.1)
        assert library.one("SELECT count(*) FROM lms_tui.reading_positions WHERE user_id = %s", people[BEN]) == 0


async def test_the_owner_of_the_machine_has_no_password_and_nothing_to_sign_out_of(library: Library) -> None:
    async with reading(library) as reader:
        await shows(reader, "Browse the catalog")
        await reader.press("a")
        await shows(reader, "needs no password", "Change your names")
        assert "Sign out" not in reader.text
        await reader.press("o", "e", "p")
        assert reader.is_on(AccountScreen)


async def test_a_kiosk_has_signing_out_alone_and_it_leaves_nothing(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    async with at_home(library, state, kiosk=True) as reader:
        await sign_in(reader, ADA)
        assert "o sign out" in reader.text
        await reader.press("a")
        assert reader.is_on(HomeScreen)
        await finish_a_lesson_while_it_is_away(library, reader)
        read_a_thread(reader)
        reader.app.files_folder.mkdir(mode=0o700)
        (reader.app.files_folder / "a").write_text("of a course")
        await reader.press("o")
        await shows(reader, "Sign out?", "A kiosk keeps nothing: they are lost.")
        await reader.press("y")
        library.away = False
        await reader.until(lambda: reader.is_on(SignInScreen) or "r try again" in reader.text)
        lesson: UUID = library.one("SELECT id FROM lessons WHERE title = 'Inner joins'")
        left = [file for file in state.rglob("*") if file.is_file()]
        of_ada = [ADA, str(people[ADA]), str(lesson), "Inner joins", "of a course", "zanzibar"]
        assert not [(file, what) for file in left for what in of_ada if what.encode() in file.read_bytes()]
        assert not (state / "fetched").exists()
        assert not reader.app.places._places
    assert learning.COMPLETE.waits


async def test_a_kiosk_that_is_left_sends_what_was_done_or_asks_and_keeps_nothing(
    library: Library, people: dict[str, UUID], tmp_path: Path
) -> None:
    state = tmp_path / "state"

    def left() -> list[Path]:
        of_ada = [ADA.encode(), str(people[ADA]).encode(), b"Inner joins", b"of a course"]
        return [one for one in state.rglob("*") if one.is_file() and any(what in one.read_bytes() for what in of_ada)]

    async with at_home(library, state, kiosk=True) as reader:
        await sign_in(reader, ADA)
        await finish_a_lesson_while_it_is_away(library, reader)
        reader.app.files_folder.mkdir(mode=0o700)
        (reader.app.files_folder / "a").write_text("of a course")
        assert left()
        await reader.press("ctrl+q")
        await shows(reader, "Leave?", "1 thing that you did. A kiosk keeps nothing: they are lost.")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(HomeScreen))
        assert reader.app.is_running
        await reader.press("q")
        await shows(reader, "Leave, and lose them")
        await reader.press("y")
        await reader.until(lambda: not reader.app.is_running)
        library.away = False
    assert left() == []
    assert library.one(DONE) == 0
    async with at_home(library, state, kiosk=True) as reader:
        await sign_in(reader, ADA)
        await finish_a_lesson_while_it_is_away(library, reader)
        library.away = False
        await reader.press("ctrl+q")
        await reader.until(lambda: not reader.app.is_running)
    assert library.one(DONE) == 1, "what could be sent was, without a question"
    assert left() == []
