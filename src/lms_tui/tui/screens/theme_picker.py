"""The theme picker: each theme is seen on the program itself while the cursor stands on it."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.theme import Theme

from lms_tui.tui import glyphs, themes
from lms_tui.tui.widgets.panel import Panel
from lms_tui.tui.widgets.virtual_list import Row, VirtualList

if TYPE_CHECKING:
    from lms_tui.tui.app import LmsApp

_PREVIEW = (
    ("A heading, and text under it", "primary"),
    ("Text is what you read most. Quiet words stand beside it.", "text"),
    ("author, counts and hints", "muted"),
    (f"{glyphs.HERE} here", "accent"),
    (f"{glyphs.DONE} done", "success"),
    (f"{glyphs.WAITING} waiting", "warning"),
    (f"{glyphs.WRONG} wrong", "error"),
)


class _Problem(Panel):
    """What is wrong with a theme file."""


class ThemePickerScreen(ModalScreen[str | None]):
    """Its result is the name of the theme chosen, which is in force then; None when left, with the old one back."""

    DEFAULT_CSS = """
    ThemePickerScreen { align: center middle; background: $background; }
    ThemePickerScreen > Vertical { width: 72; max-width: 100%; height: 100%; max-height: 24; padding: 1 2; }
    ThemePickerScreen Panel { margin-bottom: 1; }
    ThemePickerScreen VirtualList { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False, id="theme.leave")]

    def __init__(self) -> None:
        """Make the picker; the themes are read when it opens."""
        super().__init__()
        self._found: list[Theme | themes.ThemeError] = []
        self._before = ""

    def compose(self) -> ComposeResult:
        """Yield the sample, the list, and what is wrong with a theme file."""
        with Vertical():
            yield Panel([("Themes", "strong"), ("⏎ chooses it   esc leaves it as it was", "muted")])
            yield VirtualList(message="There are no themes.")
            yield Panel(_PREVIEW)
            yield _Problem()

    def on_mount(self) -> None:
        """List the themes, with the cursor on the one in force."""
        self._before = self.app.theme
        files = themes.available(cast("LmsApp", self.app).look.own_themes)
        self._found = [_read(file) for file in files]
        rows = [_row(file, theme) for file, theme in zip(files, self._found, strict=True)]
        cursor = next((at for at, file in enumerate(files) if file.name == self._before), 0)
        self.query_one(VirtualList).set_rows(rows, cursor=cursor)

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Show the theme on the program itself, or what is wrong with its file."""
        found = self._found[event.index]
        if isinstance(found, themes.ThemeError):
            self.query_one(_Problem).show((str(found), "error"))
            return
        self.query_one(_Problem).show()
        self._use(found)

    def on_virtual_list_selected(self, event: VirtualList.Selected) -> None:
        """Keep the theme."""
        found = self._found[event.index]
        if isinstance(found, Theme):
            self._use(found)
            self.dismiss(found.name)

    def action_leave(self) -> None:
        """Take the old theme back."""
        self.app.theme = self._before
        self.dismiss(None)

    def _use(self, theme: Theme) -> None:
        if self.app.theme != theme.name:
            self.app.register_theme(theme)
            self.app.theme = theme.name


def _read(file: themes.ThemeFile) -> Theme | themes.ThemeError:
    """Return the theme of a file, or what is wrong with it."""
    try:
        return themes.read(file.path)
    except themes.ThemeError as error:
        return error


def _row(file: themes.ThemeFile, theme: Theme | themes.ThemeError) -> Row:
    wrong = isinstance(theme, themes.ThemeError)
    kind = "cannot be used" if isinstance(theme, themes.ThemeError) else "dark" if theme.dark else "light"
    own = "your own, " if file.own else ""
    return Row(file.name.capitalize(), right=f"{own}{kind}", dimmed=wrong)
