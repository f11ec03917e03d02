"""`lms-tui serve` as real processes on a real database: workers, listeners, ends."""

import errno
import json
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from lms_tui.cli.main import main
from lms_tui.cli.serve import ServeError, loopback
from lms_tui.wire.operation import Access
from lms_tui.wire.operations import ALL

from .post_office import PostOffice, code_in, opened

PROGRAM = "import sys; from lms_tui.cli.main import main; sys.exit(main())"
SECONDS = 60.0
"""How long anything may take before a test gives up."""


def eventually(what: Callable[[], Any]) -> Any:
    """Return the first true value of `what`, asked again and again."""
    deadline = time.monotonic() + SECONDS
    while not (value := what()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


@dataclass
class Served:
    """A running `lms-tui serve` and the way to it."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def client(self) -> httpx.Client:
        """Return a client with connections of its own."""
        if self.address.startswith("unix:"):
            transport = httpx.HTTPTransport(uds=self.address.removeprefix("unix:"))
            return httpx.Client(transport=transport, base_url="http://service", timeout=SECONDS)
        return httpx.Client(base_url=self.address, timeout=SECONDS)

    def socket(self) -> socket.socket:
        """Return an unconnected socket of the listener's family."""
        return socket.socket(socket.AF_UNIX if self.address.startswith("unix:") else socket.AF_INET)

    def target(self) -> Any:
        """Return what such a socket connects to."""
        if self.address.startswith("unix:"):
            return self.address.removeprefix("unix:")
        url = httpx.URL(self.address)
        return url.host, url.port

    def workers(self) -> list[psutil.Process]:
        """Return the living processes that answer; the rest of the children is Python's own bookkeeping."""
        return [child for child in psutil.Process(self.process.pid).children() if _is_worker(child)]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return False


Serve = Callable[..., Served]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without a configuration."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Return what starts `lms-tui serve` on this test's database; what runs at the end is stopped."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str | Path, workers: int = 2) -> Served:
        log = tmp_path / f"serve-{len(started)}.log"
        command = [sys.executable, "-c", PROGRAM, "serve", "--database", database_url, "--workers", str(workers)]
        with log.open("w") as sink:
            process = subprocess.Popen(
                [*command, *map(str, words)], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, text=True
            )
        started.append(process)

        def address() -> str | None:
            assert process.poll() is None, log.read_text()
            for line in log.read_text().splitlines(keepends=True):
                if line.endswith("\n") and json.loads(line).get("event") == "listening":
                    return str(json.loads(line)["address"])
            return None

        return Served(process, eventually(address), log)

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS)


def create_user(url: str, email: str, password: str) -> None:
    """Make a person by the command line."""
    words = ["user", "create", email, "--password-stdin", "--database", url]
    subprocess.run([sys.executable, "-c", PROGRAM, *words], input=password + "\n", text=True, check=True)


