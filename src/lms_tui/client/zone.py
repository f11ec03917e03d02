"""The time zone of the person at this machine, as the service takes it."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){1,2}")
_FOLDER: Final = "zoneinfo/"


def local_zone() -> str:
    """Return an IANA name ("Europe/Warsaw") where the machine tells one, else the distance from UTC now ("+02:00").

    `TZ` counts first, as it does for every clock that is shown; then where /etc/localtime leads to.
    """
    named = os.environ.get("TZ")
    if named is None:
        try:
            named = str(Path("/etc/localtime").resolve()).rpartition(_FOLDER)[2]
        except OSError:
            named = ""
    if named == "UTC" or _NAME.fullmatch(named.removeprefix(":")):
        return named.removeprefix(":")
    offset = f"{datetime.now().astimezone():%z}"
    return f"{offset[:3]}:{offset[3:5]}"
