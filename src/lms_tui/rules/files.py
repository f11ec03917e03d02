"""What a file is called and how it is shown: by its ending alone, never by what somebody says it is."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from lms_tui.wire.text import clean_line

_NO_NAME: Final = re.compile(r'[/\\:*?"<>|\x00-\x1f]+')
"""What some file system or shell takes for something else than a letter of a name."""
_LONGEST_NAME: Final = 120
"""Bytes: names are at most 255 almost everywhere, and something may be added."""
_SHORT: Final = re.compile(r"[a-z0-9]{1,16}")
_MIME_KINDS: Final = {"jpeg": "jpg", "plain": "txt", "markdown": "md", "mpeg": "mp3", "quicktime": "mov"}


@dataclass(frozen=True, slots=True)
class Medium:
    """How a browser is told to take a file."""

    content_type: str
    inline: bool
    """Shown where it is opened; anything else is saved."""
    is_film: bool = False
    """Films and sound, which are asked for piece by piece for as long as they play."""


_OTHER: Final = Medium("application/octet-stream", inline=False)
_MEDIA: Final[dict[str, Medium]] = {
    **{kind: Medium(f"image/{kind}", inline=True) for kind in ("png", "gif", "webp", "avif", "bmp")},
    **{kind: Medium("image/jpeg", inline=True) for kind in ("jpg", "jpeg")},
    **{kind: Medium(f"video/{kind}", inline=True, is_film=True) for kind in ("mp4", "webm", "ogg")},
    "m4v": Medium("video/mp4", inline=True, is_film=True),
    "mov": Medium("video/quicktime", inline=True, is_film=True),
    "mkv": Medium("video/x-matroska", inline=True, is_film=True),
    "mp3": Medium("audio/mpeg", inline=True, is_film=True),
    "m4a": Medium("audio/mp4", inline=True, is_film=True),
    "wav": Medium("audio/wav", inline=True, is_film=True),
    "flac": Medium("audio/flac", inline=True, is_film=True),
    "oga": Medium("audio/ogg", inline=True, is_film=True),
    "opus": Medium("audio/ogg", inline=True, is_film=True),
    "pdf": Medium("application/pdf", inline=True),
    **{kind: Medium("text/plain; charset=utf-8", inline=True) for kind in ("txt", "md", "csv", "log", "sql", "py")},
    "vtt": Medium("text/vtt; charset=utf-8", inline=True),
    "zip": Medium("application/zip", inline=False),
    "json": Medium("application/json", inline=False),
}
"""What is shown where it is opened holds no script that a browser would run: HTML, SVG and XML are saved."""


def medium_of(kind: str) -> Medium:
    """Return how a file of `kind` (an ending: "pdf") is handed out; what is not known here is bytes to save."""
    return _MEDIA.get(kind, _OTHER)


def ending_of(path: str) -> str:
    """Return the ending of a path in lower case without its dot, '' where it has none that is letters and digits."""
    ending = PurePosixPath(path).suffix.removeprefix(".").lower()
    return ending if _SHORT.fullmatch(ending) else ""


def kind_of(ending: str, file_type: str) -> str:
    """Return the short form of what a file is: its own ending, else what `file_type` says, else `bin`.

    Other programs write MIME types there: `application/pdf` is `pdf`, `image/jpeg` is `jpg`.
    """
    if ending:
        return ending
    last = file_type.strip().lower().partition(";")[0].rpartition("/")[2].removeprefix(".")
    kind = _MIME_KINDS.get(last, last)
    return kind if _SHORT.fullmatch(kind) else "bin"


def name_of(title: str, kind: str) -> str:
    """Return what to call a file of the lesson or course `title` on a disk: a plain name that hides nothing.

    It holds no separator, no control character and nothing that shells or other systems read otherwise, begins with
    no dot or dash, and ends in the dot and `kind`.
    """
    plain = " ".join(_NO_NAME.sub(" ", clean_line(title)).split()).lstrip(".- ").rstrip(". ")
    plain = plain.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip(". ")
    return f"{plain or 'file'}.{kind}"
