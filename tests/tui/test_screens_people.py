"""The administration: its menu, the list of people, and every act on a person, by keys on a real service."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.tui.library import Library, Reader, reading, type_ahead

from lms_tui.client.api import Api
from lms_tui.client.errors import Unreachable
from lms_tui.tui.people_acts import told_by
from lms_tui.tui.screens.administration import AdministrationScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.people import PeopleScreen
from lms_tui.tui.screens.person import PersonScreen
from lms_tui.wire import people, people_acts
from lms_tui.wire.accounts import User

pytestmark = pytest.mark.anyio


def add(library: Library, email: str, name: str = "Ada L.", role: str = "STUDENT", *, came: bool = True) -> UUID:
    """Add a person, who has a password unless told otherwise."""
    first, _, last = name.partition(" ")
    own: UUID = library.one(
        "INSERT INTO users (email, first_name, last_name, role) VALUES (%s, %s, %s, %s) RETURNING id",
        email,
        first,
        last,
        role,
    )
    if came:
        library.db.execute("INSERT INTO credentials (user_id, password_hash) VALUES (%s, '$argon2id$x')", (own,))
    return own


def crowd(library: Library, number: int) -> None:
    """Add so many people at once: "Person 0001" …"""
    library.db.execute(
        "INSERT INTO users (email, first_name, last_name, role) SELECT to_char(n, 'FM00000') || '@x.org', 'Person',"
        " to_char(n, 'FM00000'), CASE WHEN n %% 10 = 0 THEN 'CONTENT_CREATOR' ELSE 'STUDENT' END"
        " FROM generate_series(1, %s) n",
        (number,),
    )


async def shows(reader: Reader, *texts: str) -> None:
    """Wait until the screen has these texts, wherever their lines end."""

    def has_all() -> bool:
        flat = " ".join(reader.text.replace("\u2502", " ").split())
        return all(text in flat for text in texts)

    await reader.until(has_all, str(texts))


async def to_people(reader: Reader, *texts: str) -> None:
    await shows(reader, "Browse the catalog")
    await reader.press("A")
    await shows(reader, "administrator")
    await reader.press("p")
    await shows(reader, "People", *texts)
    await reader.until(lambda: reader.is_on(PeopleScreen))


async def to_person(reader: Reader, words: str, *texts: str) -> None:
    """Search for somebody, and open their page."""
    await to_people(reader, "1/", "[People ")  # the numbers have come, and so a search may begin
    await reader.press("slash", *words)
    await shows(reader, "1/1")
    await reader.press("enter", "enter")
    await reader.until(lambda: reader.is_on(PersonScreen))
    await shows(reader, *texts)


def audits(library: Library) -> list[str]:
    return [row[0] for row in library.db.execute("SELECT action FROM lms_tui.audit ORDER BY at").fetchall()]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> "Held":
    """What holds operations back until they are let go."""
    holding, ask = Held(), Api._ask

    async def slow(api: Api, operation: Any, *given: Any) -> Any:
        holding.asked.append(operation.name)
        if (gate := holding.gates.get(operation.name)) is not None:
            await gate.wait()
        reply = await ask(api, operation, *given)
        if operation.name in holding.lost:
            holding.lost.remove(operation.name)
            raise Unreachable("The service does not answer.")
        return reply

    monkeypatch.setattr(Api, "_ask", slow)
    return holding


class Held:
    """Operations that wait, and those whose next answer gets lost."""

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.lost: set[str] = set()
        self.asked: list[str] = []

    def hold(self, name: str) -> asyncio.Event:
        return self.gates.setdefault(name, asyncio.Event())


@pytest.mark.parametrize(("role", "shown"), [("STUDENT", False), ("CONTENT_CREATOR", False), ("Admin", True)])
async def test_only_administrators_are_shown_the_way(library: Library, role: str, shown: bool) -> None:
    connect = library.connect()

    async def as_role(tell: object, ask: object) -> object:
        backend = await connect(tell, ask)  # type: ignore[arg-type]
        user = User(id=backend.user.id, email="a@b.org", first_name="A", last_name="B", role=role)
        return type(backend)(backend.api, backend.outbox, user, backend.close, backend.practice)

    async with reading(library, (120, 40), connect=as_role) as reader:  # type: ignore[arg-type]
        await shows(reader, "Browse the catalog")
        assert ("A admin" in reader.lines[-1]) is shown
        await reader.press("A")
        assert reader.is_on(AdministrationScreen if shown else HomeScreen)


async def test_the_menu_stands_at_once_and_counts_follow(library: Library, held: Held) -> None:
    add(library, "a@x.org", role="CONTENT_CREATOR")
    gate = held.hold(people.COUNTS.name)
    async with reading(library) as reader:
        await shows(reader, "Browse the catalog")
        await reader.press("A")
        await shows(reader, "People", "invite, roles, archive")
        assert "administrator" not in reader.text
        gate.set()
        await shows(reader, "2 people · 1 author · 1 administrator")
        assert held.asked.count(people.COUNTS.name) == 1
        library.away = True
        await reader.press("escape", "A")
        await shows(reader, "People", "invite, roles, archive")
        await reader.press("enter")
        await shows(reader, "r try again")
        library.away = False
        await reader.press("r")
        await shows(reader, "a@x.org", "1/2")


async def test_ten_thousand_people_come_by_pages_and_both_ends_are_near(library: Library, held: Held) -> None:
    crowd(library, 10_000)
    async with reading(library) as reader:
        await to_people(reader, "1/10,001", "Person 00001")
        await reader.press("end")
        await shows(reader, "10,001/10,001", "@localhost")
        await reader.press("home")
        await shows(reader, "1/10,001", "Person 00001")
        assert held.asked.count(people.LIST.name) == 2
        for _ in range(20):
            await reader.press("pagedown")
        await shows(reader, "Person 0018")


async def test_search_standing_role_and_group_narrow_the_list(library: Library) -> None:
    crowd(library, 30)
    ada = add(library, "ada@x.org", "Ada Lovelace")
    ben = add(library, "ben@x.org", "Ben", "CONTENT_CREATOR", came=False)
    gone = add(library, "gone@x.org", "Gone")
    library.db.execute("UPDATE users SET archived = true WHERE id = %s", (gone,))
    library.db.execute("INSERT INTO create_tokens (email, token, expires_at) VALUES ('ben@x.org', 'x', '2090-12-03')")
    for name, members in (("Evening", (ada, ben)), ("Night", (ada,))):
        group = library.one("INSERT INTO groups (name) VALUES (%s) RETURNING id", name)
        for member in members:
            library.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (group, member))
    async with reading(library, (120, 40)) as reader:
        await to_people(reader, "[People 33]", "Invited 1", "Archived 1", "All 34", "1/33")
        await reader.press("slash", *"LOVE", "enter")
        await shows(reader, "1/1", "Ada Lovelace", "groups: Evening, Night")
        await reader.press("f")
        await shows(reader, "Members of which group?")
        await reader.press("down", "enter")
        await shows(reader, "in Night", "1/1")
        await reader.press("slash", "escape", "x", "right")
        await shows(reader, "[Invited 1]", "invited until 3 Dec 2090", "Evening")
        await reader.press("f", "left")
        await shows(reader, "in Evening", "1/2", "Ada Lovelace", "Ben")
        await reader.press("t", "t")
        await shows(reader, "only authors · in Evening", "1/1")
        await reader.press("x", "left", "left")
        await shows(reader, "[Archived 1]", "Gone", "archived", "1/1")
        await reader.press("slash", *"nobody", "enter")
        await shows(reader, "Nobody is like that.")


async def test_a_role_is_given_after_a_question_that_names_who_and_what(library: Library) -> None:
    ada = add(library, "ada@x.org")
    library.db.execute(
        "INSERT INTO courses (title, author_id, category_id) VALUES ('Hers', %s, %s)", (ada, library.category("Unix"))
    )
    async with reading(library) as reader:
        await to_person(reader, "ada", "has come", "learner", "author of 1 course", "Takes no course")
        await reader.press("e")
        await shows(reader, "Which role for Ada L.?", "An administrator sees and changes everything")
        await reader.press("enter")  # the one that they have
        await reader.until(lambda: reader.is_on(PersonScreen))
        await reader.press("e")
        await shows(reader, "Which role")
        await reader.press("down", "enter")
        await shows(
            reader, "Ada L. <ada@x.org>?", "From their next request on they are author and not learner.", "that"
        )
        await reader.press("enter")  # on the careful answer
        await reader.until(lambda: reader.is_on(PersonScreen))
        assert audits(library) == []
        await reader.press("e", "down", "enter")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.press("y")
        await shows(reader, "ada@x.org is author now.", "ada@x.org · author")
        assert library.one("SELECT role FROM users WHERE id = %s", ada) == "CONTENT_CREATOR"
        await reader.press("escape")
        await shows(reader, "ada@x.org · author", "1/1")
    assert audits(library) == ["people.role"]


async def test_archived_and_let_in_again(library: Library) -> None:
    course = library.course("Joins", {"One": [("A", "text", "# A")]})
    ada = add(library, "ada@x.org")
    library.db.execute("INSERT INTO student_courses (user_id, course_id) VALUES (%s, %s)", (ada, course))
    async with reading(library) as reader:
        await to_person(reader, "ada", "Joins", "0 %")
        await reader.press("x")
        await shows(
            reader, "Archive Ada L. <ada@x.org>?", "their sessions end", "What stays: what they did, 1 enrolment."
        )
        await reader.press("y")
        await shows(reader, "archived: cannot sign in", "u let in again")
        assert "x archive" not in reader.text
        await reader.press("x", "y", "e", "p")
        assert reader.is_on(PersonScreen), "nothing of these is for who is archived"
        await reader.press("escape")
        await shows(reader, "archived", "[People 0]", "Archived 1")
        await reader.press("enter")
        await shows(reader, "u let in again")
        await reader.press("u")
        await shows(reader, "Restore Ada L.", "with the password from before")
        await reader.press("y")
        await shows(reader, "may come in again", "has come")
    assert audits(library) == ["people.archive", "people.restore"]


async def test_what_is_typed_ahead_of_a_slow_service_archives_one_once(library: Library, held: Held) -> None:
    add(library, "ada@x.org", "Ada L.")
    add(library, "ben@x.org", "Ben M.")
    opening, archiving = held.hold(people.PERSON.name), held.hold(people_acts.ARCHIVE.name)
    async with reading(library) as reader:
        await to_people(reader, "1/3")
        type_ahead(reader.app, "down", "enter", "x", "y", "enter", "y")
        await reader.until(lambda: reader.is_on(PersonScreen))
        opening.set()
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.pilot.pause(0.1)
        assert reader.is_on(ConfirmScreen)
        assert audits(library) == [], "what was typed before the question stood there is for nobody"
        await reader.press_ahead("y", "x", "y", "x", "y", "e", "enter")
        await reader.until(lambda: people_acts.ARCHIVE.name in held.asked)
        await reader.press("x", "y", "p")
        assert reader.is_on(PersonScreen)
        assert "x archive" not in reader.lines[-1]
        archiving.set()
        await shows(reader, "archived: cannot sign in")
    assert held.asked.count(people_acts.ARCHIVE.name) == 1
    assert library.db.execute("SELECT email FROM users WHERE archived").fetchall() == [("ben@x.org",)]


async def test_enter_on_the_list_of_an_earlier_search_opens_who_is_found_by_the_new_one(
    library: Library, held: Held
) -> None:
    add(library, "ada@x.org", "Ada L.")
    add(library, "ben@x.org", "Ben M.")
    async with reading(library) as reader:
        await to_people(reader, "1/3", "Ada L.")
        gate = held.hold(people.LIST.name)
        await reader.press("slash", *"ben")
        await reader.press("enter", "enter")
        await reader.pilot.pause(0.1)
        assert reader.is_on(PeopleScreen)
        gate.set()
        await reader.until(lambda: reader.is_on(PersonScreen))
        await shows(reader, "ben@x.org", "has come")


async def test_a_code_for_a_new_password_stands_there_until_the_page_is_left(library: Library) -> None:
    ada = add(library, "ada@x.org")
    async with reading(library) as reader:
        await to_person(reader, "ada", "p password")
        assert "i invite" not in reader.lines[-1]
        await reader.press("p")
        await shows(reader, "Give a code for a new password to Ada L.", "Nothing ends before they use it")
        await reader.press("y")
        await shows(reader, "A new password for ada@x.org.", "lms-tui reset", "shown nowhere again", "c copy code")
        code = next(line for line in reader.lines if line.count("-") == 4).strip("│ ")
        await reader.press("enter", "space", "c")
        await shows(reader, code, "The code is copied")
        assert reader.app.clipboard == code
        stored = library.one("SELECT token FROM reset_tokens WHERE user_id = %s", ada)
        assert code not in stored
        await reader.press("escape", "enter")
        await shows(reader, "has come")
        assert code not in reader.text


async def test_into_groups_by_name_and_out_of_the_one_under_the_cursor(library: Library) -> None:
    ada = add(library, "ada@x.org")
    for name in ("Evening", "Night", "Old"):
        library.db.execute("INSERT INTO groups (name) VALUES (%s)", (name,))
    members = "SELECT string_agg(g.name, ' ' ORDER BY g.name) FROM group_users JOIN groups g ON g.id = group_id"
    async with reading(library) as reader:
        await to_person(reader, "ada", "In no group")
        assert "d out" not in reader.lines[-1]
        await reader.press("a")
        await shows(reader, "Add to groups", "Ada L. <ada@x.org>")
        await reader.press(*"evening,nihgt", "enter")
        await shows(reader, "There is no group nihgt.")
        await reader.press(*["backspace"] * 5, *"night", "enter")
        await shows(reader, "ada@x.org came into Evening, Night.", "d out")
        assert library.one(members) == "Evening Night"
        await reader.press("down", "d")
        await shows(reader, "Out of the group Night: Ada L. <ada@x.org>?", "stay")
        await reader.press("y")
        await shows(reader, "ada@x.org left Night.")
        assert library.one(members + " WHERE user_id = %s", ada) == "Evening"
        await reader.press("escape")
        await shows(reader, "learner · Evening")
    assert audits(library) == ["people.groups"] * 2


async def test_somebody_is_invited_and_their_code_stands_on_their_page(library: Library, held: Held) -> None:
    library.db.execute("INSERT INTO groups (name) VALUES ('Evening')")
    add(library, "ada@x.org")
    async with reading(library) as reader:
        await to_people(reader, "1/2")
        await reader.press("i")
        await shows(
            reader, "Invite somebody as learner", "lms-tui user invite --csv FILE", "Only the address is needed"
        )
        await reader.press(*"ada@x.org", *["enter"] * 4)
        await shows(reader, "There is a person with the address ada@x.org already.")
        await reader.press(
            "f5", "up", "up", "up", *["backspace"] * 9, *"cleo@x.org", "enter", *"Cleo", "enter", "enter"
        )
        await shows(reader, "Invite somebody as author")
        await reader.press(*"evening")
        held.lost.add(people_acts.INVITE.name)
        await reader.press("enter")
        await shows(reader, "The service does not answer.")
        await reader.press("enter")
        await shows(reader, "cleo@x.org is invited.", "lms-tui accept", "Cleo", "author", "Evening", "i invite")
        assert audits(library) == ["people.invite"], "sent again it is the same"
        await reader.press("i")
        await shows(reader, "Invite again Cleo <cleo@x.org>?", "The code from before is void.")
        await reader.press("y")
        await reader.until(lambda: len(audits(library)) == 2)
        await shows(reader, "cleo@x.org is invited.")
        await reader.press("escape")
        await shows(reader, "Cleo", "invited until", "1/3")


async def test_erased_after_a_question_and_an_author_only_when_the_courses_are_handed_over(library: Library) -> None:
    ada = add(library, "ada@x.org")
    library.db.execute(
        "INSERT INTO courses (title, author_id, category_id) VALUES ('Hers', %s, %s)", (ada, library.category("Unix"))
    )
    async with reading(library) as reader:
        await to_person(reader, "ada", "author of 1 course")
        await reader.press("X")
        await shows(reader, "“Hers” hands them over to another author first")
        library.db.execute("UPDATE courses SET author_id = %s", (library.author(),))
        await reader.press("X")
        await shows(
            reader, "Erase Ada L. <ada@x.org>?", "For ever gone: name, address, password.", "cannot be taken back"
        )
        await reader.press("enter")
        await reader.until(lambda: reader.is_on(PersonScreen))
        assert audits(library) == []
        await reader.press("X")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await reader.press("y")
        await shows(reader, "They are erased.", "Erased person", "archived: cannot sign in")
        await reader.press("u", "y")
        await shows(reader, "nobody is left to be let in")
    assert audits(library) == ["people.erase"]


async def test_what_the_service_refuses_is_said_and_another_act_can_follow(library: Library) -> None:
    async with reading(library) as reader:
        await to_person(reader, "localhost", "The last administrator who can sign in")
        await reader.press("x", "y")
        await shows(reader, "You cannot archive yourself.")
        await reader.press("x")
        await shows(reader, "Archive ")
        await reader.press("escape")
    assert audits(library) == []


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (people_acts.ResetGiven(id=UUID(int=1), person_id=UUID(int=2), email="a@x", mailed=True), "goes out by mail"),
        (people_acts.ResetGiven(id=UUID(int=1), person_id=UUID(int=2), email="a@x"), "was used already"),
    ],
)
async def test_a_code_that_is_not_told_is_said_to_be_elsewhere(done: people_acts.ResetGiven, said: str) -> None:
    told = told_by(done)
    assert said in told.sentence
    assert told.code is None
