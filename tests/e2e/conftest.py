"""What several tests over a real terminal need: a home of their own, and an app that waits."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_tui.local import service
from tests.e2e.terminal import Terminal


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home; the service that is started in it is stopped at the end."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    yield tmp_path / "home"
    assert service.stop_service()


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Terminal]:
    """The app at home, with nobody there to answer it."""
    program = (
        "import sys, asyncio; from pathlib import Path; from lms_tui.tui.start import run, StartConfig\n"
        "async def connect(tell, ask):\n    tell('Waiting for ever'); await asyncio.sleep(999)\n"
        f"sys.exit(run(StartConfig(state=Path({str(tmp_path)!r})), connect))"
    )
    opened = Terminal([sys.executable, "-c", program], os.environ)
    yield opened
    opened.close()
