"""The place in a lesson, across machines and against whatever ends the program; the services and the app are real."""

import asyncio
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from tests.tui.library import Library, Reader, reading
from tests.tui.test_screens_lesson import CHAPTERS, opened

from lms_tui.client.errors import Unreachable
from lms_tui.client.positions import Kept
from lms_tui.tui import reading as reading_module
from lms_tui.tui.places import ReadingPlaces
from lms_tui.tui.reading import KEEP_SECONDS, TELL_SECONDS, Reading, Tasks
from lms_tui.tui.text.place import Place
from lms_tui.wire import learning

pytestmark = pytest.mark.anyio

STORED = "SELECT block || ' ' || letters FROM lms_tui.reading_positions"


async def opened_whole(reader: Reader, library: Library) -> UUID:
    lesson = await opened(reader, library, "Inner joins")
    await reader.until(lambda: reader.app.screen._text.complete)  # type: ignore[attr-defined]
    return lesson


async def leave(reader: Reader) -> None:
    await reader.press("escape")
    await reader.shows("Browse the catalog")


def places(machine: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((machine / "places.json").read_bytes())
    return found


async def test_what_is_read_on_one_machine_goes_on_at_the_same_words_on_another(
    library: Library, tmp_path: Path
) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    one, two = tmp_path / "one", tmp_path / "two"
    async with reading(library, machine=one) as reader:
        await opened_whole(reader, library)
        await reader.press(*["down"] * 9)
        words = reader.lines[2]
        await leave(reader)
        await reader.until(lambda: library.one(STORED) is not None)
    async with reading(library, machine=two) as other:
        await opened(other, library, "Inner joins")
        await other.until(lambda: other.lines[2] == words, "the same words")
        assert places(one) != {}
        assert not (two / "places.json").exists(), "nobody has moved here"
        await other.press(*["down"] * 5)
        further = other.lines[2]
    assert further != words
    async with reading(library, machine=one) as reader:  # the app was ended on the lesson itself
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.lines[2] == further, "the words of the other machine")
        await leave(reader)
    assert library.one("SELECT count(*) FROM lms_tui.reading_positions") == 1


async def test_what_was_read_offline_last_counts_and_is_told_with_the_next_leaving(
    library: Library, tmp_path: Path
) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    one, two = tmp_path / "one", tmp_path / "two"
    async with reading(library, machine=two) as reader:
        await opened_whole(reader, library)
        await reader.press(*["down"] * 3)
        await leave(reader)
        await reader.until(lambda: library.one(STORED) is not None)
    first = library.one(STORED)
    async with reading(library, machine=one) as reader:
        await opened_whole(reader, library)
        library.away = True
        await reader.press(*["down"] * 9)
        words = reader.lines[2]
        await reader.press("escape")
        await reader.shows("What you have done is kept.")
        library.away = False
        await reader.press("r")
        ((_, _, known_at, moved_at),) = places(one).values()
        assert known_at == 0
        assert moved_at > 0
        assert library.one(STORED) == first
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.lines[2] == words, "the place that only this machine has")
        await leave(reader)
        await reader.until(lambda: library.one(STORED) != first, "told at last")
        await reader.until(lambda: next(iter(places(one).values()))[2] > 0)
    async with reading(library, machine=two) as reader:
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.lines[2] == words, "and the other machine has it")


async def test_who_is_not_enrolled_has_the_place_on_this_machine_alone(library: Library) -> None:
    library.course("Databases", CHAPTERS)
    async with reading(library) as reader:
        await opened_whole(reader, library)
        await reader.press(*["down"] * 9)
        words = reader.lines[2]
        await leave(reader)
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.lines[2] == words)
    assert library.one("SELECT count(*) FROM lms_tui.reading_positions") == 0


