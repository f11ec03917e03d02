"""The picture of the course under the cursor, beside the catalog."""

from uuid import UUID

import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.pictures_kit import drawn, png_header, put

from lms_tui.tui.look import Look
from lms_tui.tui.screens.catalog import CatalogScreen
from lms_tui.wire import files

pytestmark = pytest.mark.anyio
WIDE = (120, 40)


def shown(library: Library, title: str, content: bytes | None = None) -> UUID:
    """Add a course, with a picture where there is one."""
    course = library.course(title, {"One": [("A", "text", "x")]}, description=f"About {title}.")
    if content is not None:
        key = put(library, course, content)
        library.db.execute("UPDATE courses SET thumbnail_s3_key = %s WHERE id = %s", (key, course))
    return course


def asked(reader: Reader) -> list[UUID]:
    """Note which courses' pictures are asked for from now on."""
    found: list[UUID] = []
    call = reader.app.call

    async def noted(operation: object, request: object) -> object:
        if operation is files.THUMBNAIL:
            assert isinstance(request, files.ThumbnailRequest)
            found.append(request.course_id)
        return await call(operation, request)  # type: ignore[arg-type, type-var]

    reader.app.call = noted  # type: ignore[method-assign, assignment]
    return found


async def catalog(reader: Reader) -> None:
    await reader.shows("Browse the catalog")
    reader.app.push_screen(CatalogScreen())
    await reader.shows("1/")


def has_picture(reader: Reader) -> bool:
    screen = reader.app.screen
    assert isinstance(screen, CatalogScreen)
    return bool(screen._about._picture)


async def test_it_comes_when_the_cursor_rests_and_goes_with_it(library: Library) -> None:
    first = shown(library, "A course", drawn(80, 80))
    shown(library, "B course")
    async with reading(library, WIDE) as reader:
        found = asked(reader)
        await catalog(reader)
        await reader.until(lambda: has_picture(reader), "the picture")
        words = [line[76:] for line in reader.lines]
        assert any("About A course." in line for line in words)
        await reader.press("down")
        assert not has_picture(reader)
        await reader.shows("About B course.")
        await reader.until(lambda: len(found) == 2)
        await reader.pilot.pause(0.2)
        assert not has_picture(reader)
        await reader.press("up")
        await reader.until(lambda: has_picture(reader), "the picture, kept")
        assert found.count(first) == 1


async def test_running_through_the_list_asks_for_nothing(library: Library) -> None:
    library.shelf(30)
    async with reading(library, WIDE) as reader:
        found = asked(reader)
        await catalog(reader)
        await reader.press(*["down"] * 20)
        await reader.until(lambda: bool(found))
        assert len(found) <= 2, "the first at most, and that at which the cursor rests"


@pytest.mark.parametrize(("size", "look"), [((80, 24), Look()), (WIDE, Look(colours=16, theme="ansi"))])
async def test_where_there_is_no_room_or_no_colour_nothing_is_asked(
    library: Library, size: tuple[int, int], look: Look
) -> None:
    shown(library, "A course", drawn(80, 80))
    async with reading(library, size) as reader:
        reader.app.look = look
        found = asked(reader)
        await catalog(reader)
        await reader.pilot.pause(0.5)
        assert found == []


async def test_hostile_pictures_are_none(library: Library) -> None:
    shown(library, "A course", png_header(30_000, 30_000))
    other = shown(library, "B course")
    library.db.execute("UPDATE courses SET thumbnail_s3_key = 'https://example.org/x.png' WHERE id = %s", (other,))
    third = shown(library, "C course")
    library.db.execute("UPDATE courses SET thumbnail_s3_key = '../../secrets/session-keys' WHERE id = %s", (third,))
    async with reading(library, WIDE) as reader:
        found = asked(reader)
        await catalog(reader)
        for number in (1, 2, 3):
            await reader.until(lambda number=number: len(found) == number)  # type: ignore[misc]
            await reader.pilot.pause(0.2)
            assert not has_picture(reader)
            await reader.press("down")
        await reader.shows("About C course.")
