"""A small issuer over real HTTP with real keys, which does what a good provider never would."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from lms_tui.service.settings import Issuer

Claims = dict[str, Any]
Reply = tuple[int, Any]


class Key:
    """A key pair, as it is published and as it signs."""

    def __init__(self, algorithm: str = "RS256", bits: int = 2048) -> None:
        self.kid, self.algorithm = uuid4().hex, algorithm
        self.private: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(public_exponent=65537, key_size=bits)
        )

    def published(self, **more: object) -> dict[str, Any]:
        """The public half as a JWK."""
        kind = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        made = json.loads(kind.to_jwk(self.private.public_key()))
        return {**made, "kid": self.kid, "use": "sig", **more}

    def signed(self, claims: Claims, **header: object) -> str:
        """A token."""
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.kid, **header})


class SmallIssuer:
    """What it answers is set by the test: `replies` at the token endpoint, the keys, what it publishes of itself."""

    def __init__(self) -> None:
        self.key = Key()
        self.keys: list[dict[str, Any]] = [self.key.published()]
        self.replies: list[Reply | Callable[[dict[str, str]], Reply]] = []
        """The next answers at the token endpoint; the last one stays."""
        self.began: Reply | None = None
        """What it answers to who wants to begin, in place of a good answer."""
        self.document: dict[str, Any] = {}
        """What it publishes of itself besides, or otherwise."""
        self.asked: list[tuple[str, dict[str, str], str]] = []
        """Path, form and the header for signing in of each question."""
        self.nonce = ""
        self.address = ""
        self.sleeps = 0.0
        """Seconds before it answers."""
        self.drips = False
        """Whether it sends a letter at a time, and takes its time."""

    def issuer(self, **more: object) -> Issuer:
        """Return it as it is configured."""
        given = {
            "name": "small",
            "issuer": self.address,
            "client_id": "us",
            "domains": ("example.org",),
            "create": True,
        }
        return Issuer(**(given | more))  # type: ignore[arg-type]

    def claims(self, **more: object) -> Claims:
        """Good claims, but for `more`; None leaves one out."""
        now = int(time.time())
        good: Claims = {
            "iss": self.address,
            "sub": "1",
            "aud": "us",
            "iat": now,
            "exp": now + 300,
            "email": "ada@example.org",
            "email_verified": True,
            "given_name": "Ada",
            "family_name": "Lovelace",
        }
        return {name: value for name, value in (good | more).items() if value is not None}

    def confirms(self, token: str | None = None, **claims: object) -> None:
        """From now on whoever asks gets a token."""
        self.replies = [(200, {"id_token": token or self.key.signed(self.claims(**claims))})]

    def count(self, path: str) -> int:
        """How often `path` was asked for."""
        return sum(asked == path for asked, _, _ in self.asked)

    def answer(self, path: str, form: dict[str, str]) -> Reply:
        """Return status and body."""
        time.sleep(self.sleeps)
        if path.endswith("/.well-known/openid-configuration"):
            own = {
                "issuer": self.address,
                "device_authorization_endpoint": f"{self.address}/device",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }
            return 200, own | self.document
        if path == "/keys":
            return 200, {"keys": self.keys}
        if path == "/device":
            self.nonce = form.get("nonce", "")
            return self.began or (200, self.device())
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply if isinstance(reply, tuple) else reply(form)

    def device(self, **more: object) -> dict[str, Any]:
        """A good answer to who wants to begin."""
        good = {
            "device_code": "the device code",
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.address}/go",
            "verification_uri_complete": f"{self.address}/go?user_code=WDJB-MJHT",
            "expires_in": 600,
            "interval": 5,
        }
        return good | more


@contextmanager
def small() -> Iterator[SmallIssuer]:
    """An issuer on a port of its own."""
    issuer = SmallIssuer()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            issuer.asked.append((self.path, form, self.headers.get("authorization") or ""))
            status, answer = issuer.answer(self.path, form)
            sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(sent)))
            if 300 <= status < 400:
                self.send_header("location", f"{issuer.address}/keys")
            with suppress(ConnectionError):  # who did not wait so long
                self.end_headers()
                for piece in [sent[at : at + 1] for at in range(len(sent))] if issuer.drips else [sent]:
                    self.wfile.write(piece)
                    time.sleep(0.1 if issuer.drips else 0)

        do_GET = do_POST = _do  # noqa: N815 - so called by http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pending(error: str = "authorization_pending") -> Reply:
    """What it answers as long as nobody has confirmed."""
    return 400, {"error": error}
