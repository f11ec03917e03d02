"""Single sign-on over the service: at a real OpenID provider, and at an issuer that does what no good one would."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from lms_tui.db.queries import sso as queries
from lms_tui.service import doors, people, sealing
from lms_tui.service.settings import Issuer, Settings
from tests.oidc import provider as real
from tests.oidc.small import Key, SmallIssuer, pending, small

from .conftest import House, housed

pytestmark = pytest.mark.anyio

NEW = "a staple of horses"


class Begun:
    """A sign-in under way, as its client has it."""

    def __init__(self, house: House, issuer: str) -> None:
        self.house, self.issuer = house, issuer
        self.id, self.secret = uuid4(), secrets.token_urlsafe(32)

    async def begin(self, **more: str) -> httpx.Response:
        """Begin it."""
        body = {"id": str(self.id), "issuer": self.issuer, "secret": self.secret} | more
        return await self.house.http.post("/v1/sso/sign-ins", json=body)

    async def poll(self, secret: str | None = None) -> httpx.Response:
        """Ask whether it was confirmed."""
        return await self.house.http.post(f"/v1/sso/sign-ins/{self.id}/poll", json={"secret": secret or self.secret})

    async def poll_now(self) -> httpx.Response:
        """The same, as if the time to wait were over."""
        self.house.db.execute("UPDATE lms_tui.sso_sign_ins SET next_at = clock_timestamp() WHERE id = %s", (self.id,))
        return await self.poll()

    @property
    def row(self) -> dict[str, Any]:
        """What is kept of it."""
        cursor = self.house.db.execute("SELECT * FROM lms_tui.sso_sign_ins WHERE id = %s", (self.id,))
        values = cursor.fetchone()
        assert values is not None
        assert cursor.description is not None
        return dict(zip((column.name for column in cursor.description), values, strict=True))


@asynccontextmanager
async def house_of(database_url: str, folder: Path, *issuers: Issuer) -> AsyncIterator[House]:
    """A service that signs in by these."""
    settings = Settings(database_url=database_url, secrets=folder / "secrets", sign_in_floor=0.0, issuers=issuers)
    async with housed(settings) as made:
        yield made


@pytest.fixture
def bad() -> Iterator[SmallIssuer]:
    """An issuer that does what it is told."""
    with small() as made:
        yield made


@pytest.fixture
async def house(bad: SmallIssuer, database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service that signs in by it."""
    async with house_of(database_url, tmp_path, bad.issuer()) as made:
        yield made


async def begun(house: House) -> Begun:
    """Begin to sign in by the small issuer."""
    made = Begun(house, "small")
    reply = await made.begin()
    assert reply.status_code == 200, reply.text
    return made


async def test_at_a_real_provider_from_the_beginning_to_the_session(database_url: str, tmp_path: Path) -> None:
    with real.running() as provider:
        admin = provider.issuer(name="staff", create=False, admins=True)
        async with house_of(database_url, tmp_path, provider.issuer(), admin) as house:
            assert (await house.http.get("/v1/sso/issuers")).json() == {"names": ["school", "staff"], "only": False}
            sign_in = Begun(house, "school")
            found = (await sign_in.begin()).json()
            assert found["address"] == f"{provider.address}/device"
            assert found["user_code"] in found["complete_address"]
            assert 590 < found["seconds_left"] <= 600
            early = await sign_in.poll()
            assert (early.status_code, early.json()["code"]) == (409, "sso_pending")
            assert 0 < early.json()["retry_after"] <= 5
            assert (await sign_in.poll_now()).json()["code"] == "sso_pending"
            said = await asyncio.to_thread(real.confirm, found["complete_address"], "grace@example.org")
            assert "Success" in said
            session = (await sign_in.poll_now()).json()
            assert session["user"]["email"] == "grace@example.org"
            assert (session["user"]["first_name"], session["user"]["last_name"]) == ("Grace", "Hopper")
            assert session["user"]["role"] == "STUDENT"
            me = await house.http.get("/v1/me", headers={"authorization": f"Bearer {session['access']}"})
            assert me.json() == session["user"]
            assert (await sign_in.poll()).json() == session, "the answer was lost: the very same once more"

            for name, email, code in (
                ("school", "unverified@example.org", "sso_refused"),
                ("school", "ada@elsewhere.org", "sso_refused"),
                ("staff", "new@example.org", "sso_refused"),
            ):
                other = Begun(house, name)
                found = (await other.begin()).json()
                await asyncio.to_thread(real.confirm, found["complete_address"], email)
                assert (await other.poll_now()).json()["code"] == code

            denied = Begun(house, "school")
            found = (await denied.begin()).json()
            await asyncio.to_thread(real.deny, found["complete_address"])
            assert (await denied.poll_now()).json()["code"] == "sso_denied"


