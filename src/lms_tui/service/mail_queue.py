"""Putting the mail of a code into the queue, in the transaction that makes the code's row; the mailer is woken after
that transaction."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from psycopg import AsyncConnection

from lms_tui.db.queries import codes
from lms_tui.db.queries import mail as queries
from lms_tui.service.codes import nobodys
from lms_tui.service.context import NOBODY, Context
from lms_tui.service.faults import Fault
from lms_tui.service.inviting import RESET_MINUTES, of_reset
from lms_tui.wire.errors import Code

if TYPE_CHECKING:
    from lms_tui.service.mailer import Mailer

RESETS_AN_HOUR: Final = 3
"""Mails with resets that one person gets in an hour, whoever asks for them. Each code works for an hour, so somebody
whose mails a stranger has used up has codes that work in their letter box."""


def mailer_of(ctx: Context) -> "Mailer":
    """Return who sends the mails of this service. Raises Fault `no_mail` where it sends none."""
    if ctx.shared.mailer is None:
        raise Fault(Code.NO_MAIL, "This service sends no mail. Ask your administrator for a code.")
    return ctx.shared.mailer


async def queue_invitation(tx: AsyncConnection, code_id: UUID) -> None:
    """Have the code of an invitation (`inviting.invite`) sent. Wake the mailer when the transaction is over."""
    await queries.add(tx, "invitation", code_id)


async def queue_reset(tx: AsyncConnection, email: str) -> None:
    """Have a code sent to the person of the address, if there is one who may have it and got less than
    RESETS_AN_HOUR. Who it is, if anybody, is not told; the person's row is locked while it is counted."""
    person = await of_reset(tx, email)
    recent = await queries.recent_resets(tx, NOBODY.id if person is None else person.id)
    if person is not None and recent < RESETS_AN_HOUR:
        await queries.add(tx, "reset", await codes.add_reset(tx, person.id, nobodys(), RESET_MINUTES))
