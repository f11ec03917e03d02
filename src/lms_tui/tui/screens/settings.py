"""The settings of the school, with its logo as a picture where the terminal can show one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from rich.segment import Segment
from textual import work
from textual.app import ComposeResult

from lms_tui.client.errors import ClientError
from lms_tui.client.file_cache import FileCache
from lms_tui.tui import pictures, school_words
from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.asking import Act, AskingScreen, FillScreen
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire import school as wire
from lms_tui.wire.files import FileLink
from lms_tui.wire.school import LONGEST, MOST_LOGO_BYTES, Settings
from lms_tui.wire.text import clean_line

_COLUMNS, _ROWS = 32, 8
"""Cells of the logo at most."""
_NAMES: Final = ("company", "mail", "logo", "guests", "sso")

_CHANGE = Command("settings.change", "e", "change", "change", "Change the setting under the cursor; so does Enter.")


class _Logo(Panel):
    """A picture under the words."""

    picture: Sequence[Sequence[Segment]] = ()

    def show_picture(self, lines: Sequence[Sequence[Segment]]) -> None:
        """Show `lines` under the words."""
        self.picture = lines
        self.refresh(layout=True)

    def lines(self, width: int) -> list[list[Segment]]:
        """Return the words and the picture."""
        return [*super().lines(width), *map(list, self.picture)]


class SettingsScreen(AskingScreen):
    """One row for each setting; switches ask first, and say what they touch."""

    DEFAULT_CSS = """
    SettingsScreen VirtualList { height: 10; margin-top: 1; }
    SettingsScreen Panel { height: auto; margin: 1 0 0 1; }
    """
    SCREEN_COMMANDS = (_CHANGE, BACK)

    def __init__(self) -> None:
        """Make the screen; it loads by itself."""
        super().__init__("Administration", "Settings")
        self._settings: Settings | None = None
        self._list, self._logo = VirtualList(row_height=2), _Logo()

    def body(self) -> ComposeResult:
        """Yield the settings, and the logo."""
        yield self._list
        yield self._logo

    def allows(self, command: Command) -> bool:
        """Offer to change where there is something, one thing at a time."""
        busy = self._settings is None or self.acting or self._failed
        return not (busy and command is _CHANGE) and super().allows(command)

    @work(exclusive=True, group="settings")
    async def load(self) -> None:
        """Ask for all, and then for the picture."""
        settings = await self.fetch(wire.SHOW, wire.ShowRequest(), "" if self._settings else "Opening the settings…")
        if settings is not None:
            self._settings = settings
            self._list.set_rows(_rows(settings), cursor=max(0, self._list.cursor))
            self.refresh_commands()
            self._logo.show_picture(())
            if settings.logo is not None and pictures.are_shown(self.lms.look):
                self._show_logo(settings.logo)

    @work(exclusive=True, group="settings-logo")
    async def _show_logo(self, logo: FileLink) -> None:
        try:
            path = await FileCache(self.lms.files_folder).fetch(self.desk, logo, most=MOST_LOGO_BYTES)
            found = await asyncio.to_thread(pictures.half_blocks, path, _COLUMNS, _ROWS)
        except (ClientError, pictures.NoPictureError):
            return  # its name stands in the list
        self._logo.show_picture(found.lines)

    def on_virtual_list_selected(self) -> None:
        """Change it."""
        self.action_change()

    def action_change(self) -> None:
        """Begin to change the setting under the cursor."""
        settings = self._settings
        if settings is None or self._list.cursor < 0:
            return
        acts: dict[str, Act] = {
            "company": lambda: self._text("company_name", "The school's name", settings.company_name),
            "mail": lambda: self._text("company_email", "The school's e-mail address", settings.company_email),
            "logo": self._picture,
            "guests": lambda: self._guests(settings),
            "sso": lambda: self._sso(settings),
        }
        self.begin(acts[_NAMES[self._list.cursor]])

    async def _text(self, name: str, label: str, value: str) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.SettingsChanged:
            return await self.desk.call(wire.SET, wire.SetRequest(id=own, **values))  # type: ignore[arg-type]

        field = Field(name, label, "Empty takes it away.", value=clean_line(value), longest=LONGEST, optional=True)
        path = ("Administration", "Settings", "Change")
        done = await self.fill(FillScreen(path, ("Change a setting",), [field], give, "Enter keeps it."))
        return None if done is None else f"{label} is {'so now' if done.changed else 'so already'}."

    async def _picture(self) -> str | None:
        async def give(own: UUID, values: dict[str, str]) -> wire.SettingsChanged:
            name = values.get("picture", "")
            picture = await asyncio.to_thread(_read, name) if name else b""
            return await self.desk.call(wire.LOGO, wire.LogoRequest(id=own, picture=picture))

        note = "PNG, JPEG, GIF or WebP. Empty takes the logo away."
        field = Field("picture", "A file on this machine", note, longest=1000, optional=True)
        path = ("Administration", "Settings", "Logo")
        done = await self.fill(FillScreen(path, ("Another logo",), [field], give, "Enter takes it."))
        return None if done is None else "The logo is set." if done.has_logo else "There is no logo."

    async def _guests(self, settings: Settings) -> str | None:
        on = not settings.guests
        yes = "Let guests in" if on else "Let no guests in"
        if not await self.sure(yes, "here", yes, *school_words.letting_guests_in(on=on)):
            return None
        await self.desk.call(wire.SET, wire.SetRequest(id=uuid4(), guests=on))
        return "Guests are let in." if on else "Guests are let in no more."

    async def _sso(self, settings: Settings) -> str | None:
        on = not settings.sso_only
        if not on or settings.may_enforce_sso:  # else it is refused, and the refusal says why
            yes = "Switch passwords off" if on else "Allow passwords"
            if not await self.sure(yes, "here", yes, *school_words.by_sso_alone(settings, on=on)):
                return None
        await self.desk.call(wire.SET, wire.SetRequest(id=uuid4(), sso_only=on))
        return "Passwords are switched off." if on else "Passwords are good again."


def _read(name: str) -> bytes:
    """Return the file's content. Raises ClientError where it cannot be read, or cannot be a logo."""
    try:
        with Path(name).expanduser().open("rb") as file:
            data = file.read(MOST_LOGO_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:  # no such home, or a name that can be none
        raise ClientError("This file cannot be read.") from error
    if not data or len(data) > MOST_LOGO_BYTES:
        raise ClientError(f"A logo has {MOST_LOGO_BYTES // 1024} KiB at most, and is not empty.")
    return data


def _rows(settings: Settings) -> list[Row]:
    logo = settings.logo.name if settings.logo is not None else "not in the store" if settings.logo_missing else "none"
    later = "" if settings.may_enforce_sso or settings.sso_only else "An administrator has to have signed in so before."
    return [
        Row("Name", detail="On the sign-in and on the home of guests.", right=settings.company_name or "none"),
        Row("E-mail address", detail="How the school is reached.", right=settings.company_email or "none"),
        Row("Logo", detail=f"A picture of up to {MOST_LOGO_BYTES // 1024} KiB.", right=logo),
        Row(
            "Guests",
            detail="Look around and read free lessons without signing in.",
            right=school_words.on(settings.guests),
        ),
        Row(
            "Organisation's sign-in alone",
            detail=later or "Passwords are switched off.",
            right=school_words.on(settings.sso_only),
        ),
    ]
