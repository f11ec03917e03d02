"""Looking around without signing in: what the app has in place of all that would keep something.

Nothing of a guest is kept (domain.md, people, guests): there is no outbox, no study time and no practice, places last
as long as the guest stays, and files of courses that are fetched lie in a folder that goes with the guest.
"""

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from lms_tui.client.api import Api
from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import ClientError
from lms_tui.client.line import Sink
from lms_tui.client.outbox_items import Counts, Kept
from lms_tui.tui.backend import GUEST, Backend, Guest
from lms_tui.tui.places import ReadingPlaces
from lms_tui.wire import catalog, learning
from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Access, Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.practice import Practice
    from lms_tui.tui.app import LmsApp
    from lms_tui.tui.widgets.panel import Paragraph

SIGN_IN_FIRST: Final = "You have to be signed in for this: f7 signs you in."
WELCOME: Final[tuple["Paragraph", ...]] = (
    ("You are here as a guest", "strong"),
    ("The catalog, outlines and free lessons are open. Nothing of yours is kept.", "muted"),
    ("f7 signs you in, wherever you are, and comes back there.", "accent"),
)
"""What home says."""


class GuestApi:
    """Calls as a guest: home is answered here, and what is for people who are signed in is not asked at all."""

    def __init__(self, api: Api, company: str) -> None:
        """Ask by `api`, as a guest from now on, of the school called `company` ('' where it has no name)."""
        self._api, self._company = api, company
        api.as_guest = True

    async def call(
        self,
        operation: Operation[Ask, Answered],
        request: Ask,
        *,
        upload: BinaryIO | None = None,  # noqa: ARG002 - guests have nothing to upload
    ) -> Answered:
        """Ask the service. Raises ClientError."""
        if operation.name == learning.HOME.name:
            counts = await self._api.call(catalog.COUNTS, catalog.CountsRequest())
            home = learning.Home(resume=None, courses=[], catalog_courses=counts.total, company=self._company or None)
            return cast("Answered", home)
        if operation.access not in (Access.ANYONE, Access.GUEST):
            raise ClientError(SIGN_IN_FIRST)
        return await self._api.call(operation, request)

    async def fetch(self, link: str, into: Sink) -> None:
        """Get what a link of the service opens. Raises ClientError."""
        await self._api.fetch(link, into)


class NoOutbox:
    """Keeps nothing, and has nothing to send."""

    async def put(self, operation: Operation[Ask, Answered], request: Ask, label: str = "") -> None:  # noqa: ARG002
        """Refuse: what a guest does is not kept. Raises ClientError."""
        raise ClientError(SIGN_IN_FIRST)

    def counts(self) -> Counts:
        """Return that nothing waits."""
        return Counts(0, 0, 0)

    async def kept(self) -> Sequence[Kept]:
        """Return nothing."""
        return ()

    async def retry(self, id_: int) -> None:
        """Send nothing."""

    async def discard(self, id_: int) -> bool:  # noqa: ARG002
        """Take nothing out: nothing is there."""
        return False

    def hurry(self) -> None:
        """Send nothing."""

    async def settled(self) -> None:
        """Wait for nothing."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:  # noqa: ARG002
        """Call nobody: nothing changes."""
        return _nothing

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:  # noqa: ARG002
        """Call nobody: nothing is delivered."""
        return _nothing

    async def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:  # noqa: ARG002
        """Return nothing."""
        return ()

    async def refused(self, operation: Operation[Ask, Answered]) -> Sequence[tuple[Ask, Problem]]:  # noqa: ARG002
        """Return nothing."""
        return ()


class Stay:
    """What the app keeps only while a guest is here, in place of what it keeps for people."""

    def __init__(self, app: "LmsApp") -> None:
        """Begin; the folder is made when the first file is fetched, and is readable to nobody else."""
        self._app, self._places, self._files = app, app.places, app.files_folder
        self._folder = Path(gettempdir()) / f"lms-tui-guest-{secrets.token_hex(8)}"
        app.places, app.files_folder = ReadingPlaces(None), self._folder

    async def end(self) -> None:
        """Take away what was kept, and give the app back what it had."""
        self._app.places, self._app.files_folder = self._places, self._files
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def backend_of(api: Api, guest: Guest, close: Callable[[], Awaitable[None]]) -> Backend:
    """Return the client half of a guest, who may come in by `guest`."""
    return Backend(GuestApi(api, guest.session.company), NoOutbox(), GUEST, close, _no_practice, guest=guest)


def _no_practice() -> "Practice":
    raise ClientError(SIGN_IN_FIRST)


def _nothing() -> None:
    """There is nothing to end."""
