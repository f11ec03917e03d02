"""What the screens need from the client half, and nothing more: calls, writes that may wait, and who I am."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol
from uuid import UUID

import msgspec

from lms_tui.client.delivery import Delivered
from lms_tui.client.line import Sink
from lms_tui.client.outbox_items import Counts, Kept
from lms_tui.wire.accounts import Session, User
from lms_tui.wire.errors import Problem
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.course_sources import CourseSources
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.client.practice import Practice
    from lms_tui.client.tokens import Kind


class Api(Protocol):
    """Calls to the service."""

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """Ask the service and return its reply. Raises client.errors.ClientError, which has a sentence."""
        ...

    async def fetch(self, link: str, into: Sink) -> None:
        """Get what a link of the service opens, piece by piece into `into`. Raises client.errors.ClientError."""
        ...


class Outbox(Protocol):
    """Writes that are kept on disk first and sent by themselves.

    A write takes the place of one to the same address that still waits: of the answers to a question only the last
    goes out. What is on its way is not replaced; the later write follows it. What asks the disk raises NotKept.
    """

    async def put(self, operation: Operation[Ask, Answered], request: Ask, label: str = "") -> None:
        """Keep a write, durably, and send it as soon as the service can be reached; `label` says what it is."""
        ...

    def counts(self) -> Counts:
        """Return how much lies there now, from memory."""
        ...

    async def kept(self) -> Sequence[Kept]:
        """Return all that lies there, the oldest first."""
        ...

    async def retry(self, id_: int) -> None:
        """Send a write now, a refused one too."""
        ...

    async def discard(self, id_: int) -> bool:
        """Take a write out that was refused; False where it is not refused any more."""
        ...

    def hurry(self) -> None:
        """Send now what waits for its next try."""
        ...

    async def settled(self) -> None:
        """Wait until nothing can be sent any more for now."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, in the event loop, when counts change; returns what ends that."""
        ...

    def follow(self, listener: Callable[[Delivered], None]) -> Callable[[], None]:
        """Call `listener`, in the event loop, for each write that the service took or refused; returns what ends it."""
        ...

    async def pending(self, operation: Operation[Ask, Answered]) -> Sequence[Ask]:
        """Return the writes of `operation` that are not delivered yet, the oldest first."""
        ...

    async def refused(self, operation: Operation[Ask, Answered]) -> Sequence[tuple[Ask, Problem]]:
        """Return the writes of `operation` that the service would not take, each with why."""
        ...


class Study(Protocol):
    """Study time that is kept on disk and told by itself; nothing of it raises."""

    async def add(self, course: UUID, minutes: int) -> None:
        """Keep and tell so many minutes of studying `course`."""
        ...

    async def keep(self, course: UUID, seconds: int) -> None:
        """Keep so many seconds, to be told by the next run with what makes a minute of them."""
        ...

    async def tell_all(self) -> None:
        """Tell what an earlier run left."""
        ...


class SignIn(Protocol):
    """The way in, and out again; all of it raises client.errors.ClientError."""

    @property
    def kept(self) -> "Kind":
        """Where the session is kept."""
        ...

    @property
    def guests(self) -> bool:
        """Whether one may look around in place of signing in."""
        ...

    @property
    def issuers(self) -> tuple[str, ...]:
        """The organisations by which one may sign in."""
        ...

    @property
    def issuers_only(self) -> bool:
        """Whether one may sign in by them alone."""
        ...

    @property
    def company(self) -> str:
        """What the school is called; '' where that is not known."""
        ...

    async def sign_in(self, email: str, password: str) -> User:
        """Sign in with address and password."""
        ...

    async def begin(self, operation: Operation[Ask, Session], request: Ask) -> User:
        """Sign in by an operation that gives a session, in place of any other."""
        ...

    async def come_in(self, session: Session) -> User:
        """Go on by a session that a call has just given, in place of any other."""
        ...

    async def ask(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask what nobody has to be signed in for, or what concerns one's own account."""
        ...

    async def rename(self, user: User) -> None:
        """Take note that the person is called otherwise now."""
        ...

    async def sign_out(self) -> None:
        """Forget the session here. Raises OSError where it cannot be removed."""
        ...


GUEST: Final = User(id=UUID(int=0), email="", first_name="", last_name="", role="")
"""Who looks around without signing in."""


class Guest(msgspec.Struct, frozen=True):
    """How a guest comes in."""

    session: SignIn
    service: str
    """What the service is called for the user."""
    enter: Callable[[User], Awaitable["Backend"]]
    """Gives the client half of who has signed in by `session`. Raises client.errors.ClientError."""


class Backend(msgspec.Struct):
    """A service that answered: how to call it, the outbox to it, and the person signed in.

    Without `study` no study time is counted.
    """

    api: Api
    outbox: Outbox
    user: User
    """Changes with its names alone."""
    close: Callable[[], Awaitable[None]]
    practice: Callable[[], "Practice"]
    """Gives the person's practice, the same each time; imported by the first call, which nothing at the start makes."""
    study: Study | None = None
    sources: "Callable[[], CourseSources] | None" = None
    """Gives the courses that were imported from this machine, imported like practice; None: nothing is edited here."""
    mentor: "Callable[[], MentorFile] | None" = None
    """Gives what this machine keeps of the person's threads with mentors, imported like practice; None for guests."""
    session: SignIn | None = None
    """None for the owner of the embedded database, who has no password and does not sign out."""
    forget: Callable[[], Awaitable[None]] | None = None
    """Takes away from this machine what waits of the person: a kiosk keeps nothing of who has left it."""
    forget_all: Callable[[], Awaitable[None]] | None = None
    """Takes away from this machine all that it keeps of the person, who was erased at the service."""
    guest: Guest | None = None
    """None where somebody is signed in."""


Tell = Callable[[str], None]
"""Takes a sentence for the screen, from any thread."""

AskSignIn = Callable[[SignIn, str], Awaitable[User | None]]
"""Lets the user sign in to the service of that name; None when they leave without, GUEST when they look around."""

Connect = Callable[[Tell, AskSignIn], Awaitable[Backend]]
"""Reaches the service, starting it where that is ours to do, and signs in, telling its progress.

Raises client.errors.ClientError when it cannot."""
