"""An address to open somewhere else: over SSH, without a program for it, in a kiosk, or on a phone."""

from textual.app import ComposeResult

from lms_tui.tui.commands import BACK, Command
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.address_card import AddressCard

_COPY = Command("address.copy", "y", "copy address", "copy", "Copy the address to the clipboard.")


class AddressScreen(FramedScreen[None]):
    """Shows one address. While it stands the terminal may make a link of exactly this address, and of no other."""

    SCREEN_COMMANDS = (_COPY, BACK)

    def __init__(self, path: tuple[str, ...], address: str, why: str = "", *, then_done: bool = True) -> None:
        """Show `address`, as `opener.checked` returned it; `why` says why it is not opened here.

        `then_done`: a lesson is what it leads to, and is still to be marked as done when it was seen.
        """
        super().__init__(*path)
        self._address, self._why, self._then_done = address, why, then_done

    def body(self) -> ComposeResult:
        """Yield the card."""
        before = [(self._why, "text")] if self._why else []
        before.append(("Open it where you have a browser, or scan the code with a phone:", "text"))
        behind = [("Some terminals open it by a click while ctrl is held. y copies it.", "muted")]
        if self._then_done:
            behind += [("", "muted"), ("When you have seen it, go back and mark the lesson done with d.", "muted")]
        yield AddressCard(self._address, before, behind, ascii_only=self.lms.look.ascii_only)

    def on_mount(self) -> None:
        """Let the link through."""
        self.lms.let_through(self._address)

    def on_unmount(self) -> None:
        """Let no link through any more."""
        self.lms.let_through(None)

    def action_copy(self) -> None:
        """Copy the address."""
        self.app.copy_to_clipboard(self._address)
        self.tell(f"Copied, if your terminal allows it: {self._address}")
