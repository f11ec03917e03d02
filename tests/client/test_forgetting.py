"""What a machine keeps of a person goes with them, and nothing of anybody else."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from lms_tui.client.forgetting import forget_here
from lms_tui.client.mentor_file import MentorFile
from lms_tui.client.outbox_file import OutboxFile
from lms_tui.client.practice_file import PracticeFile
from lms_tui.client.practice_spacing import Line
from lms_tui.client.study_file import StudyFile
from lms_tui.wire.learning import COMPLETE, ProgressRequest

from .test_mentor_file import page

ADA, BEN = UUID(int=0xADA), UUID(int=0xBE)
SERVICE = "https://learn.example.org"


def fill(state: Path, user: UUID) -> None:
    """Keep something of a person in each file."""
    outbox = OutboxFile(state / "outbox.sqlite", (SERVICE, str(user)))
    outbox.open()
    outbox.keep(COMPLETE, ProgressRequest(lesson_id=uuid4(), id=uuid4()), f"of {user}")
    outbox.close()
    StudyFile(state / "study.sqlite", service=SERVICE, user=user).add(uuid4(), 7)
    MentorFile(state / "mentor.sqlite", (SERVICE, str(user))).keep(page(1))
    practice = PracticeFile(state / "practice.sqlite", (SERVICE, str(user)))
    practice.change(uuid4(), lambda _: Line(datetime.now(UTC), 0, None, None))


def names_in(state: Path) -> dict[UUID, set[str]]:
    """In which files each of the two is found."""
    kept = {path.name: path.read_bytes() for path in state.iterdir() if path.is_file()}
    return {user: {name for name, content in kept.items() if str(user).encode() in content} for user in (ADA, BEN)}


def test_all_of_one_goes_and_nothing_of_another(tmp_path: Path) -> None:
    (tmp_path / "fetched").mkdir()
    for user in (ADA, BEN):
        fill(tmp_path, user)
    assert {name.removesuffix("-wal") for name in names_in(tmp_path)[ADA]} == {
        "outbox.sqlite",
        "study.sqlite",
        "practice.sqlite",
        "mentor.sqlite",
    }
    forget_here(tmp_path, SERVICE, ADA)
    found = names_in(tmp_path)
    assert not found[ADA]
    assert found[BEN] >= {"study.sqlite", "practice.sqlite", "mentor.sqlite"}
    outbox = OutboxFile(tmp_path / "outbox.sqlite", (SERVICE, str(BEN)))
    outbox.open()
    assert len(outbox.kept()) == 1
    outbox.close()
    assert not (tmp_path / "fetched").exists()
    forget_here(tmp_path / "missing", SERVICE, ADA)
