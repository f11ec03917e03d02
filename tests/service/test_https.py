"""`lms-tui serve` over https, with certificates made here; what it believes of proxies; what its clients trust."""

import asyncio
import json
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from lms_tui.cli.main import main
from lms_tui.client.api import Api
from lms_tui.client.errors import ClientError
from lms_tui.config import ConfigError, resolve
from lms_tui.service.forwarded import UNIX, behind, proxy

from . import test_serve
from .test_serve import SECONDS, Serve, Served, create_user, eventually

serve = test_serve.serve
_home = test_serve._home


class Pki:
    """An authority, and a certificate of it for this machine in files."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.ca, self.chain, self.key = (folder / name for name in ("ca.pem", "chain.pem", "key.pem"))
        self.authority.cert_pem.write_to_path(self.ca)
        self.renew()

    def renew(self) -> None:
        """Write a new certificate with a new key."""
        self.issued = self.authority.issue_cert("127.0.0.1", "localhost")
        self.chain.write_bytes(b"".join(one.bytes() for one in self.issued.cert_chain_pems))
        self.key.touch(0o600)
        self.issued.private_key_pem.write_to_path(self.key)

    @property
    def words(self) -> tuple[str | Path, ...]:
        """What `serve` is told."""
        return "--port", "0", "--tls-certificate", self.chain, "--tls-key", self.key


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path)


def shown(served: Served, pki: Pki, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    """The certificate that is shown to a new connection, which speaks no newer version than this."""
    context = ssl.create_default_context(cafile=pki.ca)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.maximum_version = version
    host, port = httpx.URL(served.address).host, httpx.URL(served.address).port
    with (
        socket.create_connection((host, port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
    ):
        found = encrypted.getpeercert(binary_form=True)
    assert found is not None
    return found


async def checked(address: str, ca: Path | None = None) -> str:
    """What a client says that reaches for the service."""
    api = Api(address, ca=None if ca is None else str(ca))
    try:
        return (await api.check()).status
    except ClientError as error:
        return error.sentence
    finally:
        await api.aclose()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # to be refused is what an old version is for
def test_https_is_for_those_who_know_the_authority_and_for_nobody_in_clear(serve: Serve, pki: Pki) -> None:
    served = serve(*pki.words, "--host", "0.0.0.0", workers=1)  # noqa: S104
    served.address = served.address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    assert served.address.startswith("https://127.0.0.1:")
    shown(served, pki, ssl.TLSVersion.TLSv1_2)  # a client waits 5 s for a handshake, and the worker may just begin
    assert asyncio.run(checked(served.address, pki.ca)) == "ok"
    assert "is not to be trusted" in asyncio.run(checked(served.address))
    other = served.address.replace("127.0.0.1", "127.0.0.2")
    assert "is not to be trusted" in asyncio.run(checked(other, pki.ca)), "the certificate of another address"
    assert asyncio.run(checked(served.address.replace("https:", "http:"))) != "ok"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        shown(served, pki, ssl.TLSVersion.TLSv1_1)


def test_the_command_line_signs_in_over_https_by_a_private_authority(
    serve: Serve, pki: Pki, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_user(database_url, "ada@x.org", "correct horse")
    served = serve(*pki.words, workers=1)
    shown(served, pki)
    monkeypatch.setenv("LMS_TUI_SERVICE", served.address)
    assert main(["doctor"]) != 0
    assert "is not to be trusted" in capsys.readouterr().out
    monkeypatch.setenv("LMS_TUI_CA", str(pki.ca))
    main(["doctor"])
    assert "answers" in capsys.readouterr().out


def test_a_new_certificate_is_shown_after_sighup_and_a_broken_one_never(serve: Serve, pki: Pki) -> None:
    served = serve(*pki.words)
    first, old = shown(served, pki), set(served.workers())
    pki.renew()
    served.process.send_signal(signal.SIGHUP)
    second = eventually(lambda: (found := shown(served, pki)) != first and found)
    before = eventually(lambda: len(found := served.workers()) == 2 and not set(found) & old and found)
    pki.chain.write_text("broken")
    served.process.send_signal(signal.SIGHUP)
    eventually(lambda: "are no certificate" in served.log.read_text())
    assert shown(served, pki) == second
    assert set(served.workers()) & set(before)
    assert served.stop() == 0
    assert all(json.loads(line) for line in served.log.read_text().splitlines())


def test_what_cannot_be_served_with_is_a_sentence(
    pki: Pki, tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*words: str | Path) -> str:
        assert main(["serve", "--database", database_url, *map(str, words)]) == 1
        return capsys.readouterr().err

    where = ("--port", "0", "--tls-certificate", pki.chain)
    assert "go together" in refused(*where)
    assert "not with --socket" in refused("--socket", tmp_path / "s", *pki.words[2:])
    assert "is an address" in refused(*pki.words, "--host", "example.org")
    assert "cannot be read: No such file" in refused(*where, "--tls-key", tmp_path / "nothing")
    for mode in (0o644, 0o604, 0o620):
        pki.key.chmod(mode)
        assert f"chmod 600 {pki.key}" in refused(*pki.words)
    pki.key.chmod(0o600)
    key = pki.key.read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    pki.key.write_bytes(Pki(other).key.read_bytes())
    assert "and its key" in refused(*pki.words)
    pki.key.write_bytes(
        load_pem_private_key(key, None).private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret")
        )
    )
    assert "locked by a pass phrase" in refused(*pki.words)
    with pytest.raises(ConfigError, match="certificate of your authority"):
        resolve({}, {"LMS_TUI_CA": str(tmp_path / "nothing")})
    assert asyncio.run(checked("https://127.0.0.1:1", pki.key)).startswith(f"{pki.key} holds no certificate")


class _Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody to another address, and counts who comes."""

    seen: list[str]
    to: str

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(302)
        self.send_header("location", self.to)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def redirecting(pki: Pki) -> Iterator[tuple[str, list[str]]]:
    """An https server that sends on to itself in clear and otherwise, and what it was asked."""
    server = HTTPServer(("127.0.0.1", 0), _Elsewhere)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pki.issued.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    _Elsewhere.seen, _Elsewhere.to = [], f"https://127.0.0.1:{server.server_port}/again"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", _Elsewhere.seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_redirect_is_not_followed(redirecting: tuple[str, list[str]], pki: Pki) -> None:
    address, seen = redirecting
    assert asyncio.run(checked(address, pki.ca)) != "ok"
    assert seen == ["/health"]