async def test_a_call_sent_twice_is_one_and_another_client_has_no_part_in_it(house: House, bad: SmallIssuer) -> None:
    bad.replies = [pending()]
    sign_in = Begun(house, "small")
    first = (await sign_in.begin()).json()
    again = (await sign_in.begin()).json()
    assert again | {"seconds_left": 0} == first | {"seconds_left": 0}
    assert bad.count("/device") == 1
    assert (await sign_in.begin(secret="x" * 32)).status_code == 404
    assert (await sign_in.begin(secret="short")).status_code == 400
    assert (await sign_in.begin(issuer="another")).status_code == 404
    missing = Begun(house, "small")
    house.db.execute("UPDATE lms_tui.sso_sign_ins SET next_at = clock_timestamp()")
    theirs = await sign_in.poll("y" * 43)
    assert theirs.status_code == 404
    assert bad.count("/token") == 0, "and has the issuer asked for nobody"
    assert theirs.content == (await missing.poll()).content, "another's and a missing one answer alike"

    both = Begun(house, "small")
    replies = await asyncio.gather(*(both.begin() for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["expires_at"] for reply in replies}) == 1

    bad.confirms()
    polls = await asyncio.gather(*(both.poll() for _ in range(8)))
    assert {reply.json()["code"] for reply in polls} == {"sso_pending"}, "nobody asks sooner than the issuer allows"
    assert bad.count("/token") == 0
    house.db.execute("UPDATE lms_tui.sso_sign_ins SET next_at = clock_timestamp()")
    polls = await asyncio.gather(*(both.poll() for _ in range(8)))
    assert bad.count("/token") == 1, "one worker asks"
    sessions = [reply.json() for reply in polls if reply.status_code == 200]
    assert sessions
    assert (await both.poll()).json() == sessions[0]
    house.db.execute(
        "UPDATE lms_tui.sso_sign_ins SET ended_at = ended_at - interval '%s s'" % queries.AGAIN_SECONDS  # noqa: UP031
    )
    assert (await both.poll()).json()["code"] == "sso_expired", "not for ever"


async def test_the_issuer_is_asked_as_rarely_as_it_says(house: House, bad: SmallIssuer) -> None:
    sign_in = await begun(house)
    bad.replies = [pending(), pending("slow_down"), (503, {"error": "server_error"}), (200, b"{"), pending()]
    for pause in (5, 10, 20, 40, 40):
        reply = await sign_in.poll_now()
        assert reply.json()["code"] == "sso_pending"
        assert pause - 1 < reply.json()["retry_after"] <= pause
        assert sign_in.row["pause"] == pause
    bad.confirms()
    assert (await sign_in.poll_now()).status_code == 200
    assert bad.count("/token") == 6
    form = bad.asked[-2 if bad.asked[-1][0] == "/keys" else -1][1]
    assert form["device_code"] == "the device code"
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "sso_denied"),
        ("expired_token", "sso_expired"),
        ("invalid_grant", "sso_expired"),
        ("invalid_client", "sso_refused"),
    ],
)
async def test_what_ends_a_sign_in(house: House, bad: SmallIssuer, error: str, code: str) -> None:
    sign_in = await begun(house)
    bad.replies = [pending(error)]
    first = await sign_in.poll_now()
    assert first.json()["code"] == code
    bad.confirms()
    assert (await sign_in.poll_now()).content == first.content, "what is over stays over"
    assert bad.count("/token") == 1
    assert not sign_in.row["device_code"]


