"""Single sign-on (domain.md, people, SSO; RFC 8628): how often an issuer is asked, and whose address it vouches for."""

from collections.abc import Collection, Sequence
from typing import Final

_SLOWER: Final = 5
"""Seconds that `slow_down` adds for good (RFC 8628, 3.5)."""
LONGEST_PAUSE: Final = 60
"""Seconds above which nobody waits between two questions, but where the issuer itself says so."""
DEFAULT_PAUSE: Final = 5
"""Seconds where the issuer says nothing (RFC 8628, 3.2)."""


def slower(pause: int) -> int:
    """Return the seconds between two questions after the issuer has said `slow_down`."""
    return pause + _SLOWER


def rarer(pause: int) -> int:
    """Return the seconds between two questions after the issuer gave no answer: twice as many, up to a minute."""
    return max(pause, min(2 * pause, LONGEST_PAUSE))


def is_true(claim: object) -> bool:
    """Tell whether a claim says yes; some issuers write it as a text or a number, and nothing else counts."""
    return claim is True or claim in ("true", "1") or (type(claim) is int and claim == 1)


def is_listed(email: str, domains: Collection[str]) -> bool:
    """Tell whether the domain of `email` is one of `domains`, in whatever case; what stands below one is another."""
    return email.rpartition("@")[2].casefold() in {domain.casefold() for domain in domains}


def whose(email: str, stored: Sequence[str]) -> int | None:
    """Return which of `stored`, the addresses that differ from `email` in case at most, is meant.

    The exact one, else the only one (domain.md, people, e-mail); None where nobody is, or nobody can tell who.
    """
    if email in stored:
        return stored.index(email)
    return 0 if len(stored) == 1 else None
