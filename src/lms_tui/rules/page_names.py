"""Which lesson a link from another lesson means: by the names that the file of a page goes by in links."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

_PAGES = (".md", ".html", "/")
_INDEXES = ("index.md", "README.md")


def page_path(target: str) -> str:
    """Return the path that a link to a page of its own course names, relative as written; "" for any other link.

    A page is what ends in `.md`, in `.html` as books name their pages, or in `/`, the index of a folder. Addresses
    on the web and paths from a server's root are none of the course's.
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    path = unquote(parts.path)
    outside = parts.scheme or parts.netloc or target.startswith("/")
    return path if path.endswith(_PAGES) and not outside else ""


def page_names(folder: str, path: str) -> tuple[str, ...]:
    """Return the names under which the file that `path` means, as seen from `folder`, may stand in the course."""
    whole = posixpath.normpath(posixpath.join(folder, path))
    page = re.sub(r"\.html$", ".md", whole)
    if path.endswith("/"):
        return tuple(posixpath.normpath(posixpath.join(page, index)) for index in _INDEXES)
    if posixpath.basename(page) == "index.md":  # a book's README.md is shown as its folder's index.html
        return (page, f"{page.removesuffix('index.md')}README.md")
    return (page,)