async def test_a_sign_in_is_over_at_its_very_instant_and_asks_nobody(house: House, bad: SmallIssuer) -> None:
    sign_in = await begun(house)
    bad.confirms()
    house.db.execute("UPDATE lms_tui.sso_sign_ins SET ends_at = clock_timestamp()")
    assert (await sign_in.poll_now()).json()["code"] == "sso_expired"
    assert bad.count("/token") == 0
    house.db.execute("UPDATE lms_tui.sso_sign_ins SET ends_at = ends_at - interval '11 minutes'")
    other = await begun(house)
    assert (await sign_in.poll()).status_code == 404, "long over, and pruned"
    assert other.row["outcome"] is None


def _forged(issuer: SmallIssuer, how: str) -> str:
    """A token that must not be taken."""
    key, claims = issuer.key, issuer.claims
    now = int(time.time())
    if how == "none":
        return jwt.encode(claims(), "", "none", {"kid": key.kid})
    if how == "HS256 with the public key":
        head, body = (
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
            for part in ({"alg": "HS256", "kid": key.kid}, claims())
        )
        public = json.dumps(issuer.keys[0]).encode()
        signature = base64.urlsafe_b64encode(hmac.digest(public, head + b"." + body, hashlib.sha256)).rstrip(b"=")
        return b".".join((head, body, signature)).decode()
    if how == "a key of somebody else":
        other = Key()
        other.kid = key.kid
        return other.signed(claims())
    if how == "a key that is not published":
        return Key().signed(claims())
    if how == "a key for encrypting":
        issuer.keys = [key.published(use="enc")]
        return key.signed(claims())
    if how == "a weak key":
        weak = Key(bits=1024)
        issuer.keys = [weak.published()]
        return weak.signed(claims())
    changes: dict[str, dict[str, Any]] = {
        "another issuer": {"iss": "https://other.example.org"},
        "another audience": {"aud": "them"},
        "several, and no azp": {"aud": ["us", "them"]},
        "several, for another": {"aud": ["us", "them"], "azp": "them"},
        "another azp": {"azp": "them"},
        "over": {"exp": now - 61},
        "from tomorrow": {"iat": now + 61 + 5},
        "not before": {"nbf": now + 61 + 5},
        "without an end": {"exp": None},
        "without a subject": {"sub": None},
        "another sign-in's nonce": {"nonce": "of another"},
    }
    return key.signed(claims(**changes[how]))


@pytest.mark.parametrize(
    "how",
    [
        "none", "HS256 with the public key", "a key of somebody else", "a key that is not published",
        "a key for encrypting", "a weak key", "another issuer", "another audience", "several, and no azp",
        "several, for another", "another azp", "over", "from tomorrow", "not before", "without an end",
        "without a subject", "another sign-in's nonce",
    ],
)  # fmt: skip
async def test_a_token_that_is_not_good_signs_nobody_in(house: House, bad: SmallIssuer, how: str) -> None:
    sign_in = await begun(house)
    with pytest.warns() if how == "a weak key" else nullcontext():
        bad.confirms(_forged(bad, how))
    reply = await sign_in.poll_now()
    assert (reply.status_code, reply.json()["code"]) == (403, "sso_refused")
    assert house.db.execute("SELECT count(*) FROM users").fetchone() == (0,)


async def test_what_is_good_about_a_token(house: House, bad: SmallIssuer) -> None:
    now = int(time.time())
    for claims in (
        {"exp": now - 30, "iat": now - 330},
        {"iat": now + 50, "nbf": now + 50},
        {"aud": ["us", "them"], "azp": "us"},
        {"aud": ["us"]},
        {"email": " Ada@Example.ORG "},
        {"email_verified": "true"},
    ):
        sign_in = await begun(house)
        bad.confirms(**claims)
        assert (await sign_in.poll_now()).status_code == 200, claims
    nonced = await begun(house)
    bad.confirms(nonce=bad.nonce)
    assert len(bad.nonce) > 30
    assert (await nonced.poll_now()).status_code == 200
    assert house.db.execute("SELECT email FROM users").fetchall() == [("ada@example.org",)]


