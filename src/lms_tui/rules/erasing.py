"""Who was erased, and what stands in place of what was theirs (domain.md, a person's data)."""

import re
from typing import Final
from uuid import UUID

BLOT: Final = "[erased]"
"""Stands where their own words stood: what was answered counts as answered still."""
NAMES: Final = ("Erased", "person")
"""First and last name of whoever was erased."""
_ADDRESS: Final = re.compile(r"erased-[0-9a-f-]{36}@erased\.invalid")


def address_of(user: UUID) -> str:
    """Return the address of an erased person: no other has it, and no mail reaches it (RFC 2606)."""
    return f"erased-{user}@erased.invalid"


def is_erased(email: str) -> bool:
    """Whether this is the address of somebody who was erased."""
    return _ADDRESS.fullmatch(email) is not None
