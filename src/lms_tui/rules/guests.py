"""A line of a list of people to invite: what is wrong with it before anybody is asked (domain.md, people)."""

from typing import Final

from lms_tui.wire.inviting_many import GuestLine, LineFault
from lms_tui.wire.joining import LONGEST_ADDRESS, LONGEST_NAME
from lms_tui.wire.people import Role

LONGEST_GROUP: Final = 100
"""Characters of a group's name in the schema."""
MOST_GROUPS: Final = 50

SAID: Final = {
    LineFault.NO_ADDRESS: "There is no e-mail address.",
    LineFault.MALFORMED: "An e-mail address looks like name@example.org.",
    LineFault.TOO_LONG: (
        f"An address has {LONGEST_ADDRESS} characters at most, a name {LONGEST_NAME}, a group's {LONGEST_GROUP}; and a"
        f" line {MOST_GROUPS} groups."
    ),
    LineFault.CONTROL_CHARACTERS: "There are control characters in it.",
    LineFault.DUPLICATE: "The address stands in an earlier line.",
    LineFault.TAKEN: "There is a person with this address already.",
    LineFault.ARCHIVED: "The person with this address is archived. Restore them instead.",
    LineFault.OTHER_ROLE: "They were invited in another role. Change the role instead.",
    LineFault.UNKNOWN_ROLE: f"There is no such role. The roles are {', '.join(Role)}.",
    LineFault.UNKNOWN: "Nobody here has this address, or several have it in different cases.",
    LineFault.UNKNOWN_GROUP: "There is no such group, or several are called so.",
    LineFault.COLUMNS: "The line has not as many cells as the headings.",
}
"""The sentence for each fault."""


def role_of(text: str) -> Role | None:
    """Return the role that `text` names, in whatever case and with blank or dash for the underline; '' is a student."""
    wanted = text.strip().upper().replace("-", "_").replace(" ", "_")
    return Role.__members__.get(wanted) if wanted else Role.STUDENT


def trimmed(guest: GuestLine) -> GuestLine:
    """Return `guest` without blanks around what was typed; groups without a name are left out."""
    return GuestLine(
        line=guest.line,
        email=guest.email.strip(),
        first_name=guest.first_name.strip(),
        last_name=guest.last_name.strip(),
        role=guest.role,
        groups=[name.strip() for name in guest.groups if name.strip()],
    )


def is_address(text: str) -> bool:
    """Tell whether `text` looks like an e-mail address that can be typed again: one `@` with something on either side,
    and no space. Whether mail arrives there only mail can tell."""
    name, _, domain = text.partition("@")
    return bool(name and domain) and "@" not in domain and " " not in text


def fault_of(guest: GuestLine) -> LineFault | None:
    """Return the first fault of `guest`, trimmed; None where only the database can tell one."""
    email, names = guest.email, (guest.first_name, guest.last_name)
    if not email:
        return LineFault.NO_ADDRESS
    if not all(text.isprintable() for text in (email, *names, guest.role, *guest.groups)):
        return LineFault.CONTROL_CHARACTERS
    if len(email) > LONGEST_ADDRESS or any(len(text) > LONGEST_NAME for text in names):
        return LineFault.TOO_LONG
    if len(guest.groups) > MOST_GROUPS or any(len(group) > LONGEST_GROUP for group in guest.groups):
        return LineFault.TOO_LONG
    if not is_address(email):
        return LineFault.MALFORMED
    return None if role_of(guest.role) is not None else LineFault.UNKNOWN_ROLE
