"""Real servers for the tests of the local room; every one is stopped at the end of its test."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms_tui.local import service
from lms_tui.local.paths import Places, places
from lms_tui.local.postgres import Server, start

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running server for tests that do it no harm."""
    server = start(tmp_path_factory.mktemp("made") / "postgres", durable=False, end_with_us=True)
    yield server
    server.stop()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """A home of its own whose service is the tiny host; what runs in it is stopped."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    monkeypatch.setattr(service, "HOST_MODULE", "tests.local.tiny_host")
    yield places()
    assert service.stop_service()


@pytest.fixture
def host_pid() -> Callable[[], int]:
    """Return what tells the process of the running service."""
    return lambda: service._holder(service.site())


def kill(pid: int) -> None:
    """Kill hard; gone already, or not there yet (0, which would be our whole process group), is as good."""
    if pid <= 1:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
