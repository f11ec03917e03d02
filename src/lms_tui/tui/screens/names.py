"""Changing one's own names."""

from collections.abc import Iterator

from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.accounts import User
from lms_tui.wire.joining import PROFILE, ProfileRequest
from lms_tui.wire.text import clean_line


class NamesScreen(FormScreen[User | None]):
    """Asks for first and last name; its result is the person as they are called now, None when left."""

    SCREEN_COMMANDS = (ENTER, LEAVE)
    HINT = "Enter changes them."

    def __init__(self, user: User) -> None:
        """Change the names of `user`, who is signed in."""
        self._user = user
        super().__init__("lms-tui", "Account", "Your names")

    def head(self) -> list[Paragraph]:
        """Return whose names they are."""
        return [("Your names", "strong"), (clean_line(self._user.email), "muted")]

    def fields(self) -> Iterator[Field]:
        """Yield the two names."""
        yield Field("first_name", "First name", value=clean_line(self._user.first_name))
        yield Field("last_name", "Last name", value=clean_line(self._user.last_name))

    async def give(self) -> None:
        """Change them; sent again they stand as they are."""
        names = ProfileRequest(first_name=self.value("first_name"), last_name=self.value("last_name"))
        user = await self.desk.call(PROFILE, names)
        await self.lms.here.rename(user)
        self.dismiss(user)
