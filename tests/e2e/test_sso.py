"""Single sign-on by keys in a real terminal, at `serve` over https and at a real OpenID provider."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_opening import seen
from tests.oidc import provider as real
from tests.service import test_https, test_serve
from tests.service.test_https import Pki
from tests.service.test_serve import Serve, Served
from tests.tui.scanner import scanned

serve = test_serve.serve
pki = test_https.pki

GRACE = "grace@example.org"


class School(NamedTuple):
    """A provider, and a service that signs in by it."""

    provider: real.Provider
    served: Served


@pytest.fixture
def school(serve: Serve, pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """The service with two workers; whoever starts a terminal trusts its certificate, and knows no secret."""
    with real.running() as provider:
        config = tmp_path / "config.toml"
        issuer = f'issuer = "{provider.address}"\nclient_id = "lms-tui"\ndomains = ["example.org"]\ncreate = true\n'
        config.write_text(f"[sso.school]\n{issuer}")
        monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        monkeypatch.delenv("NO_COLOR", raising=False)
        with monkeypatch.context() as of_the_service:
            of_the_service.setenv("LMS_TUI_CONFIG", str(config))
            of_the_service.setenv("LMS_TUI_SSO_SCHOOL_CLIENT_SECRET", real.SECRET)
            served = serve(*pki.words)
        monkeypatch.setenv("LMS_TUI_CA", str(pki.ca))
        yield School(provider, served)


def test_in_by_ones_organisation_and_straight_there_where_passwords_are_switched_off(
    school: School, database_url: str
) -> None:
    provider, served = school
    terminal = Terminal([sys.executable, "-m", "lms_tui", "--service", served.address], os.environ)
    try:
        terminal.see("f9 does by your organisation")
        terminal.press("f9")
        code = terminal.see("([A-Z]{4}-[A-Z]{4})")[1]
        complete = f"{provider.address}/device?user_code={code}"
        for larger in (False, True):
            if larger:
                terminal.resize(120, 40)
            terminal.see("minutes left")
            terminal.listen(1.0)  # until the last of it is drawn
            assert f"{provider.address}/device" in terminal.text
            assert scanned(seen(terminal)) == complete
        assert "Success" in real.confirm(complete, GRACE)
        terminal.see("Welcome, Grace")
        terminal.press("a")
        terminal.see("Signs in by school, without a password")
        assert "Change your password" not in terminal.text
        with psycopg.connect(database_url, autocommit=True) as db:
            db.execute("INSERT INTO settings (enforce_sso) VALUES (true)")
        terminal.press("o")
        terminal.see("Waiting for you to confirm it")
        assert "Grace" not in terminal.text
        assert terminal.see("([A-Z]{4}-[A-Z]{4})")[1] != code
        terminal.press("escape")
        terminal.see("Passwords are switched off here: f9")
        assert "forgot" not in terminal.text
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
    finally:
        terminal.close()
    with psycopg.connect(database_url) as db:
        assert db.execute("SELECT email, first_name, role FROM users").fetchall() == [(GRACE, "Grace", "STUDENT")]
    log = served.log.read_text()
    assert log.count('"sso_signed_in"') == 1
    for secret in (real.SECRET, GRACE, code):
        assert secret not in log
