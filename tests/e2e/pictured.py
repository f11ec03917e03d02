"""The app on a lesson with two pictures, its service in memory: `python -m tests.e2e.pictured FOLDER`."""

import asyncio
import io
import os
import sys
from pathlib import Path

from PIL import Image
from textual.pilot import Pilot

from lms_tui.client.line import Sink
from lms_tui.tui.look import look_of
from lms_tui.tui.screens.home import HomeScreen
from lms_tui.tui.screens.lesson import LessonScreen
from lms_tui.wire import files
from lms_tui.wire.operation import Request
from tests.snapshots.shelf import Shelf
from tests.snapshots.stage import Stage
from tests.tui.quiz_service import COURSE, LESSON

SIZES = {"a": (203, 61), "b": (90, 40)}
_KEYS = {name: f"courses/{COURSE}/{name * 64}.png" for name in SIZES}
_WORDS = "\n\n".join(f"Paragraph {number}." for number in range(30))
TEXT = f"Before.\n\n![A]({_KEYS['a']})\n\nBetween.\n\n{_WORDS}\n\n![B]({_KEYS['b']})\n\nBehind.\n\n{_WORDS}"


def source(name: str) -> Image.Image:
    """Return the picture `name`: no two of its points alike, so that nothing of it can be mistaken."""
    image = Image.new("RGB", SIZES[name])
    image.putdata([(x, 3 * y, ord(name)) for y in range(image.height) for x in range(image.width)])
    return image


class _Shelf(Shelf):
    """A shelf whose lesson has these pictures."""

    async def fetch(self, link: str, into: Sink) -> None:
        """Give the picture that the link names."""
        content = io.BytesIO()
        source(link[-1]).save(content, "PNG")
        await into.begin(None)
        await into.take(content.getvalue())

    def _files(self, _request: Request) -> files.LessonFiles:
        named = [
            files.FileLink(source=key, link=f"/v1/files/{name}", name=name, kind="png", version=name * 64, size=None)
            for name, key in _KEYS.items()
        ]
        return files.LessonFiles(file=None, file_missing=False, named=named)


def main() -> None:
    """Run it until it is left."""
    stage = Stage(Path(sys.argv[1]))
    stage.service = _Shelf()
    stage.service.lesson = {"text": TEXT}
    app = stage.app
    app.look = look_of(os.environ, pictures=os.environ.get("LMS_TUI_PICTURES"))
    app.kiosk = "KIOSK" in os.environ

    async def lead(pilot: Pilot[object]) -> None:
        while not isinstance(app.screen, HomeScreen):
            await pilot.pause(0.01)
        app.push_screen(LessonScreen(LESSON))

    asyncio.run(app.run_async(auto_pilot=lead))


if __name__ == "__main__":
    main()
