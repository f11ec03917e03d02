"""What keys do on every screen: help, the palette, the outbox, the preview, colours, drawing anew."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import App
from textual.screen import Screen

from lms_tui.tui import kept_theme
from lms_tui.tui.commands import PALETTE, Command
from lms_tui.tui.look import Look
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.thrift import ThriftyDriver

if TYPE_CHECKING:
    from lms_tui.tui.here import Here


class Everywhere(App[None]):
    """The actions of the app: Textual looks them up on it, and on nothing that it has."""

    look: Look
    here: "Here"

    def action_help(self) -> None:
        """Show what can be done here."""
        from lms_tui.tui.screens.help import HelpScreen  # noqa: PLC0415

        if isinstance(self.screen, FramedScreen) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(tuple(self.screen.commands()), self.screen.moving()))

    def action_palette(self) -> None:
        """Let the user find a command by its name, and do it on the screen below."""
        from lms_tui.tui.screens.palette import PaletteScreen  # noqa: PLC0415

        screen = self.screen
        if isinstance(screen, FramedScreen):
            commands = tuple(command for command in screen.commands() if command is not PALETTE)
            self.push_screen(PaletteScreen(commands), partial(self._do, screen))

    async def _do(self, screen: Screen[object], command: Command | None) -> None:
        if command is not None:
            await self.run_action(command.action, screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the keys of a preview act only in one, and those of guests and of people only for them."""
        if action in {"preview", "sign_in", "outbox"}:
            screen, given = self.screen, f"({parameters[0]!r})" if parameters else ""
            commands = screen.commands() if isinstance(screen, FramedScreen) else ()
            return any(command.action == f"app.{action}{given}" for command in commands)
        return super().check_action(action, parameters)

    @work(exclusive=True, group="sign-in")
    async def action_sign_in(self) -> None:
        """Let a guest sign in."""
        await self.here.come_in()

    @work(exclusive=True, group="preview")
    async def action_preview(self, what: str) -> None:
        """Do `what` a command of the preview is for, in which the screen stands."""
        if isinstance(self.screen, FramedScreen):
            await self.screen.desk.do(what, self.screen)

    def action_outbox(self) -> None:
        """Show what waits and what was refused."""
        from lms_tui.tui.screens.outbox import OutboxScreen  # noqa: PLC0415

        if not isinstance(self.screen, OutboxScreen):
            self.push_screen(OutboxScreen())

    def action_redraw(self) -> None:
        """Write the whole screen anew, after something else has written over it."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.redraw()
        self.screen.refresh()

    @work
    async def action_theme(self) -> None:
        """Let the user choose the colours, for the next start too."""
        from lms_tui.tui.screens.theme_picker import ThemePickerScreen  # noqa: PLC0415

        chosen, folder = await self.push_screen_wait(ThemePickerScreen()), self.look.kept_in
        if chosen is None or folder is None:
            return
        try:
            await asyncio.to_thread(kept_theme.write, folder, chosen)
        except OSError as error:
            if isinstance(self.screen, FramedScreen):
                self.screen.tell(f"The theme could not be kept for the next start: {error}.", "warning")