async def test_keys_are_kept_and_may_be_changed_at_any_time(house: House, bad: SmallIssuer) -> None:
    for _ in range(2):
        sign_in = await begun(house)
        bad.confirms()
        assert (await sign_in.poll_now()).status_code == 200
    assert (bad.count("/keys"), bad.count("/.well-known/openid-configuration")) == (1, 1)
    bad.key = Key("ES256")
    bad.keys = [bad.key.published()]
    provider = house.service.shared.issuers["small"]
    assert provider._keys is not None
    provider._keys = (provider._keys[0] - 61, provider._keys[1])  # as if they had been fetched a minute ago
    sign_in = await begun(house)
    bad.confirms()
    assert (await sign_in.poll_now()).status_code == 200, "an unknown key has them fetched anew"
    assert bad.count("/keys") == 2
    for _ in range(3):
        stranger = await begun(house)
        bad.confirms(Key().signed(bad.claims()))
        assert (await stranger.poll_now()).status_code == 403
    assert bad.count("/keys") == 2, "whoever makes keys up makes us fetch nothing"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email_verified": False}, "verified"),
        ({"email_verified": None}, "verified"),
        ({"email_verified": "yes"}, "verified"),
        ({"email": None}, "verified"),
        ({"email": "ada@example.org\x1b[31m"}, "verified"),
        ({"email": "ada@sub.example.org"}, "not taken"),
        ({"email": "ada@example.org@else.org"}, "verified"),
        ({"email": "ada@notexample.org"}, "not taken"),
    ],
)
async def test_only_verified_addresses_of_listed_domains(
    house: House, bad: SmallIssuer, claims: dict[str, Any], said: str
) -> None:
    sign_in = await begun(house)
    bad.confirms(**claims)
    reply = (await sign_in.poll_now()).json()
    assert reply["code"] == "sso_refused"
    assert said in reply["detail"]
    assert house.db.execute("SELECT count(*) FROM users").fetchone() == (0,)


async def come(house: House, bad: SmallIssuer, email: str) -> httpx.Response:
    """Sign in as `email`."""
    sign_in = await begun(house)
    bad.confirms(email=email)
    return await sign_in.poll_now()


async def test_who_is_meant_and_who_is_kept_out_in_one_way(bad: SmallIssuer, database_url: str, tmp_path: Path) -> None:
    async with house_of(database_url, tmp_path, bad.issuer(create=False)) as house:
        unknown = await come(house, bad, "nobody@example.org")
        admin = house.person("Admin", "boss@example.org")
        archived = house.person(email="gone@example.org")
        house.db.execute("UPDATE users SET archived = true WHERE id = %s", (archived,))
        two = [house.person(email=email) for email in ("two@example.org", "TWO@example.org")]
        one = house.person("CONTENT_CREATOR", "One@example.org")
        house.db.execute("UPDATE users SET first_name = '' WHERE id = %s", (one,))
        for email in ("boss@example.org", "gone@example.org", "Two@example.org"):
            assert (await come(house, bad, email)).content == unknown.content
        assert (await come(house, bad, "two@example.org")).json()["user"]["id"] == str(two[0]), "exactly"
        found = (await come(house, bad, "one@EXAMPLE.org")).json()["user"]
        assert (found["id"], found["role"]) == (str(one), "CONTENT_CREATOR")
        assert (found["first_name"], found["last_name"]) == ("Ada", "L"), "a name that stands stays"
        assert house.db.execute("SELECT count(*) FROM users").fetchone() == (5,)
        recorded = house.db.execute("SELECT user_id FROM lms_tui.sso_people").fetchall()
        assert {row[0] for row in recorded} == {two[0], one}, "who was kept out has not come in"
    async with house_of(database_url, tmp_path, bad.issuer(admins=True)) as house:
        assert (await come(house, bad, "boss@example.org")).json()["user"]["id"] == str(admin)
        assert (await come(house, bad, "new@example.org")).json()["user"]["role"] == "STUDENT"


