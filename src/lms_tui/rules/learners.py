"""Somebody in a list of people to let into a course: what is wrong before anybody is asked."""

import contextlib
from uuid import UUID

from lms_tui.rules.guests import is_address
from lms_tui.wire.inviting_many import LineFault
from lms_tui.wire.joining import LONGEST_ADDRESS


def id_of(who: str) -> UUID | None:
    """Return the id that `who` is; None for an address."""
    with contextlib.suppress(ValueError):
        return UUID(who)
    return None


def fault_of(who: str) -> LineFault | None:
    """Return what is wrong with `who`, trimmed; None where only the database can tell."""
    if not who:
        return LineFault.NO_ADDRESS
    if not who.isprintable():
        return LineFault.CONTROL_CHARACTERS
    if len(who) > LONGEST_ADDRESS:
        return LineFault.TOO_LONG
    return None if is_address(who) or id_of(who) else LineFault.MALFORMED
