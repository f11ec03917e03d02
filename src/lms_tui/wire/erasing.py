"""Erasing a person on the wire: oneself, or by an administrator. What goes and what stays, docs/privacy.md tells."""

from datetime import datetime
from uuid import UUID

from lms_tui.wire.operation import Access, Operation, Reply, Request


class OwnErasureLook(Request):
    """What erasing oneself would touch."""


class ErasureLook(Request):
    """What erasing somebody would touch."""

    person_id: UUID


class ErasureFacts(Reply):
    """What an erasure would touch, and why it would be refused."""

    email: str
    answers: int
    """Answers in their own words, which are blotted out; their scores stay."""
    messages: int
    """Messages with a mentor, blotted out too."""
    attempts: int
    """Attempts at quizzes, which stay and count."""
    enrolments: int
    groups: int
    courses: list[str]
    """Titles of courses of which they are the author: another author has to have them first."""
    has_password: bool
    """Whether they confirm by a password; where not, by their address."""
    erased: bool
    """Whether it is done already."""


class EraseRequest(Request):
    """Erase oneself, for ever: confirmed by the password, or by the address of whoever has no password here."""

    id: UUID
    password: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        """Leave the password out."""
        return "EraseRequest(…)"


class ErasePersonRequest(Request):
    """Erase somebody else, for ever."""

    id: UUID
    person_id: UUID


class Erased(Reply):
    """A person who is nobody's any more: what they did counts still, and tells nothing of them."""

    id: UUID
    person_id: UUID
    changed: bool
    """Whether it was done by this; they may have been erased before."""
    at: datetime


OWN_LOOK = Operation(
    "accounts.erasure",
    "GET",
    "/v1/me/erasure",
    OwnErasureLook,
    ErasureFacts,
    Access.SIGNED_IN,
    "What erasing oneself would touch",
)
ERASE = Operation(
    "accounts.erase", "POST", "/v1/me/erase", EraseRequest, Erased, Access.SIGNED_IN, "Erase oneself, for ever"
)
LOOK = Operation(
    "people.erasure",
    "GET",
    "/v1/people/erasure",
    ErasureLook,
    ErasureFacts,
    Access.ADMIN,
    "What erasing a person would touch",
)
ERASE_PERSON = Operation(
    "people.erase", "PUT", "/v1/erasures/{id}", ErasePersonRequest, Erased, Access.ADMIN, "Erase a person, for ever"
)
