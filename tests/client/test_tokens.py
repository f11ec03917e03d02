"""The token store with keyrings that work, fail, hang and swallow: real back-end classes of `keyring`."""
# ruff: noqa: ARG002 - the signatures are those of a back end

import asyncio
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import msgspec
import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringError
from starlette.requests import Request
from starlette.responses import Response

from lms_tui.client.api import Api
from lms_tui.client.private_file import write_private
from lms_tui.client.session import SignIn
from lms_tui.client.tokens import TokenStore
from lms_tui.wire.errors import Code
from tests.client.wire_server import ADA, Handler, problem, reply, serving, session

pytestmark = pytest.mark.anyio
SERVICE = "https://example.org"


class NoRing(fail.Keyring):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]


class Working(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Locked(Working):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringError("locked")


class Broken(Working):
    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError("somebody else's bug")


class Truncating(Working):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:10])


class Hanging(Working):
    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        self.release.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls += 1
        self.release.wait()


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


async def test_a_keyring_that_works_keeps_it_and_no_file_does(tmp_path: Path) -> None:
    ring = Working()
    keyring.set_keyring(ring)
    store = TokenStore(tmp_path / "s")
    await store.save(SERVICE, session(1))
    assert store.kind == "keyring"
    assert list(ring.kept) == [("lms-tui", SERVICE)]
    assert not (tmp_path / "s").exists()
    assert await TokenStore(tmp_path / "s").load(SERVICE) is not None
    assert await store.load("https://other.example") is None
    await store.forget(SERVICE)
    assert ring.kept == {}


async def test_an_older_session_in_the_keyring_never_comes_back(tmp_path: Path) -> None:
    ring = Working()
    keyring.set_keyring(ring)
    await TokenStore(tmp_path / "s").save(SERVICE, session(1))
    keyring.set_keyring(NoRing())
    newer = session(2)
    await TokenStore(tmp_path / "s").save(SERVICE, newer)
    keyring.set_keyring(ring)  # it works again, and still holds the first
    store = TokenStore(tmp_path / "s")
    assert await store.load(SERVICE) == newer
    assert store.kind == "file"
    await store.forget(SERVICE)
    assert await TokenStore(tmp_path / "s").load(SERVICE) is None


@pytest.mark.parametrize("ring", [fail.Keyring, null.Keyring, Locked, Broken, Truncating])
async def test_a_keyring_that_does_not_is_replaced_by_a_closed_file(
    tmp_path: Path, ring: type[keyring.backend.KeyringBackend]
) -> None:
    keyring.set_keyring(ring())
    folder, kept = tmp_path / "s", session(1)
    store = TokenStore(folder)
    await store.save(SERVICE, kept)
    assert store.kind == "file"
    (file,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await TokenStore(folder).load(SERVICE) == kept
    await TokenStore(folder).forget(SERVICE)
    assert list(folder.iterdir()) == []


async def test_a_keyring_that_hangs_is_left_alone_after_one_try(tmp_path: Path) -> None:
    ring = Hanging()
    keyring.set_keyring(ring)
    store = TokenStore(tmp_path / "s", seconds=0.05)
    assert await store.load(SERVICE) is None
    await store.save(SERVICE, session(1))
    assert (store.kind, ring.calls) == ("file", 1)
    assert await store.load(SERVICE) is not None
    ring.release.set()


async def test_a_kiosk_keeps_nothing_beyond_its_run(tmp_path: Path) -> None:
    ring = Working()
    keyring.set_keyring(ring)
    store = TokenStore(tmp_path / "s", kiosk=True)
    await store.save(SERVICE, session(1))
    assert (store.kind, ring.kept) == ("memory", {})
    assert await store.load(SERVICE) is not None
    assert not (tmp_path / "s").exists()


async def test_no_file_is_reached_through_a_link(tmp_path: Path) -> None:
    keyring.set_keyring(NoRing())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "s").symlink_to(elsewhere)
    with pytest.raises(OSError, match="s"):
        await TokenStore(tmp_path / "s").save(SERVICE, session(1))
    assert list(elsewhere.iterdir()) == []


