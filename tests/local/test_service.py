"""The service as a child process: found, started once, ended, recovered."""

import asyncio
import os
import random
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lms_tui.build import build_id
from lms_tui.local import host, service
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import Places
from lms_tui.local.postgres import Server, start
from tests.db.test_migrate import at_first

from .conftest import ROOT, kill


def say_nothing(_: str) -> None:
    """Take progress and drop it."""


def rows() -> int:
    """Ask the running or started service how many rows it has kept; each question adds one."""
    found = re.match(r"rows=(\d+) owner=True", service.ensure_service(progress=say_nothing).status)
    assert found
    return int(found[1])


def test_the_first_start_tells_its_progress_and_the_second_finds_it(home: Places, host_pid: Callable[[], int]) -> None:
    said: list[str] = []
    service.ensure_service(progress=said.append)
    assert said == ["Making your database; this happens once…", "Starting the database…"]
    pid = host_pid()
    service.ensure_service(progress=said.append)
    assert len(said) == 2
    assert host_pid() == pid
    place = service.site()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (place.socket, place.log, place.lock, place.socket.parent)]
    assert modes == [0o600, 0o600, 0o600, 0o700]


def test_two_starters_at_once_make_one_service(home: Places, host_pid: Callable[[], int]) -> None:
    code = (
        "from lms_tui.local import service; service.HOST_MODULE = 'tests.local.tiny_host'; "
        "service.ensure_service(progress=lambda s: None); print(service._holder(service.site()))"
    )
    with ThreadPoolExecutor(3) as pool:
        ask = lambda _: subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: E731
        pids = set(pool.map(ask, range(3)))
    assert pids == {f"{host_pid()}\n"}


def test_sigterm_stops_postgres_cleanly(home: Places, host_pid: Callable[[], int]) -> None:
    rows()
    os.kill(host_pid(), signal.SIGTERM)
    assert service._signal_and_wait(service.site(), signal.SIGTERM, 30)
    assert not service.site().socket.exists()
    assert (home.data / "postgres/postgres.log").read_text().rstrip().endswith("database system is shut down")
    assert (home.data / "postgres/supervisor.lock").read_text() == ""


@pytest.mark.anyio
async def test_a_service_that_ends_leaves_the_socket_of_another_alone(tmp_path: Path) -> None:
    path, ready = tmp_path / "s.sock", asyncio.Event()

    async def app(_scope: object, receive: Any, send: Any) -> None:
        for said in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{said}.complete"})

    serving = asyncio.create_task(host.serve(app, path, on_ready=ready.set))
    await ready.wait()
    path.unlink()  # as by a person who removes the folder and begins anew
    with host.bind_private(path):
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
        assert path.exists()


