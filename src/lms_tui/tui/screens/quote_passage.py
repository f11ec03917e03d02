"""Choosing a passage of a lesson to quote it to the mentor."""

from textual.app import App

from lms_tui.tui.screens.choose import ChooseScreen
from lms_tui.tui.text.parse import TextFormat
from lms_tui.tui.text.passages import nearest, passages, quoted
from lms_tui.tui.widgets.virtual_list import Row
from lms_tui.wire.text import clean_line


async def choose_passage(app: "App[None]", text: str, text_format: TextFormat, block: int) -> str | None:
    """Let a passage of `text` be chosen, from the one at `block` on; return it as a quote, None where none was.

    Run it in a worker.
    """
    found = passages(text, text_format)
    rows = [Row(clean_line(passage.source)) for passage in found]
    screen = ChooseScreen("Quote which passage to the mentor?", rows, cursor=nearest(found, block), does="quotes it")
    chosen = await app.push_screen_wait(screen)
    return None if chosen is None else quoted(found[chosen].source)
