"""Saving all that the service holds of oneself into a file."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from lms_tui.client.errors import ClientError, NotKept
from lms_tui.client.own_data import file_name, save
from lms_tui.client.saving import downloads
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph

_LONGEST = 1024
_WHAT = (
    "Your account, enrolments, progress, attempts with your answers, messages, groups, statistics and what is recorded"
    " about you, as JSON that only you can read. No passwords, no right answers, nobody else."
)


class ExportScreen(FormScreen[Path | None]):
    """Asks where to; its result is the file that was written, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    HINT = "Enter saves it. A file that is there is never written over."

    def __init__(self) -> None:
        """Make the form, with a name in the folder for downloads."""
        super().__init__("lms-tui", "Account", "Your data")

    def head(self) -> list[Paragraph]:
        """Return what is in it."""
        return [("Save all that the service holds of you", "strong"), (_WHAT, "text")]

    def fields(self) -> Iterator[Field]:
        """Yield the one field."""
        name = downloads() / file_name(datetime.now().astimezone())
        yield Field("path", "File", value=str(name), longest=_LONGEST)

    async def give(self) -> None:
        """Ask for all of it, and write it."""
        path = _path(self.value("path"))
        await save(self.desk.call, path)
        self.dismiss(path)

    def refused(self, error: ClientError) -> None:
        """Say at the field what is wrong with the file."""
        if isinstance(error, NotKept):
            self.refuse("path", error.sentence)
        else:
            super().refused(error)


def _path(typed: str) -> Path:
    """Return the file that was typed; ~ is one's home. Raises NotKept for the home of nobody."""
    try:
        return Path(typed).expanduser()
    except RuntimeError as error:
        raise NotKept(f"{typed} cannot be written: {error}") from error
