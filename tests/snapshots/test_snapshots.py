"""A picture of each screen in each of its states at 80x24 and at 120x40, and of each screen in ASCII at 80x24.

After a change that was meant, `pytest tests/snapshots --snapshot-update` makes the pictures anew: look at each that
git shows as changed before it is committed. A failure writes snapshot_report.html, which shows old and new beside
each other. The pictures depend on the exact versions of Textual, Rich and Pygments that the extra `test` pins.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot
from textual.screen import Screen

import lms_tui.tui.screens
from lms_tui.tui.filters import to_ascii
from lms_tui.tui.screens.acting import ActingScreen
from lms_tui.tui.screens.asking import AskingScreen
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.screens.catalog_filters import FilteredScreen
from lms_tui.tui.screens.code_form import CodeForm
from lms_tui.tui.screens.conversation import ConversationScreen
from lms_tui.tui.screens.course_forms import CourseForm
from lms_tui.tui.screens.course_statistics import CourseSection
from lms_tui.tui.screens.form import FormScreen
from lms_tui.tui.screens.lesson_files import LessonFilesScreen
from lms_tui.tui.screens.lesson_mentor import LessonMentorScreen
from lms_tui.tui.screens.lesson_opening import LessonOpeningScreen
from lms_tui.tui.screens.lesson_pictures import LessonPicturesScreen
from lms_tui.tui.screens.mentor_opening import MentorOpening
from lms_tui.tui.screens.mentor_talk import TalkScreen
from lms_tui.tui.screens.people_list import PeopleListScreen
from lms_tui.tui.screens.searching import SearchingScreen
from lms_tui.wire.quizzes import Kind
from tests.snapshots.scenes import SCENES, Scene
from tests.snapshots.shelf import FOREIGN
from tests.snapshots.stage import Stage, standing_still

SnapCompare = Callable[..., bool]
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
IN_ASCII = list({(scene.screen, scene.kind): scene for scene in reversed(SCENES)}.values())
"""The first scene of each screen and kind of question: that each letter has a look-alike is seen of all of them."""
each_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: str(scene.name))


class TextExtension(SingleFileSnapshotExtension):
    """A screen as text: its colours are those of the picture at the same size."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture(autouse=True)
def _standing_still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    with standing_still(monkeypatch):
        yield


@each_scene
@pytest.mark.parametrize("size", SIZES)
def test_picture(scene: Scene, size: str, snap_compare: SnapCompare, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    scene.prepare(stage)
    seen: list[str] = []

    async def lead(pilot: Pilot[None]) -> None:
        seen.append(await _led(stage, scene, pilot))

    same = snap_compare(stage.app, terminal_size=SIZES[size], run_before=lead)
    (text,) = seen
    assert scene.shows in " ".join(text.split()), text
    unlike = {character for character in text if "?" in to_ascii(character)} - {"?"} - FOREIGN
    assert not unlike, f"without a look-alike in ASCII: {unlike}"
    assert same, f"the screen is another than its picture; now it is\n{text}"


@pytest.mark.parametrize("scene", IN_ASCII, ids=lambda scene: str(scene.name))
@pytest.mark.anyio
async def test_ascii(scene: Scene, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    stage = Stage(tmp_path, ascii_only=True)
    scene.prepare(stage)
    async with stage.app.run_test(size=SIZES["80x24"]) as pilot:
        text = await _led(stage, scene, pilot)
    assert to_ascii(scene.shows) in " ".join(text.split()), text
    assert text.isascii(), sorted(character for character in text if not character.isascii())
    assert text == snapshot.use_extension(TextExtension)


async def _led(stage: Stage, scene: Scene, pilot: Pilot[None]) -> str:
    """Lead the app to the scene and return what stands on its screen."""
    stage.pilot = pilot
    await stage.settle()
    await scene.lead(stage)
    await stage.shows(scene.shows)
    assert type(stage.app.screen) is scene.screen, stage.text
    return stage.text


PARTS = {
    ActingScreen,
    AskingScreen,
    CodeForm,
    ConversationScreen,
    CourseForm,
    CourseSection,
    FilteredScreen,
    FormScreen,
    FramedScreen,
    LessonFilesScreen,
    LessonMentorScreen,
    LessonOpeningScreen,
    LessonPicturesScreen,
    MentorOpening,
    PeopleListScreen,
    SearchingScreen,
    TalkScreen,
}
"""Screens that others are made of."""


def test_every_screen_has_a_picture() -> None:
    screens = {
        screen
        for module in pkgutil.iter_modules(lms_tui.tui.screens.__path__)
        for _, screen in inspect.getmembers(
            importlib.import_module(f"{lms_tui.tui.screens.__name__}.{module.name}"), inspect.isclass
        )
        if issubclass(screen, Screen) and screen.__module__.startswith(lms_tui.tui.screens.__name__)
    }
    assert screens - PARTS == {scene.screen for scene in SCENES}


def test_every_kind_of_question_has_a_picture() -> None:
    assert {scene.kind for scene in SCENES} - {None} == set(Kind)


@pytest.mark.parametrize("name", ["home", "catalog", "course", "lesson"])
@pytest.mark.parametrize("state", ["loading", "empty", "error", "offline"])
def test_every_state_of_the_main_screens_has_a_picture(name: str, state: str) -> None:
    found: dict[str, type[Screen[Any]]] = {scene.name: scene.screen for scene in SCENES}
    assert found[f"{name}_{state}"] is found[name]


def test_every_picture_belongs_to_a_scene(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("update_snapshots"):
        pytest.skip("the pictures are being made; they are written and removed at the end")
    pictures = Path(__file__).parent / "__snapshots__" / "test_snapshots"
    wanted = {f"test_picture[{size}-{scene.name}].svg" for scene in SCENES for size in SIZES}
    wanted |= {f"test_ascii[{scene.name}].txt" for scene in IN_ASCII}
    assert {picture.name for picture in pictures.iterdir()} == wanted