def test_it_ends_itself_when_unused(home: Places, host_pid: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_TUI_IDLE_SECONDS", "0.3")
    rows()
    place = service.site()
    with socket.socket(socket.AF_UNIX) as client:  # a client that stays keeps it
        client.connect(str(place.socket))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(10)
        assert host_pid()
    deadline = time.monotonic() + 30
    while host_pid() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not host_pid()
    assert "shut down" in (home.data / "postgres/postgres.log").read_text().splitlines()[-1]


@pytest.fixture
def installed(home: Places, tmp_path: Path) -> Path:
    """A copy of the program that a test may upgrade, with the times of its files."""
    for name in ("src", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / "installed" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "installed"


def begin(installed: Path) -> list[str]:
    """Find or start the service as the copy does; return what it says of itself, and what it told meanwhile."""
    code = (
        "from lms_tui.local import service; service.HOST_MODULE = 'tests.local.tiny_host'; told = []; "
        "found = service.ensure_service(progress=told.append); print(found.build, service.build_id(), *told, sep='\\n')"
    )
    paths = {**os.environ, "PYTHONPATH": f"{installed / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=paths)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


UPDATED = "lms-tui was updated: starting its service again…"


def test_an_upgraded_program_replaces_the_service_of_the_old_one_once(
    installed: Path, host_pid: Callable[[], int]
) -> None:
    serving, own, *told = begin(installed)
    assert serving == own
    assert UPDATED not in told
    old = host_pid()
    assert begin(installed) == [own, own]
    assert host_pid() == old
    with (installed / "src/lms_tui/rules/grading.py").open("a") as source:
        source.write("\n")
    with ThreadPoolExecutor(2) as pool:  # two windows at once: the second takes what the first has started
        both = list(pool.map(begin, [installed] * 2))
    newer = both[0][1]
    assert newer != own
    assert [said[:2] for said in both] == [[newer, newer]] * 2
    assert sum(UPDATED in said for said in both) == 1
    new = host_pid()
    assert new not in (0, old)
    assert begin(installed) == [newer, newer]
    assert host_pid() == new


def test_the_service_of_another_build_stays_while_somebody_is_connected_and_afterwards(
    home: Places, host_pid: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows()
    before, place = host_pid(), service.site()
    own = build_id()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(place.socket))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")  # in the middle of a request
        monkeypatch.setattr(service, "build_id", lambda: "newer")
        assert service.ensure_service(progress=say_nothing).build == own
        assert host_pid() == before
    time.sleep(0.5)  # it was kept for both windows: it does not end with the connection of one
    assert service.ask_health(place.socket)
    assert host_pid() == before
    service.ensure_service(progress=say_nothing)
    assert host_pid() not in (0, before)


def test_a_service_that_stays_and_speaks_another_wire_gets_a_sentence(
    home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows()
    monkeypatch.setattr(service, "OLDEST_WIRE", 3)
    monkeypatch.setattr(service, "WIRE_VERSION", 4)
    rows()  # the same build is never asked
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(service.site().socket))
        monkeypatch.setattr(service, "build_id", lambda: "newer")
        with pytest.raises(LocalError, match=r"speaks version 1 of the wire, this program version 4\. Close"):
            service.ensure_service(progress=say_nothing)


@pytest.mark.parametrize("who", ["host", "postgres", "both"])
def test_killed_hard_at_any_moment_the_next_start_needs_no_hand(
    home: Places, host_pid: Callable[[], int], who: str
) -> None:
    seen = rows()
    for _ in range(5):
        targets = []
        if who in ("postgres", "both"):
            targets.append(int((home.data / "postgres/data-18/postmaster.pid").read_text().split()[0]))
        if who in ("host", "both"):
            targets.append(host_pid())
        for pid in random.sample(targets, len(targets)):
            kill(pid)
        time.sleep(random.uniform(0, 0.1))  # noqa: S311 - the moment is what is tried
        deadline = time.monotonic() + 30
        while True:  # while PostgreSQL is revived under a living host, requests fail
            found = service.ask_health(service.site().socket) if who == "postgres" else None
            if found or who != "postgres":
                break
            assert time.monotonic() < deadline
        now = rows()
        assert now > seen
        seen = now


def test_killed_while_it_makes_the_first_database(home: Places) -> None:
    code = (
        "from lms_tui.local import service; service.HOST_MODULE = 'tests.local.tiny_host'; "
        "service.ensure_service(progress=lambda s: print(s, flush=True))"
    )
    for _ in range(3):
        starter = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with starter:
            assert starter.stdout
            starter.stdout.readline()
            time.sleep(random.uniform(0, 0.5))  # noqa: S311
            kill(service._holder(service.site()))
    assert rows() >= 0
    assert list((home.data / "postgres").glob("data-18.new-*")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_a_foreign_user_is_turned_away_at_the_socket(home: Places) -> None:
    rows()
    ask = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
        "s.sendall(b'GET /health HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(s.recv(100))"
    )
    caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    other = ["setpriv", "--reuid=1", "--regid=1", "--clear-groups", *caps]
    done = subprocess.run(
        [*other, sys.executable, "-c", ask, service.site().socket],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout in ("", "b''\n")
    assert done.stdout or "ConnectionResetError" in done.stderr or "BrokenPipeError" in done.stderr


def test_the_starters_half_loads_nothing_of_the_service() -> None:
    code = "import sys, lms_tui.local.service; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "lms_tui" in out.split()
    assert not {"sqlalchemy", "psycopg", "alembic", "starlette", "uvicorn", "httpx", "asyncio"} & set(out.split())


def test_the_real_service_answers_and_a_migration_is_preceded_by_a_backup(
    home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "HOST_MODULE", "lms_tui.local.host")
    said: list[str] = []
    found = service.ensure_service(progress=said.append)
    assert (found.status, found.build) == ("ok", build_id())
    assert said[-2:] == ["Bringing the database up to date…", "Bringing in the courses that come with the program…"]
    assert service.stop_service()
    backups = home.data / "postgres/backups"
    assert not backups.exists()  # there was nothing to lose

    server = start(home.data / "postgres")
    with psycopg.connect(server.url()) as db:
        db.execute("UPDATE lms_tui.alembic_version SET version_num = '0000'")
    with pytest.raises(LocalError, match="version 0000"):
        host.migrate_embedded(server.url(), backups, lambda *_: None)
    assert [path.name for path in backups.iterdir()] == ["000001-0000.dump"]

    with psycopg.connect(server.url()) as db:  # as an older program left it
        for relation in ("SCHEMA lms_tui", "SCHEMA public"):
            db.execute(f"DROP {relation} CASCADE")
        db.execute("CREATE SCHEMA public")
    at_first(server.url())
    host.migrate_embedded(server.url(), backups, lambda *_: None)
    assert sorted(path.name for path in backups.iterdir()) == ["000001-0000.dump", "000002-0001.dump"]
    with psycopg.connect(server.url()) as db:
        assert db.execute("SELECT count(*) FROM lms_tui.audit").fetchone() == (0,)
    server.stop()


def test_the_service_of_another_database_has_no_owned_server_and_no_secret_in_sight(
    home: Places, made: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "HOST_MODULE", "lms_tui.local.host")
    url = made.url().replace("lms_tui@", "lms_tui:hunter2@")
    assert service.ensure_service(url, progress=say_nothing).status == "ok"
    try:
        pid = service._holder(service.site(url))
        seen = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        assert b"hunter2" not in seen
        assert not (home.data / "postgres").exists()
    finally:
        assert service.stop_service(url)
