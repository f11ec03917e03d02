"""The supervisor of PostgreSQL, with the real one."""

import asyncio
import json
import os
import pwd
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from lms_tui.local import binaries, postgres
from lms_tui.local.binaries import MAJOR
from lms_tui.local.errors import InUseError, LocalError, ServerFailedError
from lms_tui.local.host import embedded
from lms_tui.local.lock import SupervisorLock, this_host
from lms_tui.local.postgres import Server, find, start
from lms_tui.local.postmaster import is_postmaster, pid_file
from lms_tui.local.runas import reachable

from .conftest import kill


def one(server: Server, sql: str) -> object:
    """Return the single value of a query on our database."""
    with psycopg.connect(server.url(), autocommit=True) as db:
        row = db.execute(sql).fetchone()
    return row and row[0]


def test_a_first_start_makes_a_durable_private_utf8_database(tmp_path: Path) -> None:
    said: list[str] = []
    server = start(tmp_path / "pg", progress=said.append)
    try:
        shown = one(
            server,
            "SELECT concat_ws(' ', current_setting('fsync'), current_setting('listen_addresses') = '', "
            "current_setting('server_encoding'), datlocprovider, datlocale, current_user, rolsuper) "
            "FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user",
        )
        assert shown == "on t UTF8 b C.UTF-8 lms_tui f"
        assert said == ["Making your database; this happens once…", "Starting the database…"]
        socket = server.socket_folder / ".s.PGSQL.5432"
        assert [stat.S_IMODE(path.stat().st_mode) for path in (server.folder, server.socket_folder, socket)] == [
            0o700,
            0o700,
            0o700,
        ]
        owner = server.data.stat().st_uid
        assert owner != 0
        assert owner == (os.geteuid() or pwd.getpwnam("nobody").pw_uid)
    finally:
        server.stop()
    assert not (server.data / "postmaster.pid").exists()


def test_two_on_one_folder_are_refused(made: Server) -> None:
    with pytest.raises(InUseError, match="already looked after by another process"):
        start(made.folder)
    assert made.running()


def test_a_folder_of_another_machine_is_refused_until_its_lock_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    folder.mkdir()
    lock = folder / "supervisor.lock"
    lock.write_text(json.dumps({"host": "elsewhere", "machine": "m", "boot": "b"}))
    with pytest.raises(InUseError, match=r"“elsewhere”.*delete .*supervisor\.lock"):
        start(folder)
    assert json.loads(lock.read_text())["host"] == "elsewhere"
    lock.unlink()
    start(folder, durable=False).stop()


