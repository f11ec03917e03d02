"""A database of an older PostgreSQL is brought to ours: by the real programs of both majors, killed in the middle."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from lms_tui.local import cluster, majors
from lms_tui.local.binaries import MAJOR, reachable_copy, shipped_binaries
from lms_tui.local.cluster import DATABASE, ROLE, SUPERUSER, run_program
from lms_tui.local.errors import LocalError
from lms_tui.local.postgres import Server, _reachable_base, start
from lms_tui.local.runas import RunAs, ambient_capability, server_user

OLD = 16
ROWS = 20_000
FILL = f"CREATE TABLE kept AS SELECT g AS n, 'ä'::text AS what FROM generate_series(1, {ROWS}) g"


def owner() -> RunAs:
    return server_user(ambient_capability() if os.geteuid() == 0 else None)


@pytest.fixture(scope="session")
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that PostgreSQL 16 made, with rows, ended in the middle of its work."""
    folder = tmp_path_factory.mktemp("old") / "pg"
    folder.mkdir(mode=0o700)
    data, runas, old = folder / f"data-{OLD}", owner(), shipped_binaries(OLD)
    if runas.uid >= 0:  # where the environment lies in a private folder
        old = reachable_copy(old, _reachable_base())
    data.mkdir(mode=0o700)
    runas.give(data)
    make: list[str | Path] = [
        old.program("initdb"),
        "-D",
        data,
        "-U",
        SUPERUSER,
        "-A",
        "peer",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    run_program(runas, [*make, "--no-instructions", "--wal-segsize=8"], data, "initdb")
    single: list[str | Path] = [old.program("postgres"), "--single", "-D", data, "-F", SUPERUSER]
    run_program(runas, single, data, "roles", stdin=cluster._BOOTSTRAP)
    cluster.write_access(data, runas)
    command: list[str | Path] = [
        old.program("postgres"),
        "-D",
        data,
        "-c",
        "listen_addresses=",
        "-c",
        f"unix_socket_directories={data}",
    ]
    server = subprocess.Popen(runas.command(command), cwd=data, env=cluster.clean_environment())
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + 60
    try:
        while not (pid_file.exists() and "ready" in pid_file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with psycopg.connect(f"postgresql://{ROLE}@/{DATABASE}?host={data}", autocommit=True) as db:
            db.execute(FILL)
            db.execute("INSERT INTO kept VALUES (%s, 'last')", (ROWS + 1,))
    finally:
        server.kill()  # the journal has the rows, the tables may not
        server.wait()
    return folder


@pytest.fixture
def folder(old_folder: Path, tmp_path: Path) -> Path:
    """A copy of `old_folder`, of this test alone."""
    copy = tmp_path / "pg"
    subprocess.run(["cp", "-a", old_folder, copy], check=True)
    return copy


def count(server: Server) -> object:
    """Return how many rows stand in the table, and the last of them."""
    with psycopg.connect(server.url()) as db:
        return db.execute("SELECT count(*), max(what) FILTER (WHERE n > 20000) FROM kept").fetchone()


def state_of(data: Path) -> str:
    """Return the state of a database that no server runs, by its own control file."""
    told = run_program(owner(), [shipped_binaries(OLD).program("pg_controldata"), "-D", data], Path("/"), "control")
    return next(line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("Database cluster"))


def test_a_database_of_an_older_major_is_brought_over_and_the_old_one_kept(folder: Path) -> None:
    said: list[str] = []
    server = start(folder, progress=said.append)
    try:
        assert count(server) == (ROWS + 1, "last")
        with psycopg.connect(server.url()) as db:
            row = db.execute(
                "SELECT current_setting('server_version_num')::int / 10000, current_setting(%s)", ("data_checksums",)
            )
            assert row.fetchone() == (MAJOR, "on")
            db.execute("INSERT INTO kept VALUES (0, 'new')")
    finally:
        server.stop()
    bringing = f"Bringing your database from PostgreSQL 16 to 18; the old one is kept in {folder}/data-16."
    assert said == [f"{bringing} This may take minutes…", "Starting the database…"]
    assert sorted(path.name for path in folder.glob("data-*")) == ["data-16", "data-18"]
    assert state_of(folder / "data-16") == "shut down"

    server = start(folder, progress=said.append)  # and not once more
    assert count(server) == (ROWS + 2, "last")
    server.stop()
    assert len(said) == 3
    shutil.rmtree(folder / "data-18")  # the old one still has all that it had
    server = start(folder)
    assert count(server) == (ROWS + 1, "last")
    server.stop()


@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
def test_killed_in_the_middle_the_next_start_does_it_again(folder: Path, share: float) -> None:
    code = (
        "from pathlib import Path; from lms_tui.local.postgres import start; "
        f"start(Path({str(folder)!r}), progress=lambda s: print(s, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline().startswith("Bringing")
        time.sleep(share * 3 * random.uniform(0.8, 1.2))  # noqa: S311 - the moment is what is tried
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
    assert not (folder / "data-18").exists() or share > 0.5
    server = start(folder)
    try:
        assert count(server) == (ROWS + 1, "last")
    finally:
        server.stop()
    assert sorted(path.name for path in folder.glob("data-*")) == ["data-16", "data-18"]
    assert state_of(folder / "data-16") == "shut down"


@pytest.mark.parametrize("beside", [False, True])
def test_a_folder_of_a_newer_major_is_refused(tmp_path: Path, beside: bool) -> None:
    for name, version in [("data-19", "19"), *([("data-18", "18")] if beside else [])]:
        (tmp_path / "pg" / name).mkdir(parents=True)
        (tmp_path / "pg" / name / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(LocalError, match=r"brought to PostgreSQL 19 by a newer lms-tui.*Update lms-tui"):
        start(tmp_path / "pg")
    assert (tmp_path / "pg/data-18").exists() == beside


@pytest.mark.parametrize(("version", "sentence"), [("17", "says “17”"), ("", "says “”"), ("19", "newer lms-tui")])
def test_a_folder_whose_name_lies_is_refused(tmp_path: Path, version: str, sentence: str) -> None:
    data = tmp_path / "pg/data-18"
    data.mkdir(parents=True)
    if version:
        (data / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(LocalError, match=sentence):
        start(tmp_path / "pg")


def test_a_major_that_the_wheel_does_not_carry_is_told(tmp_path: Path) -> None:
    data = tmp_path / "pg/data-14"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(LocalError, match=r"made by PostgreSQL 14, .*db backup FILE.*db restore FILE"):
        start(tmp_path / "pg")
    assert [path.name for path in (tmp_path / "pg").glob("data-*")] == ["data-14"]


def test_without_room_for_a_copy_nothing_is_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(majors, "_SPARE", shutil.disk_usage(folder).free)
    with pytest.raises(LocalError, match=r"needs [\d,]+ MB free in .*Make room"):
        start(folder)
    assert [path.name for path in folder.glob("data-*")] == ["data-16"]


def test_a_long_upgrade_says_that_it_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(majors, "_STILL_SECONDS", 0.2)
    said: list[str] = []
    start(folder, durable=False, progress=said.append).stop()
    assert "Still bringing your database to PostgreSQL 18 (0 s)…" in said
