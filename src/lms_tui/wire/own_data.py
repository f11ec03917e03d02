"""One's own data on the wire: all that the service holds of a person, part by part (docs/privacy.md)."""

import enum
from typing import Final

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request

ROWS: Final = 500
"""Rows of one page of a part at most."""


class Part(enum.StrEnum):
    """The parts of an export, in the order in which a file has them."""

    PERSON = "person"
    PASSWORDS = "passwords"
    CODES = "codes"
    GROUPS = "groups"
    ENROLMENTS = "enrolments"
    CHAPTERS = "chapters"
    LESSONS = "lessons"
    ATTEMPTS = "attempts"
    ANSWERS = "answers"
    THREADS = "threads"
    MESSAGES = "messages"
    CHECKS = "checks"
    STATISTICS = "statistics"
    COURSE_STATISTICS = "course_statistics"
    STUDY_HOURS = "study_hours"
    READING_PLACES = "reading_places"
    TEACHES = "teaches"
    SIGN_INS = "sign_ins"
    MAILS = "mails"
    RECORDED = "recorded"


class ExportRequest(Request):
    """One page of a part; None is the first page of it."""

    part: Part
    after: str | None = None
    """The `next` of an earlier page."""


class Exported(Reply):
    """Rows of a part as JSON objects, the oldest first, and where the next page begins (None at its end).

    Texts are as they are stored: whoever shows them cleans them.
    """

    rows: list[msgspec.Raw]
    next: str | None


EXPORT = Operation(
    "accounts.export",
    "GET",
    "/v1/me/export",
    ExportRequest,
    Exported,
    Access.SIGNED_IN,
    "A page of all that is held of oneself",
)
