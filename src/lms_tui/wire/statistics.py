"""Statistics on the wire: study time, a learner's own, and those of a course for who teaches it."""

from typing import Annotated, Final
from uuid import UUID

import msgspec

from lms_tui.wire.operation import Access, Operation, Reply, Request

MOST_MINUTES: Final = 1440
"""The longest study time that is told at once: a day."""


class StudyRequest(Request):
    """Add study time to a course, once, however often it is sent.

    The minutes are added only where the time that stands is still `seen`. As it only ever grows, of all requests with
    one `seen` a single one is ever counted. 0 minutes only ask for what stands.
    """

    course_id: UUID
    seen: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    """The minutes that stood, as the client saw them last."""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)]


class StudyTime(Reply):
    """The study time that stands in a course now, whether these minutes were counted or not."""

    course_id: UUID
    minutes: int
    counted: bool
    """False where another time than `seen` stood: these minutes were not added by this request."""


STUDY = Operation(
    "statistics.study",
    "PUT",
    "/v1/courses/{course_id}/study-time",
    StudyRequest,
    StudyTime,
    Access.SIGNED_IN,
    "Add study time where it still is what was seen",
)
