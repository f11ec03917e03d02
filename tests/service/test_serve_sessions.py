"""Sessions of a running `lms-tui serve` with several workers: what changes, and keys that are rotated."""

import contextlib
import json
import secrets
import signal
from pathlib import Path
from typing import Any

import httpx
import psycopg

from .test_serve import Serve, Served, _home, create_user, eventually, serve  # noqa: F401 - fixtures among them

PASSWORD = "correct horse"
Session = dict[str, str]


def sign_in(served: Served) -> Session:
    """A session of Ada's."""
    reply = asked(served, "POST", "/v1/sign-in", json={"email": "ada@x.org", "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    session: Session = reply.json()
    return session


def everywhere(served: Served, session: Session, path: str = "/v1/me", times: int = 16) -> set[int]:
    """What an access token gets, over a connection each, so that all workers are asked."""
    headers = {"authorization": f"Bearer {session['access']}"}
    return {asked(served, "GET", path, headers=headers).status_code for _ in range(times)}


def asked(served: Served, method: str, path: str, **what: Any) -> httpx.Response:
    """The reply; asked again where a worker that ends had taken the connection, and hung up before it was asked."""
    for _ in range(10):
        with contextlib.suppress(httpx.RemoteProtocolError, httpx.ReadError), served.client() as http:
            return http.request(method, path, **what)
    raise AssertionError("hung up ten times")


def events(served: Served, name: str) -> int:
    """How many lines of the log tell of this."""
    lines = served.log.read_text().splitlines(keepends=True)
    return sum(json.loads(line).get("event") == name for line in lines if line.endswith("\n"))


def test_what_changes_is_felt_at_every_worker_at_the_next_request(serve: Serve, database_url: str) -> None:  # noqa: F811
    create_user(database_url, "ada@x.org", PASSWORD)
    served = serve("--port", "0", workers=2)
    eventually(lambda: len(served.workers()) == 2)
    session = sign_in(served)
    with psycopg.connect(database_url, autocommit=True) as db:
        assert everywhere(served, session, "/v1/managed-courses") == {403}
        db.execute("UPDATE users SET role = 'ADMIN'")
        assert everywhere(served, session, "/v1/managed-courses") == {200}
        db.execute("UPDATE users SET archived = true")
        assert everywhere(served, session) == {401}
        db.execute("UPDATE users SET archived = false")
    with served.client() as http:
        headers = {"authorization": f"Bearer {session['access']}"}
        asked = {"current": PASSWORD, "password": "a staple of horses"}
        fresh = http.post("/v1/me/password", json=asked, headers=headers).json()
    assert everywhere(served, session) == {401}
    assert everywhere(served, fresh) == {200}
    with served.client() as http:
        headers = {"authorization": f"Bearer {fresh['access']}"}
        assert http.post("/v1/me/sign-out-everywhere", json={}, headers=headers).status_code == 200
    assert everywhere(served, fresh) == {401}
    with served.client() as http:
        assert http.post("/v1/refresh", json={"refresh": fresh["refresh"]}).status_code == 401


def test_keys_are_rotated_without_a_session_lost(serve: Serve, database_url: str, tmp_path: Path) -> None:  # noqa: F811
    create_user(database_url, "ada@x.org", PASSWORD)
    folder = tmp_path / "secrets"
    served = serve("--port", "0", "--secrets", folder, workers=2)
    eventually(lambda: len(served.workers()) == 2)
    first = sign_in(served)
    file = folder / "session-keys"
    old, new = file.read_text().strip(), secrets.token_hex(32)

    def taken_up(keys: list[str]) -> set[int]:
        """Write the file and hang up; return what Ada gets meanwhile, with sessions begun meanwhile too."""
        file.write_text("\n".join(keys) + "\n")
        before = {worker.pid for worker in served.workers()}
        read = events(served, "keys") + events(served, "keys_refused")
        served.process.send_signal(signal.SIGHUP)
        eventually(lambda: events(served, "keys") + events(served, "keys_refused") > read)
        found = set()

        def settled() -> bool:
            found.update(everywhere(served, sign_in(served), times=4))
            now = {worker.pid for worker in served.workers()}
            return len(now) == 2 and not now & before

        eventually(settled)
        return found

    assert taken_up([new, old]) == {200}
    second = sign_in(served)
    assert everywhere(served, first) == {200}
    assert everywhere(served, second) == {200}
    assert taken_up([new]) == {200}
    assert everywhere(served, first) == {401}
    with served.client() as http:
        assert http.post("/v1/refresh", json={"refresh": first["refresh"]}).status_code == 401
        assert http.post("/v1/refresh", json={"refresh": second["refresh"]}).status_code == 200
    assert everywhere(served, second) == {200}
    assert taken_up(["not a key"]) == {200}
    assert events(served, "keys_refused") == 1
    assert everywhere(served, second) == {200}
    assert served.stop() == 0
