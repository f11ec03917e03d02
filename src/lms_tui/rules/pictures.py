"""Which picture a file is: by what it begins with, never by what somebody calls it."""

from typing import Final

_BEGINNINGS: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}


def kind_of_picture(data: bytes) -> str | None:
    """Return the ending of the kind of picture that `data` is ("png"); None for one that is not shown, or is none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for beginning, kind in _BEGINNINGS.items() if data.startswith(beginning)), None)