def test_a_person_made_by_hand_signs_in_over_http_at_every_worker(serve: Serve, database_url: str) -> None:
    create_user(database_url, "ada@x.org", "correct horse")
    served = serve("--port", "0")
    eventually(lambda: len(served.workers()) == 2)
    with served.client() as http:
        assert http.get("/health").json()["status"] == "ok"
        document = http.get("/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        assert set(document["paths"]) == {operation.path for operation in ALL}
        reply = http.post("/v1/sign-in", json={"email": "ADA@x.org", "password": "correct horse"})
        assert reply.status_code == 200
        headers = {"authorization": f"Bearer {reply.json()['access']}"}
    for _ in range(20):  # a connection each, so that both workers get some
        with served.client() as http:
            assert http.get("/v1/me", headers=headers).json()["email"] == "ada@x.org"
    assert served.stop() == 0
    logged = [json.loads(line) for line in served.log.read_text().splitlines()]  # every line of it is JSON
    assert sum(line.get("operation") == "accounts.me" for line in logged) == 20


def test_it_says_once_that_no_mail_is_sent(serve: Serve) -> None:
    served = serve("--port", "0")
    eventually(lambda: len(served.workers()) == 2)
    with served.client() as http:
        refused = http.post("/v1/resets", json={"email": "ada@x.org"})
        assert (refused.status_code, refused.json()["code"]) == (409, "no_mail")
    assert served.stop() == 0
    assert sum(json.loads(line).get("event") == "no_mail" for line in served.log.read_text().splitlines()) == 1


def test_the_workers_send_each_mail_once_over_tls(
    serve: Serve, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada", "bob", "eve"):
        create_user(database_url, f"{name}@x.org", "correct horse")
    office = PostOffice(ca=tmp_path / "ca.pem")
    with opened(office, "starttls"):
        monkeypatch.setenv("LMS_TUI_MAIL_HOST", "localhost")
        monkeypatch.setenv("LMS_TUI_MAIL_PORT", str(office.port))
        monkeypatch.setenv("LMS_TUI_MAIL_SENDER", "school@example.org")
        monkeypatch.setenv("LMS_TUI_MAIL_SERVICE", "https://learn.example.org")
        monkeypatch.setenv("LMS_TUI_MAIL_CA", str(office.ca))
        served = serve("--port", "0")
        for name in ("ada", "bob", "eve"):
            with served.client() as http:
                assert http.post("/v1/resets", json={"email": f"{name}@x.org"}).json() == {"minutes": 60}
        with psycopg.connect(database_url, autocommit=True) as db:
            waiting = "SELECT count(*) FROM lms_tui.mail WHERE sent_at IS NULL"
            eventually(lambda: len(office.mails) >= 3 and db.execute(waiting).fetchone() == (0,))
        assert sorted(office.to()) == ["ada@x.org", "bob@x.org", "eve@x.org"]
        with served.client() as http:
            code = next(code_in(mail) for mail in office.mails if mail["To"] == "eve@x.org")
            reply = http.post("/v1/resets/use", json={"code": code, "password": "a staple of horses"})
            assert reply.json()["user"]["email"] == "eve@x.org"
        assert served.stop() == 0
    log = served.log.read_text()
    assert sum(json.loads(line).get("event") == "mail_sent" for line in log.splitlines()) == 3
    assert code not in log


@pytest.mark.parametrize("where", ["port", "socket"])
def test_no_listener_knows_the_owner(serve: Serve, tmp_path: Path, where: str) -> None:
    served = serve("--port", "0", workers=1) if where == "port" else serve("--socket", tmp_path / "s", workers=1)
    owners = [operation for operation in ALL if operation.access is Access.OWNER]
    assert owners
    with served.client() as http:
        for operation in owners:
            assert http.request(operation.method, operation.path, json={}).status_code == 404


def test_the_socket_is_private_and_removed_and_one_service_alone_has_it(
    serve: Serve, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "service.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))  # left by one that was killed
    served = serve("--socket", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with served.client() as http:
        assert http.get("/health").status_code == 200
    words = ["serve", "--database", database_url, "--socket"]
    assert main([*words, str(path)]) == 1
    assert "Another service listens" in capsys.readouterr().err
    with served.client() as http:
        assert http.get("/health").status_code == 200
    file = tmp_path / "precious"
    file.write_text("text")
    assert main([*words, str(file)]) == 1
    assert "is not a socket" in capsys.readouterr().err
    assert file.read_text() == "text"
    assert main([*words, str(tmp_path / ("x" * 108))]) == 1
    assert "too long" in capsys.readouterr().err
    assert served.stop(signal.SIGINT) == 0
    assert not path.exists()


@pytest.mark.parametrize("where", ["port", "socket"])
def test_sigterm_finishes_the_request_in_flight_and_refuses_new_ones(
    serve: Serve, database_url: str, tmp_path: Path, where: str
) -> None:
    served = serve("--port", "0") if where == "port" else serve("--socket", tmp_path / "s")
    with psycopg.connect(database_url, autocommit=True) as watch, psycopg.connect(database_url) as block:
        block.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")

        def ask() -> int:
            with served.client() as http:
                return http.post("/v1/sign-in", json={"email": "a@x.org", "password": "wrong"}).status_code

        def waiting() -> bool:
            return watch.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,)

        def refused() -> bool:
            with served.socket() as probe:
                return probe.connect_ex(served.target()) == errno.ECONNREFUSED

        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(ask)
            eventually(waiting)
            served.process.terminate()
            eventually(refused)
            assert served.process.poll() is None
            block.rollback()
            assert slow.result(SECONDS) in (401, 503)  # 503: the database's own time limit of the wait came first
    assert served.process.wait(SECONDS) == 0


def test_a_worker_killed_hard_is_replaced(serve: Serve) -> None:
    served = serve("--port", "0")
    first = eventually(lambda: len(found := served.workers()) == 2 and found)
    with served.client() as http:
        assert http.get("/health").status_code == 200
    first[0].kill()
    second = eventually(lambda: len(found := served.workers()) == 2 and first[0] not in found and found)
    assert first[1] in second
    first[1].kill()
    first[1].wait(SECONDS)
    with served.client() as http:  # now only new ones can answer
        assert http.get("/health").status_code == 200
    assert served.stop() == 0


def test_a_worker_that_dies_while_it_is_asked_for_a_sign_of_life_is_replaced_at_once(serve: Serve) -> None:
    served = serve("--port", "0")
    first = eventually(lambda: len(found := served.workers()) == 2 and found)
    with served.client() as http:
        assert http.get("/health").status_code == 200
    first[0].suspend()
    time.sleep(1.2)  # the supervisor asks twice a second
    first[0].kill()
    first[0].wait(SECONDS / 4)
    assert served.stop() == 0


def test_workers_end_with_a_supervisor_that_was_killed_hard(serve: Serve) -> None:
    served = serve("--port", "0")
    workers = eventually(lambda: len(found := served.workers()) == 2 and found)
    with served.client() as http:  # one at least has begun
        assert http.get("/health").status_code == 200
    assert served.stop(signal.SIGKILL) == -signal.SIGKILL
    _, alive = psutil.wait_procs(workers, timeout=SECONDS)
    assert alive == []


def test_the_keys_are_made_once_and_kept_private(
    serve: Serve, tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = tmp_path / "secrets"
    served = serve("--port", "0", "--secrets", secrets)
    key = secrets / "session-keys"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made = key.read_text()
    assert served.stop() == 0
    assert serve("--port", "0", "--secrets", secrets).stop() == 0
    assert key.read_text() == made
    words = ["serve", "--database", database_url, "--port", "0", "--secrets", str(secrets)]
    weak = ("abc\n", "ab\n", "", "00" * 32, "0123456789abcdef" * 4, f"{made}{'ab' * 32}\n")
    for mode, content, said in ((0o644, made, "chmod 600"), *((0o600, one, "random hexadecimal") for one in weak)):
        key.chmod(mode)
        key.write_text(content)
        assert main(words) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "::ffff:127.0.0.1", "127.0.0.1.x"])  # noqa: S104
def test_what_is_not_loopback_is_refused(host: str) -> None:
    with pytest.raises(ServeError, match="on this machine alone"):
        loopback(host)


def test_what_cannot_be_served_is_a_sentence(
    database_url: str, blank_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, psycopg.connect(database_url, autocommit=True) as connection:
        port = str(taken.getsockname()[1])
        for words, said in (
            (("--database", database_url, "--port", "0", "--host", "0.0.0.0"), "on this machine alone"),  # noqa: S104
            (("--database", database_url, "--port", port), f"Port {port} of 127.0.0.1"),
            (("--database", blank_database, "--port", "0"), "lms-tui db upgrade"),
            (("--port", "0"), "needs a database"),
        ):
            assert main(["serve", *words]) == 1
            told = capsys.readouterr().err
            assert said in told
            assert told.startswith("lms-tui: ")
        connection.execute("UPDATE lms_tui.alembic_version SET version_num = '0000'")
        assert main(["serve", "--database", database_url, "--port", "0"]) == 1
        assert "at version 0000" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--port", "65536"),
        ("--port", "-1"),
        ("--port", "1", "--socket", "x"),
        ("--port", "1", "--workers", "0"),
        ("--port", "1", "--workers", "many"),
    ],
)
def test_wrong_usage_is_told_by_two(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", *words])
    assert ended.value.code == 2


def test_the_environment_names_the_secrets_folder(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TUI_SECRETS", str(tmp_path / "elsewhere"))
    serve("--port", "0", workers=1)
    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == ["session-keys"]
