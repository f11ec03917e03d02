"""An act of staff: recorded once under the id that the client chose, and answered alike when sent again."""

import hashlib
import logging
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from lms_tui.db.queries import audit
from lms_tui.service.context import Context
from lms_tui.service.faults import Fault, not_found
from lms_tui.wire.errors import Code
from lms_tui.wire.operation import Operation, Request

_log: Final = logging.getLogger(__name__)


class Act(NamedTuple):
    """What is asked, by which operation; `own` is the id that the client chose."""

    ctx: Context
    operation: Operation[Any, Any]
    own: UUID
    ask: Request

    @property
    def asked(self) -> str:
        """What tells this request from others, without keeping what stands in it."""
        return hashlib.sha256(msgspec.json.encode(self.ask)).hexdigest()


async def turn(tx: AsyncConnection, act: Act) -> None:
    """Let the same act through once at a time, where it locks nothing else that would."""
    await audit.turn(tx, act.own)


async def done_before(tx: AsyncConnection, act: Act) -> dict[str, Any] | None:
    """Return the details that were recorded when this was done; None where it was not.

    Raises Fault `not_found` for an id that stands for what somebody else did, `id_taken` for one that stands for
    something else that the caller did. What the act touches is locked before this is asked, or it has its `turn`.
    """
    found = await audit.find(tx, act.own)
    if found is None:
        return None
    done, text = found
    if done.actor != act.ctx.caller.id:
        raise not_found("act")
    details: dict[str, Any] = msgspec.json.decode(text)
    if done.action != act.operation.name or details.get("asked") != act.asked:
        raise Fault(Code.ID_TAKEN, "This id stands for something else that you did. Choose a new one.")
    return details


async def record(
    tx: AsyncConnection, act: Act, person: UUID | None, details: dict[str, Any], *, on: UUID | None = None
) -> None:
    """Record in this transaction that it is done, to whom, on which object.

    Raises Fault `id_taken` where the id was taken just now.
    """
    done = audit.Done(act.ctx.caller.id, act.operation.name, person, on)
    if not await audit.add(tx, act.own, done, {"asked": act.asked, **details}):
        raise Fault(Code.ID_TAKEN, "This id was taken in this very moment. Choose a new one.")
    fields = {"event": act.operation.name, "user": str(act.ctx.caller.id), "person": person and str(person)}
    _log.info("an act of staff", extra={"fields": fields | ({} if on is None else {"object": str(on)})})
