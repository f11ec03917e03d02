"""`lms-tui course …` as it is typed, on a real embedded database."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from lms_tui.client.course_sources import FOLDER, CourseSources
from lms_tui.local.paths import Places
from lms_tui.local.service import stop_service

from .import_kit import Folder, page

Lms = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lms(tmp_path: Path) -> Iterator[Lms]:
    """Run the command with a home of its own; the service that it starts is stopped at the end."""
    home = tmp_path / "home"
    env = {key: value for key, value in os.environ.items() if not key.startswith("LMS_TUI_")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lms_tui", *arguments],
            env=env | {"LMS_TUI_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )

    yield run
    where = Places(home / "data", home / "state", home / "config", home / "run")
    assert stop_service(where=where)


def test_a_course_is_validated_imported_listed_and_refused(lms: Lms, tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = Folder(tmp_path / "small")
    toml = folder.root / "course.toml"
    without_id = toml.read_text().partition("\n")[2]
    toml.write_text(without_id)

    validated = lms("course", "validate", str(folder.root))
    assert (validated.returncode, validated.stderr.count("Wrote id")) == (0, 0)
    assert "Would import: Small course (2 chapters, 4 lessons, 2 questions, 0 files)." in validated.stdout
    assert toml.read_text() == without_id

    imported = lms("course", "import", str(folder.root), "--json")
    report = json.loads(imported.stdout)
    assert (imported.returncode, report["created"], report["lessons"]) == (0, True, 4)
    assert toml.read_text() == f'id = "{report["course_id"]}"\n{without_id}'

    state = home / "state"
    source = CourseSources(state, service="embedded").find(UUID(report["course_id"]))
    assert source is not None
    assert source.root == folder.root
    assert {place.file for place in source.places} == {"one/a.md", "one/b.md", "two/quiz.md", "two/end.md"}
    assert CourseSources(state, service="https://elsewhere.example").find(UUID(report["course_id"])) is None
    assert (
        (state / FOLDER).stat().st_mode & 0o777,
        [one.stat().st_mode & 0o777 for one in (state / FOLDER).iterdir()],
    ) == (
        0o700,
        [0o600],
    )

    again = lms("course", "import", str(folder.root))
    assert "Brought up to date: Small course" in again.stdout

    listed = json.loads(lms("course", "list", "--json").stdout)
    assert [course["title"] for course in listed] == [
        "Relational databases from the ground up",
        "Small course",
        "Welcome to lms-tui",
    ]
    assert "Small course" in lms("course", "list").stdout

    (folder.root / "one" / "b.md").write_text("+++\ntitle = 3\n+++\n")
    refused = lms("course", "import", str(folder.root))
    assert refused.returncode == 1
    assert re.search(r"^one/b\.md:2: .* \[refused\]$", refused.stdout, re.MULTILINE)
    assert "Nothing was imported" in refused.stdout

    (folder.root / "one" / "b.md").write_text(page("B", body="[x](#nowhere)"))
    validated = lms("course", "validate", str(folder.root))
    assert re.search(r"^one/b\.md:5: .*nowhere.* \[dead-link\] \[warning\]$", validated.stdout, re.MULTILINE)
    told = json.loads(lms("course", "validate", str(folder.root), "--json").stdout)
    assert [(one["rule"], one["file"], one["line"]) for one in told["warnings"]] == [("dead-link", "one/b.md", 5)]
    assert (told["dry_run"], told["changed"]) == (True, 1)

    builtin = lms("course", "import", "builtin:tour")
    assert "Brought up to date: Welcome to lms-tui" in builtin.stdout
    unknown = lms("course", "import", "builtin:nothing")
    assert unknown.returncode == 1
    assert "databases, tour" in unknown.stderr
