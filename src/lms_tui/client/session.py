"""Who is signed in: the session that calls carry, kept between two runs where it may be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from lms_tui.client.api import Api
from lms_tui.client.tokens import Kind, TokenStore
from lms_tui.wire.accounts import OWNER, SIGN_IN, OwnerRequest, Session, SignInRequest, User
from lms_tui.wire.operation import Answered, Ask, Operation

_log = logging.getLogger(__name__)


class SignIn:
    """The sign-in of one run at one service.

    `place` names the service for ever (`Config.place`); `store` is None where nothing is kept: the owner of the
    embedded database asks for a session each time.
    """

    def __init__(self, api: Api, place: str, store: TokenStore | None) -> None:
        self._api, self._place, self._store = api, place, store
        self._writing: asyncio.Task[None] | None = None
        """The last write to `store`; the next one goes behind it."""
        self.guests = False
        """Whether one may look around in place of signing in."""
        self.issuers: tuple[str, ...] = ()
        """The organisations by which one may sign in."""
        self.issuers_only = False
        """Whether one may sign in by them alone."""
        self.company = ""
        """What the school is called, where it is known."""
        api.on_session = self._changed

    @property
    def user(self) -> User | None:
        """Who is signed in, as of the last session."""
        return None if self._api.session is None else self._api.session.user

    @property
    def kept(self) -> Kind:
        """Where the session is kept; "memory" where it ends with this run."""
        return "memory" if self._store is None else self._store.kind

    async def restore(self) -> User | None:
        """Take up the session that was kept, without asking the service; None where there is none."""
        session = None if self._store is None else await self._store.load(self._place)
        if session is not None:
            self._api.use(session)
        return self.user

    async def sign_in(self, email: str, password: str) -> User:
        """Begin a session and keep it. Raises SignInFailed, TooManyRequests, Refused, Unreachable."""
        return await self.begin(SIGN_IN, SignInRequest(email=email.strip(), password=password))

    async def begin(self, operation: Operation[Ask, Session], request: Ask) -> User:
        """Begin, by an operation that gives one, a session in place of any other, and keep it. Raises ClientError."""
        return await self.come_in(await self._api.call(operation, request))

    async def come_in(self, session: Session) -> User:
        """Go on by `session`, which a call has just given, in place of any other, and keep it."""
        self._api.take(session)
        await asyncio.shield(self._keep(session))
        return session.user

    async def ask(self, operation: Operation[Ask, Answered], request: Ask) -> Answered:
        """Ask what nobody has to be signed in for, or what concerns one's own account. Raises ClientError."""
        return await self._api.call(operation, request)

    async def rename(self, user: User) -> None:
        """Take note that the person is called otherwise now: the next start without the service greets them so."""
        session = self._api.session
        if session is not None and session.user.id == user.id:
            session.user = user
            await asyncio.shield(self._keep(session))

    async def owner(self, as_email: str | None = None) -> User:
        """Begin the session of the machine's owner, or as somebody; it is asked for again when it ends."""
        request = OwnerRequest(as_email=as_email)

        async def again(_used: Session) -> Session:
            return await self._api.call(OWNER, request)

        session = await self._api.call(OWNER, request)
        self._api.renew = again
        self._api.take(session)
        return session.user

    async def sign_out(self) -> None:
        """Forget the session here. What waits in the outbox stays, for when the same person signs in again.

        Raises OSError when the file that holds the session cannot be removed.
        """
        self._api.use(None)
        await asyncio.shield(self._in_turn(self._forget))

    async def settled(self) -> None:
        """Wait until what was to be kept, or forgotten, is."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def _changed(self, session: Session | None) -> None:
        """Keep a renewed session beside the calls; forget one that has ended."""
        if session is not None:
            self._keep(session)
        else:
            self._in_turn(self._forget_ended)

    def _keep(self, session: Session) -> asyncio.Task[None]:
        async def write() -> None:
            if self._store is None or self._api.session is not session:
                return
            try:
                await self._store.save(self._place, session)
            except OSError as error:
                _log.warning("the session lasts for this run only: %s", error)

        return self._in_turn(write)

    async def _forget(self) -> None:
        if self._store is not None:
            await self._store.forget(self._place)

    async def _forget_ended(self) -> None:
        try:
            await self._forget()
        except OSError as error:
            _log.warning("a session that has ended could not be removed: %s", error)

    def _in_turn(self, write: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Begin to `write` behind all writes of before, whatever becomes of who waits for it: a session that is still
        being kept as somebody signs out would stand there afterwards."""
        before = self._writing

        async def written() -> None:
            if before is not None:
                await asyncio.wait([before])
            await write()

        self._writing = asyncio.create_task(written(), name="keep session")
        return self._writing