def test_an_earlier_boot_of_this_machine_and_torn_text_do_not_refuse(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    folder.mkdir()
    for text in (json.dumps(this_host() | {"boot": "an earlier one"}), '{"host": "els', "\0\0\0"):
        (folder / "supervisor.lock").write_text(text)
        start(folder, durable=False).stop()


def test_a_socket_path_of_any_length_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / "pg"
    server = start(folder, durable=False)
    try:
        assert one(server, "SELECT 1") == 1
        assert len(os.fsencode(server.socket_folder / ".s.PGSQL.5432")) <= 107
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    finally:
        server.stop()


def test_killed_at_random_moments_it_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    server = start(folder)
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute("CREATE TABLE kept (n int PRIMARY KEY)")
    done = 0
    for _ in range(5):
        until = time.monotonic() + random.uniform(0.0, 0.15)  # noqa: S311
        try:
            with psycopg.connect(server.url(), autocommit=True) as db:
                while True:
                    if time.monotonic() > until:
                        kill(server.pid)
                    db.execute("INSERT INTO kept VALUES (%s)", (done,))
                    done += 1
        except psycopg.OperationalError:
            server.wait()
        server.forget()
        server = start(folder)
        kept = one(server, "SELECT count(*) FROM kept")
        assert kept in (done, done + 1)  # the last may be written and not acknowledged
        done = int(str(kept))
    server.stop()


def test_a_server_whose_supervisor_died_is_taken_over_and_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    code = (
        f"from pathlib import Path; from lms_tui.local.postgres import start; print(start(Path({str(folder)!r})).pid)"
    )
    child = subprocess.run([sys.executable, "-W", "ignore", "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    server = start(folder)
    assert server.pid == int(child.stdout)
    assert one(server, "SELECT 1") == 1
    server.stop()
    assert not server.running()


def test_with_its_supervisor_killed_a_bound_server_ends_too(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    code = (
        "import os, signal; from pathlib import Path; from lms_tui.local.postgres import start; "
        f"print(start(Path({str(folder)!r}), end_with_us=True).pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    child = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    assert child.returncode == -signal.SIGKILL
    # the kernel has told it by now, but while it does not know yet, a start would take it over
    deadline = time.monotonic() + 30
    while is_postmaster(int(child.stdout), folder / f"data-{MAJOR}"):
        assert time.monotonic() < deadline, "the server lives on"
        time.sleep(0.01)
    server = start(folder)
    assert server.pid != int(child.stdout)
    assert one(server, "SELECT 1") == 1
    server.stop()


def test_a_stale_pid_file_whose_number_lives_again_does_not_stop_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    server = start(folder, durable=False)
    pid_file = server.data / "postmaster.pid"
    kept = pid_file.read_text()
    server.stop()
    # A living process of the server's own user, which PostgreSQL alone would take for another postmaster.
    who = {"user": server.data.stat().st_uid, "group": 61817, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **who) as sleeper:  # type: ignore[call-overload]
        try:
            pid_file.write_text(kept.replace(str(server.pid), str(sleeper.pid), 1))
            os.chown(pid_file, server.data.stat().st_uid, -1)
            start(folder, durable=False).stop()
        finally:
            sleeper.kill()


def test_a_server_that_cannot_start_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ServerFailedError, match=r"FATAL.*Its log is .*postgres\.log"):
        start(tmp_path / "pg", durable=False, settings={"shared_buffers": "1TB"})
    start(tmp_path / "pg", durable=False).stop()  # and it let the folder go


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_another_user_of_the_machine_is_refused_by_the_kernels_word(made: Server, tmp_path: Path) -> None:
    """Even one who reaches the socket: here by a capability that no ordinary user has."""
    psql = made.binaries.program("psql")
    for user in (1, made.data.stat().st_uid + 7):
        done = subprocess.run(
            ["setpriv", f"--reuid={user}", "--regid=1", "--clear-groups", "--inh-caps=+dac_override",
             "--ambient-caps=+dac_override", str(psql), made.url(), "-c", "SELECT 1"],
            capture_output=True, text=True, check=False, env={"LC_ALL": "C"},
        )  # fmt: skip
        assert done.returncode != 0
        assert "authentication failed" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the programs where they are")
def test_programs_that_nobody_else_can_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As below `/root`, where the README's environment of a root user stands: no capability helps access(2)."""
    monkeypatch.setattr(postgres, "REACHABLE", Path(tempfile.mkdtemp(dir="/var/lib")))
    postgres.REACHABLE.chmod(0o711)
    try:
        for place in (postgres, binaries):
            monkeypatch.setattr(place, "reachable", lambda path: "site-packages" not in path.parts and reachable(path))
        server = start(tmp_path / "pg", durable=False)
        assert server.binaries.root.is_relative_to(postgres.REACHABLE)
        server.stop()
    finally:
        shutil.rmtree(postgres.REACHABLE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to lose")
def test_root_without_ambient_capabilities_uses_a_reachable_place(tmp_path: Path) -> None:
    """The kernel itself is told to refuse them; the programs stand in a folder that only root may enter."""
    code = (
        "import ctypes, sys; from pathlib import Path; from lms_tui.local import binaries, postgres; "
        "assert ctypes.CDLL(None).prctl(28, 1 << 6, 0, 0, 0) == 0; "  # SECBIT_NO_CAP_AMBIENT_RAISE
        "postgres.REACHABLE = Path(sys.argv[1]); real = binaries.reachable; "
        "binaries.reachable = lambda path: 'site-packages' not in str(path) and real(path); "
        "s = postgres.start(Path('/root/nowhere/pg'), durable=False); "
        "import psycopg; print(psycopg.connect(s.url()).execute('SELECT 7').fetchone()[0], "
        "s.binaries.root, s.folder); s.stop()"
    )
    base = Path(f"/var/tmp/lms-tui-test-{os.getpid()}")
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, base],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.startswith(f"7 {base}/programs-"), done.stderr
        folder = Path(done.stdout.split()[2])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o710
        assert not Path("/root/nowhere").exists()
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.mark.parametrize("deep", ["", "long" * 30], ids=["in the folder", "in a short place"])
def test_one_whose_folder_was_removed_takes_nothing_from_the_next(tmp_path: Path, deep: str) -> None:
    folder = tmp_path / deep / "pg"
    first = start(folder, durable=False)
    assert not first.is_homeless()
    os.kill(first.pid, signal.SIGSTOP)  # it notices within a minute, or at once: here when the next one is there
    shutil.rmtree(folder)
    assert first.is_homeless()
    second = start(folder, durable=False)
    try:
        os.kill(first.pid, signal.SIGCONT)
        assert second.socket_folder != first.socket_folder
        began = time.monotonic()
        first.stop()
        assert time.monotonic() - began < 10, "it waited for the lock of the other one"
        assert not first.running()
        assert one(second, "SELECT 1") == 1
        assert find(folder) == second.url()
    finally:
        second.stop()
    again = start(folder, durable=False)
    assert again.socket_folder == second.socket_folder, "a service that revives its database finds it again"
    again.stop()


def test_a_service_revives_no_database_in_a_folder_that_was_made_again(tmp_path: Path) -> None:
    with embedded(tmp_path, lambda *_: None) as (_, keep):
        folder = tmp_path / "postgres"
        pid = pid_file(folder / f"data-{MAJOR}")[0]
        shutil.rmtree(folder)
        start(folder, durable=False).stop()
        kill(pid)
        with pytest.raises(LocalError, match="was removed while its database ran"):
            asyncio.run(asyncio.wait_for(keep(), 30))
        assert find(folder) is None
        SupervisorLock(folder).release()


def test_a_database_that_dies_is_revived_behind_the_same_socket(tmp_path: Path) -> None:
    async def revived() -> None:
        with embedded(tmp_path, lambda *_: None) as (url, keep):
            keeping = asyncio.ensure_future(keep())
            pid = pid_file(tmp_path / "postgres" / f"data-{MAJOR}")[0]
            kill(pid)
            deadline = time.monotonic() + 30
            while not keeping.done() and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
                if find(tmp_path / "postgres") == url and pid_file(tmp_path / "postgres" / f"data-{MAJOR}")[0] != pid:
                    break
            keeping.cancel()
            with psycopg.connect(url) as db:
                assert db.execute("SELECT 1").fetchone() == (1,)

    asyncio.run(revived())
