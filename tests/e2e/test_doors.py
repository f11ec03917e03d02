"""By keys in a real terminal at `serve` over https, with mail by a real server: invited, in, forgotten, in again."""

import os
import ssl
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.e2e.terminal import Terminal
from tests.service import test_https, test_serve
from tests.service.post_office import PostOffice, opened
from tests.service.test_https import Pki
from tests.service.test_serve import Serve, Served, create_user, eventually

serve = test_serve.serve
pki = test_https.pki

ADA, BOSS = "ada@example.org", "boss@example.org"
FIRST, SECOND, OF_BOSS = "two horses run", "three mules wait", "nine foxes sing"


@pytest.fixture
def _machine(tmp_path: Path, pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without a keyring, whose programs trust the service's authority alone."""
    monkeypatch.setenv("LMS_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("LMS_TUI_CA", str(pki.ca))
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


def invited_by_an_administrator(served: Served, pki: Pki, database_url: str) -> None:
    create_user(database_url, BOSS, OF_BOSS)
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("UPDATE users SET role = 'ADMIN' WHERE email = %s", (BOSS,))
    with httpx.Client(base_url=served.address, verify=ssl.create_default_context(cafile=pki.ca), timeout=60) as http:
        session = http.post("/v1/sign-in", json={"email": BOSS, "password": OF_BOSS}).json()
        headers = {"authorization": f"Bearer {session['access']}"}
        reply = http.put(f"/v1/invitations/{uuid4()}", json={"email": ADA}, headers=headers)
    assert reply.json()["mailed"], reply.text


def typed(terminal: Terminal, *words: str) -> None:
    """Type words, each with Enter; all of them at once, ahead of the screen."""
    for word in words:
        terminal.press(word, "enter")


def mailed(office: PostOffice, number: int, served: Served) -> None:
    """Wait until so many mails have come; where they do not, the service's log says why."""
    try:
        eventually(lambda: len(office.mails) == number)
    except AssertionError as error:
        raise AssertionError(served.log.read_text()) from error


@pytest.mark.usefixtures("_machine")
def test_an_invitation_and_a_reset_come_by_mail_and_are_used_over_https(
    serve: Serve,
    pki: Pki,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = PostOffice(ca=tmp_path / "mail.pem")
    with opened(office, "starttls"):
        with monkeypatch.context() as of_the_service:
            mail = {"HOST": "localhost", "PORT": str(office.port), "SENDER": BOSS, "CA": str(office.ca)}
            for name, value in (mail | {"SERVICE": "https://learn.example.org"}).items():
                of_the_service.setenv(f"LMS_TUI_MAIL_{name}", value)
            served = serve(*pki.words)
        invited_by_an_administrator(served, pki, database_url)
        mailed(office, 1, served)
        invitation = office.code()
        command = [sys.executable, "-m", "lms_tui", "--service", served.address]
        terminal = Terminal(command, os.environ)
        try:
            terminal.see("Enter signs you in")
            terminal.press("f5")
            terminal.see("Accept an invitation")
            typed(terminal, invitation)
            terminal.see(f"invitation of {ADA}")
            typed(terminal, "Ada", "Lovelace", FIRST, FIRST)
            terminal.see("Welcome, Ada")
            terminal.press("a")
            terminal.see("Ada Lovelace")
            terminal.press("o")
            terminal.see("You are signed out")
            terminal.resize(120, 40)
            typed(terminal, ADA, SECOND)
            terminal.see("do not go together")
            terminal.press("f6")
            terminal.see("A code is mailed to it")
            terminal.press("enter")
            mailed(office, 2, served)
            terminal.see("New password")
            typed(terminal, office.code(), SECOND, SECOND)
            terminal.see("Welcome, Ada")
            terminal.press("ctrl+q")
            assert terminal.wait() == 0
        finally:
            terminal.close()
    assert office.to() == [ADA, ADA]
    log, drawn = served.log.read_text(), bytes(terminal.output)
    for secret in (invitation, office.code(), FIRST, SECOND, ADA):
        assert secret not in log
    assert FIRST.encode() not in drawn
    assert SECOND.encode() not in drawn
    with psycopg.connect(database_url) as db:
        told = "SELECT a.action, u.email FROM lms_tui.audit a LEFT JOIN users u ON u.id = a.subject_id ORDER BY a.at"
        assert db.execute(told).fetchall() == [
            ("entry.signed_in", BOSS),
            ("people.invite", ADA),
            ("entry.invitation_accepted", ADA),
            ("entry.failed", ADA),
            ("entry.password_reset", ADA),
        ]
