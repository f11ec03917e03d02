"""Signing in by one's organisation from a script: address and code, the wait, and what ends it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oidc.small import SmallIssuer, pending, small

from .conftest import ADA, Twin


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SmallIssuer]:
    """An issuer for the local service, under two names."""
    with small() as made:
        made.began = (200, made.device(interval=1))
        file = tmp_path / "config.toml"
        named = f'issuer = "{made.address}"\nclient_id = "us"\ndomains = ["example.org"]\n'
        file.write_text(f"[sso.school]\n{named}[sso.other]\n{named}")
        monkeypatch.setenv("LMS_TUI_CONFIG", str(file))
        yield made


def test_address_and_code_are_told_at_once_and_the_session_is_kept(issuer: SmallIssuer, twin: Twin) -> None:
    twin.say("sign-out")
    twin.say("sign-in", "--sso", code=2)
    assert "lms-tui sign-in --sso school\n  lms-tui sign-in --sso other" in twin.errors
    twin.say("sign-in", "--sso", "none", code=2)
    assert "no 'none'" in twin.errors

    issuer.confirms(email=ADA)
    issuer.replies = [pending(), *issuer.replies]
    begun, signed_in = map(json.loads, twin.say("sign-in", "--sso", "school", "--json").splitlines())
    assert begun["state"] == "begun"
    assert begun["begun"]["user_code"] == "WDJB-MJHT"
    assert begun["begun"]["complete_address"] == f"{issuer.address}/go?user_code=WDJB-MJHT"
    assert (signed_in["state"], signed_in["kept"]) == ("signed_in", "file")
    assert twin.json("whoami") == signed_in["user"]
    assert issuer.count("/token") == 2
    assert [came["issuer"] for came in twin.json("whoami", "--how")["came"]] == ["other"]
    assert twin.say("whoami", "--how").startswith("password\nother\t20")

    twin.say("sign-out")
    issuer.replies = [pending("access_denied")]
    said = twin.say("sign-in", "--sso", "other", code=1)
    assert said.splitlines()[:2] == [f"Open   {issuer.address}/go", "Code   WDJB-MJHT"]
    assert "this waits" in twin.errors
    assert "refused in the browser" in twin.errors
    twin.say("whoami", code=6)

    (found,) = {one["found"] for one in twin.json("doctor") if one["about"] == "sso" and "school" in one["found"]}
    assert found == f"school, {issuer.address}: signs devices in, 1 keys"
    issuer.document = {"device_authorization_endpoint": None}
    faults = [one for one in twin.json("doctor", code=1) if one["about"] == "sso"]
    assert [fault["grade"] for fault in faults] == ["fault", "fault"]


def test_where_there_is_no_issuer_it_says_so(twin: Twin) -> None:
    twin.say("sign-in", "--sso", code=2)
    assert "signs nobody in by an organisation" in twin.errors