PROXY, CLIENT = "10.0.0.1", "192.0.2.7"


@pytest.mark.parametrize(
    ("trusted", "peer", "header", "client"),
    [
        ((), PROXY, CLIENT, PROXY),
        ((PROXY,), PROXY, CLIENT, CLIENT),
        ((PROXY,), "10.0.0.2", CLIENT, "10.0.0.2"),
        (("10.0.0.0/24",), "10.0.0.2", CLIENT, CLIENT),
        ((PROXY,), PROXY, f"198.51.100.1, {CLIENT}", CLIENT),  # the first was written by the client itself
        (("10.0.0.0/24",), PROXY, f"198.51.100.1, {CLIENT}, 10.0.0.9", CLIENT),
        ((PROXY,), PROXY, None, PROXY),
        ((UNIX,), None, CLIENT, CLIENT),
        ((UNIX,), None, f"unix, {CLIENT}", CLIENT),
        ((UNIX,), None, None, None),
        ((PROXY,), None, CLIENT, None),
    ],
)
def test_a_forwarded_address_is_believed_of_named_proxies_alone(
    trusted: tuple[str, ...], peer: str | None, header: str | None, client: str | None
) -> None:
    found: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        found.append(scope["client"] and scope["client"][0])

    headers = [] if header is None else [(b"x-forwarded-for", header.encode())]
    scope = {"type": "http", "client": peer and (peer, 1), "headers": headers, "scheme": "http"}

    async def ask() -> None:
        await behind(app, tuple(map(proxy, trusted)))(scope, None, None)

    asyncio.run(ask())
    assert found == [client]


@pytest.mark.parametrize("trusted", ["*", "example.org", "10.0.0.1/8", ""])
def test_what_is_no_proxy_is_refused(trusted: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", "0", "--trusted-proxy", trusted])
    assert ended.value.code == 2


def test_behind_a_proxy_the_throttle_counts_the_clients(serve: Serve, database_url: str, tmp_path: Path) -> None:
    served = serve("--socket", tmp_path / "s", "--trusted-proxy", "unix", workers=1)
    with served.client() as http, psycopg.connect(database_url, autocommit=True) as db:

        def tried(client: str) -> tuple[int, int]:
            headers = {"x-forwarded-for": f"203.0.113.9, {client}"}
            status = http.post("/v1/invitations/look", json={"code": "x"}, headers=headers).status_code
            return status, db.execute("SELECT count(*) FROM lms_tui.throttle").fetchall()[0][0]

        assert [tried(client) for client in (CLIENT, CLIENT, "192.0.2.8")] == [(422, 1), (422, 1), (422, 2)]