async def test_the_place_is_kept_where_the_database_keeps_none(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    library.db.execute("DROP TABLE lms_tui.reading_positions")
    async with reading(library) as reader:
        await opened_whole(reader, library)
        await reader.press(*["down"] * 9)
        words = reader.lines[2]
        await leave(reader)
        await opened(reader, library, "Inner joins")
        await reader.until(lambda: reader.lines[2] == words)


async def test_the_place_belongs_to_the_person(library: Library) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    async with reading(library) as reader:
        lesson = await opened_whole(reader, library)
        await reader.press(*["down"] * 9)
    assert list(places(library.folder)) == [f"{library.me}:{lesson}"]


async def test_the_end_of_the_app_waits_a_moment_at_most(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    monkeypatch.setattr(reading_module, "LAST_MOMENT", 0.01)
    async with reading(library) as reader:
        await opened_whole(reader, library)
        backend = await reader.app.backend()
        never = asyncio.Event()

        async def silent(*_: object) -> None:
            await never.wait()

        monkeypatch.setattr(backend.api, "call", silent)
        await reader.press(*["down"] * 9)
    assert library.one(STORED) is None
    assert len(places(library.folder)) == 1


async def test_the_end_of_the_app_waits_for_nobody_who_is_away(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    monkeypatch.setattr(reading_module, "LAST_MOMENT", 20)
    async with reading(library) as reader:
        await opened_whole(reader, library)
        backend = await reader.app.backend()
        never = asyncio.Event()

        async def silent(*_: object) -> None:
            await never.wait()

        await reader.press(*["down"] * 9)
        library.away = True
        with pytest.raises(Unreachable):
            await reader.app.call(learning.HOME, learning.HomeRequest())
        monkeypatch.setattr(backend.api, "call", silent)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    ((_, _, known_at, moved_at),) = places(library.folder).values()
    assert known_at == 0 < moved_at, "it is kept, and waits"


async def test_the_end_of_the_app_lets_the_last_place_go_out(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.course("Databases", CHAPTERS, enrolled=True)
    monkeypatch.setattr(reading_module, "LAST_MOMENT", 20)
    async with reading(library) as reader:
        await opened_whole(reader, library)
        api = (await reader.app.backend()).api
        call = api.call

        async def slow(*asked: Any) -> Any:
            await asyncio.sleep(0.5)
            return await call(*asked)

        monkeypatch.setattr(api, "call", slow)
        await reader.press(*["down"] * 9)
    assert library.one(STORED) is not None
    assert next(iter(places(library.folder).values()))[2] > 0, "and what it answered is kept"


async def done(tasks: Tasks) -> None:
    """Wait for what goes on behind the screens, writing on a busy disk among it."""
    if tasks._running:
        await asyncio.wait({*tasks._running})


class Clock:
    """Timers that go off when the test says so."""

    def __init__(self) -> None:
        self.at = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.tasks = Tasks()

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Any:
        entry = (self.at + delay, callback)
        self.due.append(entry)
        return SimpleNamespace(stop=lambda: self.due.remove(entry) if entry in self.due else None)

    def monotonic(self) -> float:
        return self.at

    async def pass_time(self, seconds: float) -> None:
        end = self.at + seconds
        while self.due and (entry := min(self.due, key=lambda due: due[0]))[0] <= end:
            self.due.remove(entry)
            self.at = entry[0]
            entry[1]()
            await done(self.tasks)
        self.at = end


class Desk:
    """A reading with a clock of the test's own, and what it has told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, places: ReadingPlaces) -> None:
        self.clock, self.told, self.place = Clock(), list[tuple[float, int]](), Place(1, 0)
        self.reached = True
        clock = SimpleNamespace(monotonic=self.clock.monotonic, time_ns=time.time_ns)
        monkeypatch.setattr(reading_module, "time", clock)
        lesson = SimpleNamespace(id=uuid4(), reading=None)
        self.reading = Reading("one", cast(learning.Lesson, lesson), places, self.clock, self.clock.tasks, self.tell)

    async def tell(self, kept: Kept) -> int | None:
        self.told.append((self.clock.at, kept.block))
        return 1_000 + kept.block if self.reached else None

    def move(self, block: int) -> None:
        self.place = Place(block, 0)
        self.reading.moved(lambda: self.place)


async def test_a_place_is_written_soon_and_told_now_and_then_and_at_rest_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "places.json"
    desk = Desk(monkeypatch, ReadingPlaces(file))
    assert desk.clock.due == []
    for block in range(2, 6):
        desk.move(block)
    assert len(desk.clock.due) == 1, "one timer for any number of moves"
    await desk.clock.pass_time(KEEP_SECONDS)
    assert ReadingPlaces(file).get("one") == 5
    assert desk.told == []
    await desk.clock.pass_time(TELL_SECONDS)
    assert desk.told == [(TELL_SECONDS, 5)]
    assert ReadingPlaces(file).numbers("one")[2] == 1_005, "since when the service has it"
    assert desk.clock.due == [], "at rest"
    for block in range(10, 100):
        desk.move(block)
        await desk.clock.pass_time(1)
    await desk.clock.pass_time(100)
    assert [block for _, block in desk.told][-1] == 99
    times = [at for at, _ in desk.told]
    assert all(later - earlier >= TELL_SECONDS for earlier, later in pairwise(times))
    assert len(times) == 5
    desk.move(99)  # there and back
    await desk.clock.pass_time(100)
    desk.reading.leave(desk.place)
    await asyncio.sleep(0.02)
    assert (len(desk.told), desk.clock.due) == (5, [])


async def test_a_place_that_was_not_taken_is_told_when_the_lesson_is_left_and_when_it_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ReadingPlaces(tmp_path / "places.json")
    desk = Desk(monkeypatch, places)
    desk.reached = False
    desk.move(3)
    await desk.clock.pass_time(60)
    desk.reading.leave(Place(4, 5))
    await asyncio.sleep(0.02)
    assert ([block for _, block in desk.told], places.numbers("one")[:3]) == ([3, 4], (4, 5, 0))
    again = Desk(monkeypatch, ReadingPlaces(tmp_path / "places.json"))
    assert again.reading.place == Place(4, 5)
    await again.clock.pass_time(TELL_SECONDS)
    assert [block for _, block in again.told] == [4]
    again.reading.leave(Place(4, 5))
    await asyncio.sleep(0.02)
    assert len(again.told) == 1, "it is known there"


async def test_a_place_is_told_under_nobody_elses_name(tmp_path: Path) -> None:
    told = []

    async def call(_: object, request: learning.PositionRequest) -> Any:
        told.append(request.block)
        return SimpleNamespace(updated_at=None)

    ada, grace = uuid4(), uuid4()
    backend = SimpleNamespace(user=SimpleNamespace(id=ada), api=SimpleNamespace(call=call))

    async def reached() -> Any:
        return backend

    places = ReadingPlaces(tmp_path / "places.json")
    app = SimpleNamespace(backend=reached, places=places, set_timer=Clock().set_timer)
    given = cast("Any", SimpleNamespace(id=uuid4(), reading=None, enrolled=True))
    for user, expected in ((ada, [4]), (grace, [4])):
        backend.user.id = user
        reading = reading_module.learners(cast("Any", app), given, tasks := Tasks(), str(ada))
        reading.leave(Place(4 if user == ada else 6, 0))
        await done(tasks)
        assert told == expected
