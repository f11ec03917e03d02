"""A line of a list of people: what is wrong with it by itself."""

from typing import Any

import pytest

from lms_tui.rules.guests import SAID, fault_of, role_of, trimmed
from lms_tui.wire.inviting_many import GuestLine, LineFault
from lms_tui.wire.people import Role


def line(email: str = "a@x.org", **what: Any) -> GuestLine:
    """A line, trimmed."""
    return trimmed(GuestLine(line=1, email=email, **what))


@pytest.mark.parametrize(
    ("guest", "fault"),
    [
        (line(" a@x.org\t", first_name=" A ", role=" Content-Creator ", groups=["", " x "]), None),
        (line(" "), LineFault.NO_ADDRESS),
        (line("a"), LineFault.MALFORMED),
        (line("@x.org"), LineFault.MALFORMED),
        (line("a@"), LineFault.MALFORMED),
        (line("a b@x.org"), LineFault.MALFORMED),
        (line(f"{'a' * 248}@x.org"), None),
        (line(f"{'a' * 249}@x.org"), LineFault.TOO_LONG),
        (line(first_name="a" * 201), LineFault.TOO_LONG),
        (line(groups=["a" * 101]), LineFault.TOO_LONG),
        (line(groups=["a"] * 51), LineFault.TOO_LONG),
        (line("a\u202e@x.org"), LineFault.CONTROL_CHARACTERS),
        (line(last_name="a\nb"), LineFault.CONTROL_CHARACTERS),
        (line(groups=["\x1b[2J"]), LineFault.CONTROL_CHARACTERS),
        (line(role="king"), LineFault.UNKNOWN_ROLE),
    ],
)
def test_the_first_fault_of_a_line(guest: GuestLine, fault: LineFault | None) -> None:
    assert fault_of(guest) is fault


def test_roles_in_whatever_spelling_and_none_is_a_student() -> None:
    assert [role_of(text) for text in ("", "student", "content creator", "Content-Creator", "ADMIN", "x")] == [
        Role.STUDENT, Role.STUDENT, Role.CONTENT_CREATOR, Role.CONTENT_CREATOR, Role.ADMIN, None,
    ]  # fmt: skip


def test_every_fault_has_its_sentence() -> None:
    assert set(SAID) == set(LineFault)