async def test_sessions_end_like_everybodys(house: House, bad: SmallIssuer) -> None:
    sign_in = await begun(house)
    bad.confirms()
    session = (await sign_in.poll_now()).json()
    headers = {"authorization": f"Bearer {session['access']}"}
    assert house.db.execute("SELECT password_hash FROM credentials").fetchall() == [("!",)]
    ways = (await house.http.get("/v1/me/sign-in", headers=headers)).json()
    assert (ways["password"], [came["issuer"] for came in ways["came"]]) == (False, ["small"])
    refused = await house.http.post("/v1/me/password", json={"current": "!", "password": NEW}, headers=headers)
    assert refused.status_code == 403
    by_password = await house.http.post("/v1/sign-in", json={"email": "ada@example.org", "password": "!"})
    assert by_password.status_code == 401
    assert (await house.http.post("/v1/me/sign-out-everywhere", json={}, headers=headers)).status_code == 200
    assert (await house.http.get("/v1/me", headers=headers)).status_code == 401
    again = (await sign_in.poll()).json()
    headers = {"authorization": f"Bearer {again['access']}"}
    assert (await house.http.get("/v1/me", headers=headers)).status_code == 401, "told again, it is the one that ended"
    fresh = await come(house, bad, "ada@example.org")
    headers = {"authorization": f"Bearer {fresh.json()['access']}"}
    assert (await house.http.get("/v1/me", headers=headers)).status_code == 200
    house.db.execute("UPDATE users SET archived = true")
    assert (await house.http.get("/v1/me", headers=headers)).status_code == 401


async def test_a_password_stays_and_an_invitation_has_done_its_work(house: House, bad: SmallIssuer) -> None:
    hashed = house.service.shared.passwords.hash_now(NEW)
    house.person(email="ada@example.org", password_hash=hashed)
    house.db.execute(
        "INSERT INTO create_tokens (email, token, expires_at) VALUES ('ada@example.org', 'x', now() + interval '1 day')"
    )
    other = house.session(house.db.execute("SELECT id FROM users").fetchall()[0][0])
    assert (await come(house, bad, "ada@example.org")).status_code == 200
    assert house.db.execute("SELECT password_hash FROM credentials").fetchall() == [(hashed,)]
    assert (await house.http.get("/v1/me/sign-in", headers=other)).json()["password"] is True
    house.db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")
    assert (await house.http.get("/v1/me/sign-in", headers=other)).json()["password"] is False, "it opens nothing now"
    assert house.db.execute("SELECT count(*) FROM create_tokens").fetchone() == (0,)
    assert (await house.http.get("/v1/me", headers=other)).status_code == 200, "sessions elsewhere go on"


async def test_what_is_kept_takes_over_nobodys_sign_in(house: House, bad: SmallIssuer) -> None:
    sign_in = await begun(house)
    row = sign_in.row
    assert b"the device code" not in bytes(row["device_code"])
    assert sign_in.secret.encode() not in bytes(row["secret"])
    assert (await sign_in.poll(bytes(row["secret"]).hex())).status_code == 404
    tokens = house.service.shared.tokens
    assert sealing.opened(tokens, sign_in.id, bytes(row["device_code"])) == "the device code"
    assert sealing.opened(tokens, uuid4(), bytes(row["device_code"])) is None, "not in another row"
    told = (await sign_in.begin()).text
    assert "the device code" not in told


