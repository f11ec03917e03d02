"""Reaching the service for the app: found or started in a thread, somebody signed in, the outbox opened.

Who signed in here before is known without the service: with one that is away the app starts as that person, shows what
waits in their outbox, and goes on when it is back. Nothing is said to it before it is known what it speaks
(`client.checked`).
"""

import asyncio
from functools import cache, partial
from typing import TYPE_CHECKING, BinaryIO, Final

from lms_tui.client.checked import CheckedApi
from lms_tui.client.errors import SignInNeeded, Unreachable
from lms_tui.client.outbox import Outbox
from lms_tui.client.session import SignIn
from lms_tui.client.study import StudyTold
from lms_tui.client.study_file import StudyFile
from lms_tui.client.tokens import TokenStore
from lms_tui.local.errors import LocalError
from lms_tui.local.paths import private_folder
from lms_tui.tui.backend import AskSignIn, Backend, Connect, Tell
from lms_tui.tui.reaching import Reaching
from lms_tui.tui.start import StartConfig
from lms_tui.wire.operation import Answered, Ask, Operation

if TYPE_CHECKING:
    from lms_tui.client.course_sources import CourseSources
    from lms_tui.client.practice import Practice

OUTBOX: Final = "outbox.sqlite"
STUDY_TIME: Final = "study.sqlite"


def connector(config: StartConfig, reaching: Reaching | None = None) -> Connect:
    """Return what reaches the service that `config` means, and signs in: the owner of the embedded database without
    a question, everybody else by the session that was kept, or by address and password. A service somewhere else
    may be away where a session was kept; who has none is told so in place of being asked for a password.

    `reaching` is the way to the local service that has begun already; each later try begins anew.
    """
    begun = [reaching] if reaching is not None else []

    async def local(tell: Tell) -> LocalApi:
        way = begun.pop() if begun else Reaching(config.database)
        return LocalApi(config.database, await way.address(tell))

    async def connect(tell: Tell, ask_sign_in: AskSignIn) -> Backend:
        try:
            folder = private_folder(config.state)
            api = far(config.service, tell) if config.service else await local(tell)
        except (LocalError, ValueError) as error:
            raise Unreachable(str(error)) from error
        owner = config.service is None and config.database is None
        store = None if owner else TokenStore(folder / "sessions", kiosk=config.kiosk)
        session = SignIn(api, config.place, store)
        try:
            user = await (session.owner(config.as_email) if owner else session.restore())
            if user is None:
                await api.known()  # a password is asked for where it can be looked at
                user = await ask_sign_in(session, config.service or "your database")
            if user is None:
                raise SignInNeeded("You are not signed in.")  # noqa: TRY301 - closed like after any other failure
            outbox = Outbox(folder / OUTBOX, api, service=config.place, user=user.id)
            await outbox.open()
        except BaseException:
            await api.aclose()
            raise

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
            session=None if owner else session,
            forget=partial(_forget, outbox, study),
        )

    return connect


async def _forget(outbox: Outbox, study: StudyTold) -> None:
    """Take away from this machine what waits of the person. Raises NotKept."""
    await outbox.forget()
    await study.forget()


def far(service: str, tell: Tell) -> CheckedApi:
    """Return how to call a service somewhere else. Raises ValueError with a sentence where that is no address."""
    tell(f"Reaching {service}…")  # which takes seconds where a network swallows everything
    return CheckedApi(service)


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
