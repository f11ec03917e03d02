"""Plays one streamed answer into the conversation of the mentor's screen, for `mentor_stream.py`.

    python bench/mentor_player.py markdown|plain CHARACTERS FILE

The CPU that it took stands in FILE when the app has ended. As plain text the lines are cut at the width, at the same
moments, and mean nothing.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from rich.segment import Segment
from textual.app import ComposeResult
from textual.events import Mount

from lms_tui.tui.app import LmsApp
from lms_tui.tui.look import Look
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.text.lines import Line
from lms_tui.tui.text.streamed import Grown
from lms_tui.tui.turns import Turn
from lms_tui.tui.widgets import conversation
from lms_tui.tui.widgets.question_box import QuestionBox

PIECE: Final = 20
PACE: Final = 0.01
_PART: Final = """## Which rows are kept, {n}

A `LEFT JOIN` keeps **every** row of the left table. Where nothing on the right goes with it, the columns of the right
one are `NULL`; see [the manual](https://example.org/manual/{n}).

- the left table is the one that stands first
- the condition decides *which* rows go together
  - not which are kept

```sql
SELECT p.name, count(o.id) AS orders  -- {n}
FROM people AS p LEFT JOIN orders AS o ON o.person_id = p.id
WHERE p.joined > '2026-01-01' GROUP BY p.name;
```

| join | left | right |
|---|---|---|
| inner | no | no |
| left | yes | {n} |

"""


def answer(size: int) -> str:
    """Return an answer of `size` characters with all that a mentor writes."""
    return "".join(_PART.format(n=n) for n in range(1 + size // len(_PART)))[:size]


class Plain:
    """Takes the place of `Streamed`."""

    def __init__(self, width: int, _palette: object) -> None:
        """Begin with nothing."""
        self._width, self._tail, self._finished = width, "", 0

    def grow(self, text: str) -> Grown:
        """Take what came."""
        *whole, self._tail = (self._tail + text).split("\n")
        kept, made = self._finished, [line for text in whole for line in self._cut(text)]
        self._finished += len(made)
        return Grown(kept, [*made, *self._cut(self._tail)])

    def _cut(self, text: str) -> list[Line]:
        return [Line((Segment(text[at : at + self._width]),)) for at in range(0, max(1, len(text)), self._width)]


class Stage(FramedScreen[None]):
    """The conversation and the question alone."""

    def __init__(self, text: str, *, markdown: bool) -> None:
        """Play `text`, once."""
        super().__init__("Mentor")
        self._text, self._markdown = text, markdown
        self.cpu = 0.0

    def body(self) -> ComposeResult:
        """Yield both."""
        yield conversation.Conversation()
        yield QuestionBox(20_000)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(QuestionBox).focus()
        self.run_worker(self._stream())

    async def _stream(self) -> None:
        view, turn = self.query_one(conversation.Conversation), Turn(uuid4(), mine=False)
        await asyncio.sleep(0.5)
        began, cpu = time.monotonic(), time.process_time()
        view.add(turn)
        for at in range(0, len(self._text), PIECE):
            turn.text += self._text[at : at + PIECE]
            view.grow(turn, self._text[at : at + PIECE])
            await asyncio.sleep(max(0.0, began + (at // PIECE + 1) * PACE - time.monotonic()))
        await asyncio.sleep(0.5)
        if self._markdown:
            view.change(turn)
            await asyncio.sleep(0.5)
        self.cpu = time.process_time() - cpu
        self.app.exit()


class Player(LmsApp):
    """The app, which reaches nobody and shows the stage."""

    def __init__(self, stage: Stage, state: Path) -> None:
        """Keep what an app keeps in `state`."""
        super().__init__(_nobody, Look(), state)
        self._stage = stage

    def on_mount(self, event: Mount | None = None) -> None:
        """Show the stage in place of home."""
        if event is not None:
            event.prevent_default()
        self.push_screen(self._stage)


async def _nobody(*_: Any) -> Any:
    await asyncio.Event().wait()


def main() -> None:
    """Play."""
    how, size, told = sys.argv[1:]
    if how == "plain":
        setattr(conversation, "Streamed", Plain)  # noqa: B010 - it is none of what that module gives
    stage = Stage(answer(int(size)), markdown=how == "markdown")
    with tempfile.TemporaryDirectory() as state:
        Player(stage, Path(state)).run()
    Path(told).write_text(json.dumps({"cpu": stage.cpu}))


if __name__ == "__main__":
    main()
