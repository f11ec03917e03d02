"""The courses that the embedded database has from its first start, and only from then."""

from pathlib import Path

import psycopg
import pytest

from lms_tui.service import course_imports, courses, importing
from lms_tui.service.course_source import builtins
from lms_tui.service.settings import Settings

from .conftest import House
from .import_kit import everything, one

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url, tmp_path / "secrets")


async def test_the_first_start_brings_all_courses_and_no_later_one_does(house: House, settings: Settings) -> None:
    begun: list[str] = []
    assert await courses.seed(settings, lambda: begun.append("once"))
    assert one(house, "SELECT count(*) FROM courses WHERE is_published") == len(builtins()) == 2
    authors = house.db.execute(
        "SELECT DISTINCT a.email LIKE '%@localhost', a.role FROM courses c JOIN users a ON a.id = c.author_id"
    ).fetchall()
    assert authors == [(True, "ADMIN")]
    before = everything(house)
    assert not await courses.seed(settings, lambda: begun.append("twice"))
    assert everything(house) == before
    assert begun == ["once"]


async def test_courses_that_the_owner_deleted_do_not_come_back(house: House, settings: Settings) -> None:
    await courses.seed(settings)
    house.db.execute("DELETE FROM ai_mentor_lessons")
    house.db.execute("DELETE FROM courses")
    assert not await courses.seed(settings)
    assert one(house, "SELECT count(*) FROM courses") == 0


async def test_a_start_that_broke_off_is_made_up_for(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both courses come or none does."""
    real = importing.import_course
    calls = 0

    async def dies_at_the_second(*given: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise psycopg.OperationalError("killed")
        return await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(course_imports, "import_course", dies_at_the_second)
    with pytest.raises(psycopg.OperationalError):
        await courses.seed(settings)
    assert one(house, "SELECT count(*) FROM courses") == 0
    monkeypatch.undo()
    assert await courses.seed(settings)
    assert one(house, "SELECT count(*) FROM courses") == 2
