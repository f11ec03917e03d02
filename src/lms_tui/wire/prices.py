"""A price as it is typed: in a course's file, on the command line, in a form (domain.md, courses, price)."""

import re
from typing import Final

_PRICE: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))? ([A-Za-z]{3})")
FREE: Final = (0, "usd")
HOW: Final = "Write it as 49.00 USD (up to 9,999,999.99, a currency of three letters), or free."
"""What to say to whoever typed something else."""


def read_price(text: str) -> tuple[int, str] | None:
    """Return cents and currency, in small letters, of what says "49.00 USD" or "49 USD"; None for anything else."""
    found = _PRICE.fullmatch(text)
    return None if found is None else (int(found[1]) * 100 + int(found[2] or "0"), found[3].lower())


def typed_price(text: str) -> tuple[int, str] | None:
    """As `read_price`, where somebody types it: "free" too, and blanks around it do not count."""
    typed = text.strip()
    return FREE if typed.lower() in {"free", "0"} else read_price(typed)
