"""Groups, categories and settings in the app: every act by keys on a real service, asked about first and done once."""

from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.test_screens_people import Held, add, audits, held, shows

from lms_tui.tui.screens.asking import FillScreen
from lms_tui.tui.screens.categories import CategoriesScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.group import GroupScreen
from lms_tui.tui.screens.groups import GroupsScreen
from lms_tui.tui.screens.settings import SettingsScreen

pytestmark = pytest.mark.anyio

__all__ = ["held"]


async def to(reader: Reader, area: str, *texts: str) -> None:
    """Open an area of the administration."""
    await shows(reader, "Browse the catalog")
    await reader.press("A")
    await shows(reader, "administrator")
    await reader.press(area)
    await shows(reader, *texts)


async def typed(reader: Reader, *texts: str) -> None:
    """Fill the fields of a form."""
    await reader.until(lambda: reader.is_on(FillScreen))
    for text in texts:
        await reader.press("ctrl+u", *("space" if letter == " " else letter for letter in text), "enter")


def group(library: Library, name: str, members: int = 0) -> UUID:
    own: UUID = library.one("INSERT INTO groups (name) VALUES (%s) RETURNING id", name)
    for number in range(members):
        user = add(library, f"{name.lower()}{number:03}@x.org", f"Person {number:03}")
        library.db.execute("INSERT INTO group_users (group_id, user_id) VALUES (%s, %s)", (own, user))
    return own


async def test_a_group_is_made_filled_let_into_a_course_and_archived(library: Library) -> None:
    course = library.course("Databases", {"One": [("a", "text", "Text.")]}, price=4900)
    for email in ("ada@x.org", "bo@x.org"):
        add(library, email)
    async with reading(library) as reader:
        await to(reader, "u", "There is no group yet")
        await reader.press("n")
        await typed(reader, "Evening", "works by day")
        await reader.until(lambda: reader.is_on(GroupScreen))
        await shows(reader, "Nobody is in it", "works by day")
        await reader.press("a")
        await typed(reader, "ada@x.org, BO@x.org, nobody@x.org")
        await shows(reader, "2 people added, 1 refused. nobody@x.org:", "2 people", "1/2")
        await reader.press("c")
        await typed(reader, "databases")
        await reader.until(lambda: reader.is_on(ConfirmScreen))
        await shows(reader, "Enrol the group Evening?", "2 people come in; it costs 49.00 USD.")
        await reader.press("y")
        await shows(reader, "2 enrolments made", "They take: Databases (2)")
        assert library.one("SELECT count(*) FROM student_courses WHERE course_id = %s", course) == 2
        await reader.press("down", "d")
        await shows(reader, "Out of the group Evening:", "bo@x.org", "What they did")
        await reader.press("y")
        await shows(reader, "1 person removed", "1/1")
        await reader.press("e")
        await typed(reader, "Night")
        await shows(reader, "The group Night is so now.")
        await reader.press("x")
        await shows(reader, "Archive the group Night?", "What stays: 1 person")
        await reader.press("n")
        await reader.until(lambda: reader.is_on(GroupScreen))
        await reader.pilot.pause()
        assert "groups.archive" not in audits(library)
        await reader.press("x", "y")
        await shows(reader, "Archived: nobody comes into it")
        await reader.press("u")
        await reader.lacks("Archived: nobody comes into it")
        await reader.press("escape")
        await reader.until(lambda: reader.is_on(GroupsScreen))
        await shows(reader, "Night", "1 person")
    made = ["groups.create", "groups.members", "groups.enrol", "groups.members", "groups.edit"]
    assert audits(library) == [*made, "groups.archive", "groups.restore"]


