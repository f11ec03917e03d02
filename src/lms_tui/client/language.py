"""The language that the terminal of the person at this machine speaks, as the mentor is told it."""

import os
import re
from collections.abc import Mapping
from typing import Final

_LOCALE: Final = re.compile(r"([A-Za-z]{2,3})(?:_([A-Za-z]{2}))?(?:[.@].*)?")


def local_language(environment: Mapping[str, str] | None = None) -> str:
    """Return the tag (BCP 47: "de", "pt-BR") of the language of messages, '' where none is set.

    Where programs look: LC_ALL, LC_MESSAGES, LANG, in this order (POSIX, 8.2); `C` and `POSIX` are no language.
    """
    environment = os.environ if environment is None else environment
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    found = _LOCALE.fullmatch(named)
    if found is None or named in ("C", "POSIX"):
        return ""
    language, country = found.groups()
    return language.lower() + (f"-{country.upper()}" if country else "")
