"""The files that a lesson's Markdown shows or links to, and where a path of a course may lead: nowhere outside it."""

import posixpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from lms_tui.courses.model import Asset, Report
from lms_tui.wire.courses import Level


def inside(root: Path, path: str) -> Path | None:
    """The regular file at `path` below `root`; None where there is none, or a link or `..` leads out of it."""
    try:
        real = (root / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return real if real.is_file() and real.is_relative_to(root.resolve()) else None


class Assets:
    """Gathers the assets of one course while its lessons are read."""

    def __init__(self, root: Path, report: Report) -> None:
        self.root, self.report = root, report
        self.found: dict[str, Asset] = {}
        self._markdown = MarkdownIt("commonmark").enable("table")

    def take(self, path: str) -> bool:
        """Add the file at `path` below the course; False where there is none."""
        real = inside(self.root, path)
        if real is not None:
            self.found.setdefault(path, Asset(path, real))
        return real is not None

    def rewrite(self, text: str, file: str, first_line: int) -> str:
        """Take the files that a lesson's Markdown names and name them from the course's root in it.

        Links to other pages of the course, to anchors and to the web stay as they are; what is missing is told.
        """
        folder = posixpath.dirname(file)
        for line, target in self._targets(text):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path or parts.path.endswith((".md", ".html", "/")):
                continue
            path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
            if not self.take(path):
                reason = f"{target!r} is no file of the course: the link stays and leads nowhere; add the file"
                self.report.add(Level.SKIPPED, file, first_line + line, reason)
            elif path != target:
                written = f"<{path}>" if " " in path else path
                for shown in (target, unquote(target)):  # the parser gives it percent-encoded, however it is written
                    text = text.replace(f"](<{shown}>", f"]({written}").replace(f"]({shown}", f"]({written}")
        return text

    def _targets(self, text: str) -> list[tuple[int, str]]:
        """Line (0 is the first) and target of each image and link, each target once."""
        found: dict[str, int] = {}
        if "](" not in text and "]:" not in text:
            return []  # no link and no definition of one, as on most pages; parsing is half of reading a course
        for token in self._markdown.parse(text):
            for child in token.children or ():
                target = child.attrs.get("src") or child.attrs.get("href")
                if isinstance(target, str) and not target.startswith("#"):
                    found.setdefault(target, token.map[0] if token.map else 0)
        return [(line, target) for target, line in found.items()]
