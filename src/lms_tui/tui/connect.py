"""Reaching the service for the app: found or started in a thread, somebody signed in, the outbox opened.

Who signed in here before is known without the service: with one that is away the app starts as that person, shows what
waits in their outbox, and goes on when it is back. Nothing is said to it before it is known what it speaks
(`client.checked`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from lms_tui.client.api import Api
from lms_tui.client.checked import CheckedApi
from lms_tui.client.errors import Refused, SignInNeeded, Unreachable
from lms_tui.client.kept_here import MENTOR, OUTBOX, STUDY_TIME
from lms_tui.client.outbox import Outbox
from lms_tui.client.session import SignIn
from lms_tui.client.study import StudyTold
from lms_tui.client.study_file import StudyFile
from lms_tui.client.tokens import TokenStore
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import private_folder
from lms_tui.tui.backend import GUEST, AskSignIn, Backend, Connect, Guest, Tell
from lms_tui.tui.reaching import Reaching
from lms_tui.tui.start import StartConfig
from lms_tui.wire.accounts import User
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.course_sources import CourseSources
    from lms_tui.client.mentor_file import MentorFile
    from lms_tui.client.practice import Practice


def connector(config: StartConfig, reaching: Reaching | None = None) -> Connect:
    """Return what reaches the service that `config` means, and signs in: the owner of the embedded database without
    a question, everybody else by the session that was kept, or by address and password. A service somewhere else
    may be away where a session was kept; who has none is told so in place of being asked for a password. A kiosk
    begins as a guest where the service lets them in.

    `reaching` is the way to the local service that has begun already; each later try begins anew.
    """
    begun = [reaching] if reaching is not None else []
    owner = config.service is None and config.database is None
    name = config.service or "your database"

    async def local(tell: Tell) -> LocalApi:
        way = begun.pop() if begun else Reaching(config.database)
        return LocalApi(config.database, await way.address(tell))

    async def connect(tell: Tell, ask_sign_in: AskSignIn) -> Backend:
        try:
            folder = private_folder(config.state)
            api = far(config.service, tell, config.ca) if config.service else await local(tell)
        except (LocalError, ValueError) as error:
            raise Unreachable(str(error)) from error
        store = None if owner else TokenStore(folder / "sessions", kiosk=config.kiosk)
        session = SignIn(api, config.place, store)
        try:
            user = await (session.owner(config.as_email) if owner else session.restore())
            if user is None:
                user = await _asked(api, session, name, ask_sign_in, kiosk=config.kiosk)
            enter = partial(entered, folder, api, session)
            return _as_guest(api, session, name, enter) if user is GUEST else await enter(user)
        except BaseException:
            await api.aclose()
            raise

    async def entered(folder: Path, api: CheckedApi, session: SignIn, user: User) -> Backend:
        outbox = Outbox(folder / OUTBOX, api, service=config.place, user=user.id)
        await outbox.open()

        async def close() -> None:
            await outbox.close()
            await session.settled()
            await api.aclose()

        @cache
        def practice() -> "Practice":
            from lms_tui.client.practice import FILE, Practice  # noqa: PLC0415 - home stands there before it is needed

            return Practice(None if config.kiosk else folder / FILE, service=config.place, user=user.id)

        @cache
        def sources() -> "CourseSources":
            from lms_tui.client.course_sources import CourseSources  # noqa: PLC0415 - for a preview's author

            return CourseSources(folder, service=config.place)

        study = StudyTold(StudyFile(folder / STUDY_TIME, service=config.place, user=user.id), api)
        return Backend(
            api,
            outbox,
            user,
            close,
            practice,
            study,
            None if config.kiosk else sources,
            partial(_mentor_file, folder, config, user.id),
            session=None if owner else session,
            forget=partial(_forget, outbox, study),
            forget_all=partial(_forget_all, folder, config.place, user.id),
        )

    return connect


def _mentor_file(folder: Path, config: StartConfig, user: UUID) -> "MentorFile":
    """Return what this machine keeps of the person's threads with mentors; a kiosk keeps nothing."""
    from lms_tui.client.mentor_file import MentorFile  # noqa: PLC0415 - for who opens a mentor

    return MentorFile(None if config.kiosk else folder / MENTOR, (config.place, str(user)))


async def _forget(outbox: Outbox, study: StudyTold) -> None:
    """Take away from this machine what waits of the person. Raises NotKept."""
    await outbox.forget()
    await study.forget()


async def _forget_all(folder: Path, service: str, user: UUID) -> None:
    """Take away from this machine all that it keeps of the person. Raises NotKept."""
    from lms_tui.client.forgetting import forget_here  # noqa: PLC0415 - for whoever is erased

    await asyncio.to_thread(forget_here, folder, service, user)


async def _asked(api: CheckedApi, session: SignIn, name: str, ask_sign_in: AskSignIn, *, kiosk: bool) -> User:
    """Return who signs in, or GUEST, as whom a kiosk begins where it may. Raises SignInNeeded where one leaves, and
    ClientError where the service cannot be looked at: no password is asked for then.
    """
    known = await api.known()
    session.guests, session.company = known.guests, known.company
    await _learn_issuers(session)
    user = GUEST if kiosk and session.guests else await ask_sign_in(session, name)
    if user is None:
        raise SignInNeeded("You are not signed in.")
    return user


async def _learn_issuers(session: SignIn) -> None:
    """Have `session` know by whom one may sign in. A service of before has nobody. Raises Unreachable."""
    from lms_tui.wire.sso import ISSUERS, IssuersRequest  # noqa: PLC0415 - for who is not signed in

    try:
        found = await session.ask(ISSUERS, IssuersRequest())
    except Refused:
        return
    session.issuers, session.issuers_only = tuple(found.names), found.only


def _as_guest(api: Api, session: SignIn, service: str, enter: Callable[[User], Awaitable[Backend]]) -> Backend:
    """Return the client half of a guest; `enter` gives that of who signs in by `session`."""
    from lms_tui.tui import guests  # noqa: PLC0415 - for guests alone

    async def come_in(user: User) -> Backend:
        api.as_guest = False
        return await enter(user)

    session.guests = False  # who looks around already is not offered it
    return guests.backend_of(api, Guest(session, service, come_in), api.aclose)


def far(service: str, tell: Tell, ca: str | None = None) -> CheckedApi:
    """Return how to call a service somewhere else. Raises ValueError with a sentence where that is no address."""
    tell(f"Reaching {service}…")  # which takes seconds where a network swallows everything
    return CheckedApi(service, ca=ca)


class LocalApi(CheckedApi):
    """Calls to the service on this machine, which is ours to start: one that died is started anew by the first call
    that finds nobody there, and that call is made once more, as everything may be sent twice."""

    def __init__(self, database: str | None, address: str) -> None:
        super().__init__(address)
        self._database = database
        self._reviving: asyncio.Task[str] | None = None

    async def call(
        self, operation: Operation[Ask, Answered], request: Ask, *, upload: BinaryIO | None = None
    ) -> Answered:
        """As in Api; raises Unreachable also when the service cannot be started."""
        try:
            return await super().call(operation, request, upload=upload)
        except Unreachable:
            if self._reviving is None or self._reviving.done():
                self._reviving = asyncio.create_task(Reaching(self._database).address(_quietly), name="revive it")
            try:
                await asyncio.shield(self._reviving)
            except LocalError as error:
                raise Unreachable(str(error)) from error
        return await super().call(operation, request, upload=upload)


def _quietly(_sentence: str) -> None:
    """A service that is started again behind the screen says nothing: the status tells what waits."""
