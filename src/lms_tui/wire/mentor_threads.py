"""The threads of a learner with a mentor on the wire: opening the mentor, reading, naming and beginning anew."""

from datetime import datetime
from typing import Final
from uuid import UUID

from lms_tui.wire.mentor import Message, Thread
from lms_tui.wire.operation import Access, Operation, Reply, Request

MESSAGES_AT_ONCE: Final = 50
THREADS_AT_ONCE: Final = 100
LONGEST_TITLE: Final = 200


class OpenRequest(Request):
    """The mentor of a lesson, as the screen begins."""

    lesson_id: UUID


class Seen(Reply):
    """What the mentor is told of the learner, besides what they write to it."""

    first_name: str
    """'' where nobody knows it."""
    groups: list[str]
    """Names of the learner's groups of which it is told what their members have in common."""
    wrong_answers: int
    """In the newest attempt of each quiz of this course; as many as it is told at most."""


class Opened(Reply):
    """All that the first frame of the mentor shows."""

    lesson_id: UUID
    lesson_title: str
    course_id: UUID
    course_title: str
    instructor: str
    """Who teaches the course, and may read what is said here, as administrators may."""
    sees: Seen
    ready: bool
    """Whether a question would be answered now."""
    why_not: str
    """A sentence where it would not: no provider is set up, or the day's tokens are used up."""
    model: str
    """The model that answers, as it is configured; '' without a provider."""
    tokens_today: int
    """What the learner has used today (a day is UTC's), all that is told to the model included."""
    tokens_allowed: int
    """Of a day; 0: any number."""
    opens_at: datetime | None
    """When there are tokens again; None while there are."""
    can_check: bool
    """Whether one may ask "am I done?": the lesson has objectives, and is no quiz."""
    threads: int
    """How many can be read, the active one among them."""
    thread: Thread | None
    """The active one; None: the first question begins one."""
    messages: list[Message]
    """The newest of it, the oldest of them first."""
    earlier: bool
    """Whether others were said before them."""
    is_try: bool = False
    """Whether it is tried in a preview: nothing is kept, and nobody reads along."""


class ThreadsRequest(Request):
    """The threads of the caller about a lesson."""

    lesson_id: UUID
    before: UUID | None = None
    """The last thread of the page before."""


class ThreadLine(Reply):
    """A thread in a list."""

    thread: Thread
    messages: int
    begins: str
    """The first words that the learner said."""


class Threads(Reply):
    """A page of threads, the newest first. One in which nothing was said is left out, unless it is the active one."""

    lesson_id: UUID
    lesson_title: str
    course_title: str
    threads: list[ThreadLine]
    earlier: bool
    """Whether there are older ones."""


class ThreadRequest(Request):
    """A page of one's own thread."""

    thread_id: UUID
    before: UUID | None = None
    """The first message of the page that is read already; None: the newest page."""


class ThreadPage(Reply):
    """A page of a thread."""

    thread: Thread
    lesson_title: str
    course_title: str
    messages: list[Message]
    """The oldest first."""
    earlier: bool


class RenameRequest(Request):
    """Give one's own thread another title, '' for none. The same again changes nothing."""

    thread_id: UUID
    title: str
    """200 characters at most, without control characters."""


class StartOverRequest(Request):
    """Begin a new thread; the one that was active can still be read. The same again changes nothing."""

    lesson_id: UUID
    thread_id: UUID
    """The new thread's id, chosen by the client."""


OPEN = Operation(
    "mentor.open",
    "GET",
    "/v1/lessons/{lesson_id}/mentor",
    OpenRequest,
    Opened,
    Access.SIGNED_IN,
    "The mentor of a lesson: what it sees, and what was said last",
)
THREADS = Operation(
    "mentor.threads",
    "GET",
    "/v1/lessons/{lesson_id}/mentor/threads",
    ThreadsRequest,
    Threads,
    Access.SIGNED_IN,
    "The caller's threads with the mentor of a lesson",
)
THREAD = Operation(
    "mentor.thread",
    "GET",
    "/v1/mentor/threads/{thread_id}",
    ThreadRequest,
    ThreadPage,
    Access.SIGNED_IN,
    "A page of one's own thread",
)
RENAME = Operation(
    "mentor.rename",
    "PUT",
    "/v1/mentor/threads/{thread_id}",
    RenameRequest,
    Thread,
    Access.SIGNED_IN,
    "Give a thread another title",
)
START_OVER = Operation(
    "mentor.start_over",
    "PUT",
    "/v1/lessons/{lesson_id}/mentor/threads/{thread_id}",
    StartOverRequest,
    Thread,
    Access.SIGNED_IN,
    "Begin a new thread with the mentor of a lesson",
)
