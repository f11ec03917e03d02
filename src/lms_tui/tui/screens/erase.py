"""Erasing oneself: what it takes away and leaves, confirmed by the password, or by the address of whoever has none."""

from collections.abc import Iterator
from uuid import uuid4

from lms_tui.client.errors import ClientError, SignInNeeded, Unreachable
from lms_tui.tui.erasing_words import touched
from lms_tui.tui.screens.form import ENTER, LEAVE, SHOW, FormScreen
from lms_tui.tui.widgets.field import LONGEST_SECRET, Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.erasing import ERASE, EraseRequest, ErasureFacts
from lms_tui.wire.text import clean_line


class EraseScreen(FormScreen[bool | None]):
    """Its result is whether it was done; None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE, SHOW)
    HINT = "Enter erases you, for ever. Escape leaves everything as it is."

    def __init__(self, facts: ErasureFacts) -> None:
        """Make the form by what an erasure would touch."""
        self._facts, self._own = facts, uuid4()
        self._unsure = False
        """Whether it was sent and no answer came."""
        super().__init__("lms-tui", "Account", "Erase")

    def head(self) -> list[Paragraph]:
        """Return whom, and what goes and stays."""
        lines: list[Paragraph] = [(f"Erase {clean_line(self._facts.email)}, for ever", "warning")]
        return [*lines, *((line, "text") for line in touched(self._facts))]

    def fields(self) -> Iterator[Field]:
        """Yield what confirms it."""
        if self._facts.has_password:
            yield Field("password", "Your password", longest=LONGEST_SECRET, secret=True)
        else:
            yield Field("email", "Your address, typed again")

    async def give(self) -> None:
        """Do it; sent again after a lost answer it is done once."""
        own = "password" if self._facts.has_password else "email"
        await self.desk.call(ERASE, EraseRequest(id=self._own, **{own: self.value(own)}))
        self.dismiss(True)

    def refused(self, error: ClientError) -> None:
        """Say what is wrong; a session that is over after a lost answer says that it was done."""
        if isinstance(error, SignInNeeded) and self._unsure:
            self.dismiss(True)
            return
        self._unsure = self._unsure or isinstance(error, Unreachable)
        super().refused(error)
