"""What the administrators' screens have in common: they ask before they act, and have forms of a few fields."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID, uuid4, uuid5

from lms_tui.tui.screens.acting import ActingScreen
from lms_tui.tui.screens.confirm import ConfirmScreen
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.bars import shorten
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.text import clean_line

Act = Callable[[], Awaitable[str | None]]
"""Does something; returns what came of it in a sentence, None where it was left. Raises ClientError."""
Answer = TypeVar("Answer")

_LONGEST: Final = 160
"""Cells of a name in a question: the answers have to stay on the screen."""


class AskingScreen(ActingScreen[None, str]):
    """Asks before an act, and lets forms be filled for it."""

    async def sure(self, question: str, name: str, yes: str, *touches: str) -> bool:
        """Ask `question` about what is called `name`, and say what it touches."""
        asked = f"{question} {shorten(clean_line(name), _LONGEST)}?"
        sure: bool = await self.app.push_screen_wait(ConfirmScreen(asked, yes, "Leave it", *touches))
        return sure

    async def fill(self, form: "FillScreen[Answer]") -> Answer | None:
        """Show a form, and return its outcome."""
        filled: Answer | None = await self.app.push_screen_wait(form)
        return filled


class FillScreen(FormScreen[Answer | None]):
    """A form of a few fields that are given to one act; its result is what that answers, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)

    def __init__(
        self,
        path: tuple[str, ...],
        about: tuple[str, ...],
        fields: list[Field],
        give: Callable[[UUID, dict[str, str]], Awaitable[Answer]],
        hint: str = "Enter goes on.",
    ) -> None:
        """Ask for `fields` under the lines of `about`, the first of which is the title.

        `give` gets an id, which is the same as long as the same is typed, so that it can be sent again after a lost
        answer, and the fields whose content is another than at the beginning. Raises ClientError.
        """
        self._about, self._made, self._to, self._own = about, fields, give, uuid4()
        self._before = {field.id or "": field.entry.value for field in fields}
        self.HINT = hint
        super().__init__(*path)

    def head(self) -> list[Paragraph]:
        """Return what the form is for."""
        title, *rest = self._about
        return [(clean_line(title), "strong"), *((line, "muted") for line in rest)]

    def fields(self) -> list[Field]:  # type: ignore[override]  # it is gone through once
        """Return the fields."""
        return self._made

    async def give(self) -> None:
        """Give what was typed."""
        values = {name: field.value for name, field in self._fields.items()}
        changed = {name: value for name, value in values.items() if value != self._before[name].strip()}
        self.dismiss(await self._to(uuid5(self._own, "\n".join(values.values())), changed))
