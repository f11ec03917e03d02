"""Codes by mail, from the command line to a real mail server and back, by the local service."""

import time
from collections.abc import Iterator

import pytest

from tests.service.post_office import PostOffice, opened

from .conftest import ADA, Twin

NEW = "a staple of horses"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A mail server that the environment names."""
    with opened(PostOffice()) as made:
        for name, value in (
            ("HOST", "localhost"),
            ("PORT", str(made.port)),
            ("SECURITY", "none"),
            ("SENDER", "school@example.org"),
            ("SERVICE", "https://learn.example.org"),
        ):
            monkeypatch.setenv(f"LMS_TUI_MAIL_{name}", value)
        yield made


def test_a_code_that_was_asked_for_comes_by_mail_and_is_used(office: PostOffice, twin: Twin) -> None:
    assert twin.json("reset", "--ask", f" {ADA.upper()} ") == {"minutes": 60}
    assert "If somebody here has the address nobody@x.org" in twin.say("reset", "--ask", "nobody@x.org")
    ends = time.monotonic() + 30
    while not office.mails:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert office.to() == [ADA]
    twin.typed(f"{office.code()}\n{NEW}\n")
    assert "Signed in as" in twin.say("reset", "--stdin")
    assert twin.json("whoami")["email"] == ADA


def test_doctor_goes_to_the_mail_server_s_door_and_sends_nothing(
    office: PostOffice, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def about_mail(code: int) -> dict[str, str]:
        (finding,) = (one for one in twin.json("doctor", code=code) if one["about"] == "mail")
        return dict(finding)

    found = about_mail(0)
    assert found["found"] == f"localhost:{office.port}, not encrypted, no sign-in; nothing was sent"
    assert (office.connections, office.mails) == (1, [])
    monkeypatch.setenv("LMS_TUI_MAIL_SECURITY", "starttls")
    found = about_mail(1)
    assert (found["grade"], "STARTTLS" in found["found"], "docs/mail.md" in found["todo"]) == ("fault", True, True)
    for name in ("HOST", "PORT", "SECURITY", "SENDER", "SERVICE"):
        monkeypatch.delenv(f"LMS_TUI_MAIL_{name}")
    assert about_mail(0)["found"].startswith("none is sent")
