"""What several tests over a real terminal need: a home of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_tui.local import service


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home; the service that is started in it is stopped at the end."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    yield tmp_path / "home"
    assert service.stop_service()