async def test_a_link_in_place_of_the_file_is_replaced_and_neither_read_nor_written(tmp_path: Path) -> None:
    keyring.set_keyring(NoRing())
    store = TokenStore(tmp_path / "s")
    await store.save(SERVICE, session(1))
    (file,) = (tmp_path / "s").iterdir()
    theirs = tmp_path / "theirs"
    theirs.write_bytes(file.read_bytes())
    theirs.chmod(0o600)
    before = theirs.read_bytes()
    file.unlink()
    file.symlink_to(theirs)
    assert await store.load(SERVICE) is None, "a good session behind a link is not believed"
    await store.save(SERVICE, session(2))
    assert (file.is_symlink(), theirs.read_bytes()) == (False, before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.unlink()
    file.symlink_to(theirs)
    await store.forget(SERVICE)
    assert (file.is_symlink(), theirs.read_bytes()) == (False, before)


async def test_a_file_that_others_can_read_is_not_believed(tmp_path: Path) -> None:
    keyring.set_keyring(NoRing())
    store = TokenStore(tmp_path / "s")
    await store.save(SERVICE, session(1))
    (file,) = (tmp_path / "s").iterdir()
    file.chmod(0o644)
    assert await store.load(SERVICE) is None
    file.chmod(0o600)
    (tmp_path / "s" / file.name).write_bytes(b"not json")
    assert await store.load(SERVICE) is None


async def test_signing_in_is_kept_restored_without_the_service_and_forgotten(tmp_path: Path) -> None:
    keyring.set_keyring(Working())

    async def sign_in(request: Request) -> Response:
        return reply(session(1))

    routes: dict[str, Handler] = {"POST /v1/sign-in": sign_in}
    async with serving(routes, tmp_path / "s") as address:
        api = Api(address)
        assert await SignIn(api, SERVICE, TokenStore(tmp_path / "t")).sign_in(" ada@example.org", "pw") == ADA
        await api.aclose()
    api = Api(address)
    again = SignIn(api, SERVICE, TokenStore(tmp_path / "t"))
    assert await again.restore() == ADA
    await again.sign_out()
    assert again.user is None
    assert await SignIn(Api(address), SERVICE, TokenStore(tmp_path / "t")).restore() is None


async def test_a_renewed_session_is_kept_and_an_ended_one_forgotten(tmp_path: Path) -> None:
    keyring.set_keyring(NoRing())
    store = TokenStore(tmp_path / "t")
    await store.save(SERVICE, session(1))
    api = Api(f"unix:{tmp_path}/none")
    sign_in = SignIn(api, SERVICE, store)
    fresh = session(2)
    api.use(fresh)
    api.on_session(fresh)
    await sign_in.settled()
    assert await store.load(SERVICE) == fresh
    api.use(None)
    api.on_session(None)
    await sign_in.settled()
    assert await store.load(SERVICE) is None


@pytest.mark.parametrize("given_up", [False, True])
async def test_who_signs_out_while_the_session_is_being_kept_is_signed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, given_up: bool
) -> None:
    """As the account's page does, which keeps the names that it has just asked for, and may be left meanwhile."""
    keyring.set_keyring(NoRing())
    begun, may_write, written = threading.Event(), threading.Event(), threading.Event()

    def slow(*given: Any) -> None:
        begun.set()
        assert may_write.wait(10)
        write_private(*given)
        written.set()

    monkeypatch.setattr("lms_tui.client.tokens.write_private", slow)
    store = TokenStore(tmp_path / "t")
    api = Api(f"unix:{tmp_path}/none")
    sign_in = SignIn(api, SERVICE, store)
    api.use(session(1))
    renaming = asyncio.create_task(sign_in.rename(msgspec.structs.replace(ADA, first_name="Augusta")))
    assert await asyncio.to_thread(begun.wait, 10)
    if given_up:
        renaming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await renaming
    leaving = asyncio.create_task(sign_in.sign_out())
    await asyncio.wait([leaving], timeout=0.1)
    may_write.set()
    await leaving
    assert await asyncio.to_thread(written.wait, 10)
    assert await store.load(SERVICE) is None


async def test_the_owner_is_asked_for_again_when_the_session_ends(tmp_path: Path) -> None:
    from lms_tui.wire.accounts import ME, MeRequest

    asked: list[object] = []

    async def owner(request: Request) -> Response:
        asked.append(await request.json())
        return reply(session(len(asked)))

    async def me(request: Request) -> Response:
        good = request.headers["authorization"] == "Bearer access-2"
        return reply(ADA) if good else problem(Code.UNAUTHENTICATED)

    routes: dict[str, Handler] = {"POST /v1/owner": owner, "GET /v1/me": me}
    async with serving(routes, tmp_path / "s") as address:
        api = Api(address)
        await SignIn(api, "embedded", None).owner("bob@example.org")
        assert await api.call(ME, MeRequest()) == ADA
        await api.aclose()
    assert asked == [{"as_email": "bob@example.org"}] * 2


def test_a_hanging_keyring_does_not_hold_up_the_end_of_the_program(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import asyncio, pathlib, sys, threading, keyring\n"
        "from tests.client.test_tokens import Hanging\n"
        "from lms_tui.client.tokens import TokenStore\n"
        "keyring.set_keyring(Hanging())\n"
        "store = TokenStore(pathlib.Path(sys.argv[1]), seconds=0.05)\n"
        "asyncio.run(store.load('https://x'))\n"
        "print(store.kind)\n"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", code, str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)
    assert done.stdout == "file\n"
