"""The file of places: whole, private, shared by several programs, and never in the way."""

import json
import threading
from pathlib import Path

import pytest

from lms_tui.tui import start
from lms_tui.tui.app import LmsApp
from lms_tui.tui.backend import AskSignIn, Backend, Tell
from lms_tui.tui.places import ReadingPlaces


def test_places_are_kept_with_all_their_numbers(tmp_path: Path) -> None:
    file = tmp_path / "state" / "places.json"
    places = ReadingPlaces(file)
    places.put("a", 1)
    places.put("b", 2, 3, 4)
    places.note("c", 5)
    assert (places.get("a"), places.get("b"), places.numbers("b"), places.get("c")) == (1, 2, (2, 3, 4), 5)
    assert (places.get("none"), places.numbers("none")) == (0, ())
    again = ReadingPlaces(file)
    assert (again.numbers("a"), again.numbers("b"), again.numbers("c")) == ((1,), (2, 3, 4), ())
    places.save()
    assert ReadingPlaces(file).get("c") == 5
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_programs_keep_each_others_places(tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    one, two = ReadingPlaces(file), ReadingPlaces(file)
    one.put("mine", 1)
    two.put("yours", 2)
    one.put("more", 3)
    found = ReadingPlaces(file)
    assert [found.get(name) for name in ("mine", "yours", "more")] == [1, 2, 3]

    def put(program: ReadingPlaces, name: str) -> None:
        for number in range(100):
            program.put(f"{name} {number}", number)

    threads = [threading.Thread(target=put, args=(ReadingPlaces(file), name)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = ReadingPlaces(file)
    assert all(found.get(f"{name} {number}") == number for name in "xyz" for number in range(100))


def test_the_oldest_of_too_many_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "places.json"
    file.write_text(json.dumps({str(number): number for number in range(1000)}))
    places = ReadingPlaces(file)
    places.put("0", 7)
    places.put("new", 8)
    found = ReadingPlaces(file)
    assert (found.numbers("1"), found.get("0"), found.get("2"), found.get("new")) == ((), 7, 2, 8)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": -1, "b": true, "c": [1, "x"], "d": [], "e": 2}', "\udcff"])
def test_a_broken_file_costs_only_the_places(tmp_path: Path, text: str) -> None:
    file = tmp_path / "places.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    places = ReadingPlaces(file)
    assert [places.numbers(name) for name in "abcd"] == [()] * 4
    places.put("a", 3)
    assert ReadingPlaces(file).get("a") == 3


def test_what_cannot_be_written_is_kept_for_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.write_text("not a folder")
    places = ReadingPlaces(file / "places.json")
    places.put("a", 3)
    assert places.get("a") == 3
    file.unlink()
    places.put("b", 4)
    assert [ReadingPlaces(file / "places.json").get(name) for name in "ab"] == [3, 4]


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    places = ReadingPlaces(None)
    places.put("a", 3)
    assert places.get("a") == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kiosk", [True, False])
def test_a_kiosk_keeps_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kiosk: bool) -> None:
    async def show(app: LmsApp) -> int:
        app.places.put("a", 3)
        return app.places.get("a")

    async def connect(tell: Tell, ask_sign_in: AskSignIn) -> Backend:
        raise NotImplementedError

    monkeypatch.setattr(start, "_show", show)
    assert start.run(start.StartConfig(state=tmp_path, kiosk=kiosk), connect) == 3
    assert (tmp_path / "places.json").exists() != kiosk
