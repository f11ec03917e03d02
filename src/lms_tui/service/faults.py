"""What goes wrong, said once: a use case raises `Fault`; the app renders it as problem+json."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import psycopg

from lms_tui.wire.courses import ImportNote
from lms_tui.wire.errors import STATUS, Code, Problem
from lms_tui.wire.quizzes import SavedAnswer


class Fault(Exception):  # noqa: N818 - the word of this house; it is an answer, not a defect
    """An answer that is not a success: a stable code, a sentence for the user, and the extras of `Problem`."""

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        reference: str | None = None,
        retry_after: float | None = None,
        opens_at: datetime | None = None,
        stored: SavedAnswer | None = None,
        notes: Sequence[ImportNote] = (),
        field: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.problem = Problem(
            status=STATUS[code],
            code=code,
            title=code.replace("_", " ").capitalize(),
            detail=detail,
            reference=reference,
            retry_after=retry_after,
            opens_at=opens_at,
            stored=stored,
            notes=list(notes),
            field=field,
        )


def not_found(what: str) -> Fault:
    """Return the one answer for a missing `what` ("course") and for somebody else's."""
    return Fault(Code.NOT_FOUND, f"There is no such {what}.")


def for_admins() -> Fault:
    """Return the answer to whoever is no administrator, or none any more."""
    return Fault(Code.FORBIDDEN, "This is for administrators.")


def from_exception(error: Exception) -> Fault:
    """Return the fault that stands for `error`.

    A database that is away, overloaded or broke off the transaction (deadlock, time-out) is `unavailable`: the
    same request may be sent again. A value that PostgreSQL cannot hold (NUL in a text) is the client's. All the
    rest is `internal`, with a reference by which its log record is found.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | ConnectionError):
        return Fault(Code.UNAVAILABLE, "The database does not answer. Try again in a moment.", retry_after=1.0)
    if isinstance(error, psycopg.DataError):
        return Fault(Code.BAD_REQUEST, "The request holds a value that cannot be stored, such as a NUL character.")
    reference = uuid.uuid4().hex[:12]
    return Fault(
        Code.INTERNAL,
        f"Something went wrong in the service. Its log tells more under {reference}.",
        reference=reference,
    )