async def test_members_and_groups_of_any_number_come_as_they_are_looked_at(library: Library) -> None:
    group(library, "Many", 230)
    for number in range(140):
        group(library, f"Group {number:03}")
    async with reading(library) as reader:
        await to(reader, "u", "Group 000", "1/141")
        await reader.press("end")
        await shows(reader, "141/141", "Many", "230 people")
        await reader.press("slash", *"many", "enter")
        await shows(reader, "1/1")
        await reader.press("enter")
        await shows(reader, "1/230", "Person 000")
        await reader.press("end")
        await shows(reader, "230/230", "Person 229")
        await reader.press("d")
        await shows(reader, "many229@x.org")
        await reader.press("escape", "escape")
        await shows(reader, "1/1")
        await reader.press("right")
        await shows(reader, "There is no such group.")


async def test_what_is_typed_ahead_of_a_slow_service_is_done_once_or_not_at_all(library: Library, held: Held) -> None:
    for name in ("A", "B", "C"):
        library.db.execute("INSERT INTO categories (name) VALUES (%s)", (name,))
    async with reading(library) as reader:
        await to(reader, "t", "no course")
        gate = held.hold("categories.place")
        await reader.press("J", "J", "d", "y", "x", "y")
        await reader.until(lambda: "categories.place" in held.asked)
        gate.set()
        await shows(reader, "A is moved.")
        assert held.asked.count("categories.place") == 1
        assert audits(library) == ["categories.place"]
        assert [row[0] for row in library.db.execute("SELECT name FROM categories ORDER BY display_order")] == [
            "B", "A", "C",
        ]  # fmt: skip


async def test_categories_are_made_moved_archived_and_deleted_where_no_course_stands(library: Library) -> None:
    library.course("Databases", {"One": [("a", "text", "Text.")]})
    name = library.one("SELECT name FROM categories")
    async with reading(library) as reader:
        await to(reader, "t", str(name), "1 course")
        await reader.press("n")
        await typed(reader, "Zoology", "of beasts")
        await shows(reader, "The category Zoology is made.", "of beasts")
        await reader.press("K")
        await shows(reader, "Zoology is moved.")
        await reader.press("K")
        await shows(reader, "Zoology is the first one already.")
        await reader.press("enter")
        await typed(reader, "Zoo")
        await shows(reader, "The category Zoo is so now.")
        await reader.press("d")
        await shows(reader, "Delete Zoo?", "It cannot be brought back.")
        await reader.press("y")
        await shows(reader, "The category Zoo is deleted.")
        await reader.press("d")
        await shows(reader, "Archive in place of deleting", "would lose their category")
        await reader.press("y")
        await shows(reader, "so it is not deleted: it is archived", "u use again")
        await reader.press("u")
        await shows(reader, "is in use.", "x archive")
        assert reader.is_on(CategoriesScreen)
    assert library.one("SELECT count(*) FROM categories") == 1


async def test_settings_are_changed_by_keys_and_a_switch_asks(library: Library, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 20), "red").save(tmp_path / "logo.png")
    async with reading(library) as reader:
        await to(reader, "s", "Organisation's sign-in alone", "off")
        await reader.press("enter")
        await typed(reader, "Hill School")
        await shows(reader, "The school's name is so now.", "Hill School")
        await reader.press("down", "enter")
        await typed(reader, "nobody")
        await shows(reader, "An e-mail address looks like name@example.org.")
        await reader.press("escape")
        await reader.press("down", "enter")
        await typed(reader, str(tmp_path / "none.png"))
        await shows(reader, "This file cannot be read.")
        await typed(reader, str(tmp_path / "logo.png"))
        await shows(reader, "The logo is set.", "logo.png")
        await reader.until(lambda: bool(cast(SettingsScreen, reader.screen)._logo.picture), "the picture")
        await reader.press("down", "enter")
        await shows(reader, "Let guests in here?", "without signing in")
        await reader.press("y")
        await shows(reader, "Guests are let in.")
        await reader.press("down", "enter")
        await shows(reader, "nobody could come in")
        assert reader.is_on(SettingsScreen)
    assert library.one("SELECT enforce_sso FROM settings") is False
    assert library.one("SELECT unregistered_user_courses_accessibility FROM settings") is True
