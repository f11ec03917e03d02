"""Where the files of an imported course lie on this machine: kept per service, private, and believed with care."""

from pathlib import Path
from uuid import UUID

import pytest

from lms_tui.client.course_sources import FOLDER, CourseSources
from lms_tui.wire.courses import ImportReport, LessonPlace

COURSE, LESSON = UUID(int=1), UUID(int=2)


def report(*files: str) -> ImportReport:
    places = [LessonPlace(lesson_id=LESSON, file=file) for file in files]
    return ImportReport(
        course_id=COURSE,
        title="A course",
        dry_run=False,
        created=True,
        chapters=1,
        lessons=1,
        questions=0,
        files=0,
        notes=[],
        changed=1,
        places=places,
    )


def test_a_course_is_found_again_at_its_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    here = CourseSources(tmp_path / "state", service="embedded")
    assert here.find(COURSE) is None
    here.keep(folder, report("one/a.md"))
    source = here.find(COURSE)
    assert source is not None
    place = source.place_of(LESSON)
    assert (source.root, place and place.file) == (folder, "one/a.md")
    assert source.place_of(COURSE) is None
    assert CourseSources(tmp_path / "state", service="https://other.example").find(COURSE) is None


def test_of_one_file_the_root_is_the_folder_around_it_also_once_the_file_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "quiz.gift"
    file.write_text("{T}")
    sources = CourseSources(tmp_path / "state", service="embedded")
    sources.keep(file, report("quiz.gift"))
    file.unlink()
    source = sources.find(COURSE)
    assert source is not None
    assert source.file_of("quiz.gift") == file


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../secret", "a/../../secret", "link/secret", "a\x1b[0m", "..\\x"])
def test_a_path_that_leads_out_of_the_folder_names_nothing(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    (tmp_path / "secret").write_text("")
    (folder / "link").symlink_to(tmp_path)
    sources = CourseSources(tmp_path / "state", service="embedded")
    sources.keep(folder, report("a.md"))
    source = sources.find(COURSE)
    assert source is not None
    assert source.file_of("a.md") == folder / "a.md"
    assert source.file_of(name) is None


def test_what_is_damaged_or_others_can_read_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    sources = CourseSources(tmp_path, service="embedded")
    sources.keep(tmp_path, report())
    (file,) = (tmp_path / FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    assert sources.find(COURSE) is None
    file.chmod(0o600)
    file.write_text("{")
    assert sources.find(COURSE) is None