async def test_there_are_never_more_than_there_is_room_for(
    house: House, bad: SmallIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_BEGIN", queries._BEGIN.replace(str(queries.MOST_UNDER_WAY), "3"))
    replies = await asyncio.gather(*(Begun(house, "small").begin() for _ in range(12)))
    assert sorted(reply.status_code for reply in replies) == [200] * 3 + [429] * 9
    house.db.execute("UPDATE lms_tui.sso_sign_ins SET ends_at = ends_at - interval '1 hour'")
    assert (await Begun(house, "small").begin()).status_code == 200


async def test_beginning_counts_as_a_try_at_the_doors_and_coming_in_takes_it_back(
    house: House, bad: SmallIssuer
) -> None:
    for _ in range(2):
        sign_in = await begun(house)
        bad.confirms()
        assert (await sign_in.poll_now()).status_code == 200
    begins = [(await Begun(house, "small").begin()).status_code for _ in range(doors.TRIES_PER_CLIENT + 1)]
    assert begins == [200] * doors.TRIES_PER_CLIENT + [429]
    assert bad.count("/device") == 2 + doors.TRIES_PER_CLIENT
    assert (await sign_in.begin()).status_code == 200, "which is no new one"


@pytest.mark.parametrize(
    ("began", "document"),
    [
        ((401, {"error": "invalid_client", "error_description": "\x1b[31mevil"}), {}),
        ((503, {}), {}),
        ((302, {}), {}),
        ((200, b"<html>"), {}),
        ((200, ["no", "object"]), {}),
        ((200, b" " * 300_000), {}),
        ((200, {"device_code": "x", "user_code": "y", "verification_uri": "javascript:alert(1)"}), {}),
        ((200, {"device_code": "x", "user_code": "\x1b[31m", "verification_uri": "https://x.org"}), {}),
        ((200, {"user_code": "y", "verification_uri": "https://x.org"}), {}),
        (None, {"issuer": "https://somebody.else"}),
        (None, {"token_endpoint": "http://somebody.else/token"}),
        (None, {"device_authorization_endpoint": None}),
    ],
)
async def test_an_issuer_that_cannot_be_used_is_told_in_a_sentence(
    house: House, bad: SmallIssuer, began: Any, document: dict[str, Any]
) -> None:
    bad.began, bad.document = began, document
    reply = await Begun(house, "small").begin()
    assert (reply.status_code, reply.json()["code"]) == (503, "sso_away")
    assert "evil" not in reply.text
    assert house.db.execute("SELECT count(*) FROM lms_tui.sso_sign_ins").fetchone() == (0,)


async def test_an_issuer_that_is_slow_stops_nobody_else(
    house: House, bad: SmallIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms_tui.service import sso_line

    monkeypatch.setattr(sso_line, "WHOLE_SECONDS", 0.5)
    await begun(house)  # has loaded what it takes
    bad.sleeps = 1.0
    slow = asyncio.create_task(Begun(house, "small").begin())
    await asyncio.sleep(0.05)
    began = time.monotonic()
    assert (await house.http.get("/health")).status_code == 200
    assert time.monotonic() - began < 0.3
    assert (await slow).json()["code"] == "sso_away"
    bad.sleeps, bad.drips = 0.0, True
    began = time.monotonic()
    assert (await Begun(house, "small").begin()).json()["code"] == "sso_away"
    assert time.monotonic() - began < 5, "whatever arrives meanwhile"


async def test_a_client_is_signed_in_as_the_issuer_takes_it(
    bad: SmallIssuer, database_url: str, tmp_path: Path
) -> None:
    async with house_of(
        database_url,
        tmp_path,
        bad.issuer(client_secret="s/e c%"),
    ) as house:
        await begun(house)
        _, form, header = bad.asked[-1]
        assert base64.b64decode(header.removeprefix("Basic ")) == b"us:s%2Fe+c%25"
        assert "client_secret" not in form
    bad.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    async with house_of(database_url, tmp_path, bad.issuer(client_secret="s/e c%", nonce="off")) as house:
        sign_in = await begun(house)
        _, form, header = bad.asked[-1]
        assert (form["client_secret"], header) == ("s/e c%", "")
        assert "nonce" not in form
        bad.confirms()
        assert (await sign_in.poll_now()).status_code == 200
    async with house_of(database_url, tmp_path, bad.issuer(nonce="require")) as house:
        sign_in = await begun(house)
        bad.confirms()
        assert (await sign_in.poll_now()).json()["code"] == "sso_refused", "it did not come back"


async def test_by_sso_alone_no_password_opens_anything_until_an_administrator_is_made(
    house: House, bad: SmallIssuer
) -> None:
    house.db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")
    assert (await house.http.get("/v1/sso/issuers")).json() == {"names": ["small"], "only": True}
    asks = (
        ("/v1/sign-in", {"email": "ada@example.org", "password": NEW}),
        ("/v1/resets", {"email": "ada@example.org"}),
        ("/v1/resets/use", {"code": "x", "password": NEW}),
        ("/v1/invitations/accept", {"code": "x", "password": NEW}),
    )
    for path, body in asks:
        refused = await house.http.post(path, json=body)
        assert refused.status_code == 403
        assert "lms-tui sign-in --sso small" in refused.json()["detail"]
    assert (await come(house, bad, "ada@example.org")).status_code == 200
    shared = house.service.shared
    made = await people.create(
        shared.pools.writer, shared.passwords, people.NewPerson("boss@example.org", NEW, admin=True)
    )
    assert made.passwords_allowed
    signed_in = await house.http.post("/v1/sign-in", json={"email": "boss@example.org", "password": NEW})
    assert UUID(signed_in.json()["user"]["id"]) == made.id
