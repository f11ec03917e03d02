"""One declaration per thing that a user can do: from it come the key, the key bar, the palette and the help page.

A screen lists its commands as `SCREEN_COMMANDS`; those of `EVERYWHERE` belong to the app. Ids are stable, so that users
can put other keys on them (`App.set_keymap`); a command without a key is reached by the palette.
"""

from collections.abc import Iterable

import msgspec
from textual.binding import Binding


class Command(msgspec.Struct, frozen=True):
    """What a user can do at one place.

    `keys` are Textual's names of keys, parted by commas, the one to show first; `action` is a Textual action of the
    screen, or of the app with "app." before it. `label` is for the key bar, `help` a sentence for help and palette.
    `shown` puts it into the key bar. `priority` runs it before the focused widget sees the key. What is
    `personal` needs somebody who is signed in: guests are not shown it.
    """

    id: str
    keys: str
    label: str
    action: str
    help: str
    shown: bool = True
    priority: bool = False
    personal: bool = False

    @property
    def binding(self) -> Binding:
        """The key binding of this command; it has none without keys."""
        return Binding(
            self.keys, self.action, self.label, show=self.shown, id=self.id, priority=self.priority, tooltip=self.help
        )


BACK = Command("back", "escape", "back", "back", "Go back to where you came from.")
RETRY = Command("retry", "r", "try again", "retry", "Ask the service again.")
HELP = Command("help", "question_mark,f1", "help", "app.help", "Show what can be done here.")
PALETTE = Command(
    "palette", "ctrl+p", "commands", "app.palette", "Find a command by its name.", shown=False, priority=True
)
THEME = Command("theme", "f2", "colours", "app.theme", "Choose the colours.", shown=False)
OUTBOX = Command(
    "outbox",
    "f3",
    "outbox",
    "app.outbox",
    "Show what waits to be sent, and what was refused.",
    shown=False,
    personal=True,
)
SIGN_IN = Command("sign_in", "f7", "sign in", "app.sign_in", "Sign in, and come back to this very place.")
"""For guests, on every screen."""
REDRAW = Command("redraw", "ctrl+l", "draw again", "app.redraw", "Draw the whole screen again.", shown=False)
QUIT = Command("quit", "ctrl+q", "quit", "app.quit", "Leave lms-tui. Everything is kept.", shown=False, priority=True)

PREVIEW_ANSWERS = Command(
    "preview.answers", "a,f7", "answers", "app.preview('answers')", "Show the right answer, or hide it.", shown=False
)
PREVIEW_EDIT = Command(
    "preview.edit", "e,f6", "edit", "app.preview('edit')", "Edit the file that this came from.", shown=False
)
PREVIEW_NEXT = Command(
    "preview.next",
    "right_square_bracket,f8",
    "problem",
    "app.preview('next')",
    "Go to the next place in the course that is to be mended.",
    shown=False,
)
PREVIEW_PREVIOUS = Command(
    "preview.previous",
    "left_square_bracket,f20,shift+f8",
    "previous",
    "app.preview('previous')",
    "Go to the place before that is to be mended.",
    shown=False,
)
PREVIEW_PROBLEMS = Command(
    "preview.problems",
    "exclamation_mark,f9",
    "all",
    "app.preview('problems')",
    "Show all that is to be mended in the course.",
    shown=False,
)

PREVIEW = (PREVIEW_ANSWERS, PREVIEW_EDIT, PREVIEW_NEXT, PREVIEW_PREVIOUS, PREVIEW_PROBLEMS)
"""What an author can do in the preview of a course, on each of its screens (`preview.Preview`)."""

EVERYWHERE = (SIGN_IN, HELP, PALETTE, OUTBOX, THEME, REDRAW, QUIT)
"""The app's own commands, on every screen."""


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Return the key bindings of `commands`, those without a key left out."""
    return [command.binding for command in commands if command.keys]
