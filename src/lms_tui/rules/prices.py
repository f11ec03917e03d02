"""A price as it is typed: in a course's file, on the command line, in a form (domain.md, courses, price)."""

import re
from typing import Final

_PRICE: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))? ([A-Za-z]{3})")
FREE: Final = (0, "usd")


def read_price(text: str) -> tuple[int, str] | None:
    """Return cents and currency, in small letters, of what says "49.00 USD" or "49 USD"; None for anything else."""
    found = _PRICE.fullmatch(text)
    return None if found is None else (int(found[1]) * 100 + int(found[2] or "0"), found[3].lower())
