"""Errors on the wire: `application/problem+json` (RFC 9457) with a stable code and a sentence for the user."""

import enum
from datetime import datetime
from typing import Final

import msgspec

from lms_tui.wire.courses import ImportNote
from lms_tui.wire.operation import Reply
from lms_tui.wire.quizzes import SavedAnswer

CONTENT_TYPE: Final = "application/problem+json"


class Code(enum.StrEnum):
    """What went wrong, for programs. Names stay; sentences may get better."""

    BAD_REQUEST = "bad_request"
    UNAUTHENTICATED = "unauthenticated"
    """No session, or one that is not valid any more: sign in again."""
    SIGN_IN_FAILED = "sign_in_failed"
    """One code for unknown address, wrong password and archived user."""
    CODE_REFUSED = "code_refused"
    """One code for unknown, used, replaced and expired codes of invitations and resets."""
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 - the name of a fault
    """The new password may not be chosen, and the sentence says why; or the present one is not right."""
    NO_MAIL = "no_mail"
    """The service sends no mail, to nobody: an administrator hands codes over."""
    PERSON_REFUSED = "person_refused"
    """A person who cannot be invited or put into a group so; the sentence says why."""
    LAST_ADMIN = "last_admin"
    """Nobody could administer any more: the person is the last administrator who can sign in."""
    NOT_ONESELF = "not_oneself"
    """What administrators do to others, and never to themselves."""
    NAME_REFUSED = "name_refused"
    """A name or text of a group or a category that cannot be given, or that does not tell which one is meant; the
    sentence says why."""
    GROUP_ARCHIVED = "group_archived"
    """Nobody comes into an archived group or is enrolled by it."""
    SETTING_REFUSED = "setting_refused"
    """A setting that cannot be so; the sentence says why."""
    SSO_NOT_YET = "sso_not_yet"
    """Passwords cannot be switched off: nobody could administer any more."""
    FORBIDDEN = "forbidden"
    SSO_PENDING = "sso_pending"
    """Nobody has confirmed the sign-in yet; `retry_after` tells when to ask again."""
    SSO_DENIED = "sso_denied"
    """It was confirmed that nobody is to be signed in."""
    SSO_EXPIRED = "sso_expired"
    """Nobody confirmed it in time: begin anew."""
    SSO_REFUSED = "sso_refused"
    """The issuer vouched for somebody who may not sign in so, or vouched badly; the sentence says what it is."""
    SSO_AWAY = "sso_away"
    """The issuer cannot be asked."""
    ENROL_FIRST = "enrol_first"
    COURSE_UNAVAILABLE = "course_unavailable"
    NOT_FOUND = "not_found"
    """Missing, or somebody else's: the two answer alike."""
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FREE = "not_free"
    """A priced course: only staff or a group can let one in."""
    ID_TAKEN = "id_taken"
    """The id that the client chose already stands for other content."""
    ANSWER_CONFLICT = "answer_conflict"
    """Another terminal answered meanwhile; `stored` has what stands."""
    ATTEMPT_CLOSED = "attempt_closed"
    QUIZ_CHANGED = "quiz_changed"
    ATTEMPTS_USED_UP = "attempts_used_up"
    COOLDOWN = "cooldown"
    """`opens_at` tells when the next attempt may start."""
    NO_QUESTIONS = "no_questions"
    NOT_BY_HAND = "not_by_hand"
    """This lesson is completed by its quiz, its package or the mentor's check, not by a key."""
    NO_MENTOR = "no_mentor"
    """This service speaks to no model: an administrator sets one up."""
    MENTOR_BUSY = "mentor_busy"
    """The caller has an answer or a check under way, here or on another terminal: one at a time."""
    MENTOR_FULL = "mentor_full"
    """As many answers are under way as this service bears; `retry_after` tells when to ask again."""
    MENTOR_BUDGET = "mentor_budget"
    """The caller's tokens of the day are used up; `opens_at` tells when there are more."""
    MENTOR_FAULT = "mentor_fault"
    """The model did not answer as it should; the sentence says what it was and what to do."""
    NOTHING_SAID = "nothing_said"
    """The learner has said nothing to the mentor that a check could judge."""
    THREAD_CLOSED = "thread_closed"
    """The thread can only be read: the caller has started over meanwhile, or asked something else."""
    STALE = "stale"
    """The write names a progress row that an instructor has replaced by a fresh start."""
    COURSE_REFUSED = "course_refused"
    """An import with faults; `notes` has each with file, line and reason."""
    COURSE_EMPTY = "course_empty"
    """A course without a lesson cannot be published."""
    NO_CATEGORY = "no_category"
    """There is no such category, or it is archived."""
    TOO_LARGE = "too_large"
    HEAD_TOO_LARGE = "head_too_large"
    """The address and the headers of a request."""
    TOO_SLOW = "too_slow"
    """The request did not come in time; it may be sent again."""
    UNSUPPORTED_BODY = "unsupported_body"
    """The body is compressed, or not of the type that the operation takes."""
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"
    """The service or its database is away for the moment; the same request may be sent again."""
    INTERNAL = "internal"


STATUS: Final[dict[Code, int]] = {
    Code.BAD_REQUEST: 400,
    Code.UNAUTHENTICATED: 401,
    Code.SIGN_IN_FAILED: 401,
    Code.CODE_REFUSED: 422,
    Code.PASSWORD_REFUSED: 422,
    Code.NO_MAIL: 409,
    Code.PERSON_REFUSED: 422,
    Code.LAST_ADMIN: 409,
    Code.NOT_ONESELF: 409,
    Code.NAME_REFUSED: 422,
    Code.GROUP_ARCHIVED: 409,
    Code.SETTING_REFUSED: 422,
    Code.SSO_NOT_YET: 409,
    Code.FORBIDDEN: 403,
    Code.SSO_PENDING: 409,
    Code.SSO_DENIED: 403,
    Code.SSO_EXPIRED: 409,
    Code.SSO_REFUSED: 403,
    Code.SSO_AWAY: 503,
    Code.ENROL_FIRST: 403,
    Code.COURSE_UNAVAILABLE: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_FREE: 409,
    Code.ID_TAKEN: 409,
    Code.ANSWER_CONFLICT: 409,
    Code.ATTEMPT_CLOSED: 409,
    Code.QUIZ_CHANGED: 409,
    Code.ATTEMPTS_USED_UP: 409,
    Code.COOLDOWN: 409,
    Code.NO_QUESTIONS: 409,
    Code.NOT_BY_HAND: 409,
    Code.NO_MENTOR: 409,
    Code.MENTOR_BUSY: 409,
    Code.MENTOR_FULL: 503,
    Code.MENTOR_BUDGET: 409,
    Code.MENTOR_FAULT: 502,
    Code.NOTHING_SAID: 409,
    Code.THREAD_CLOSED: 409,
    Code.STALE: 409,
    Code.COURSE_EMPTY: 409,
    Code.NO_CATEGORY: 422,
    Code.TOO_SLOW: 408,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_BODY: 415,
    Code.COURSE_REFUSED: 422,
    Code.TOO_MANY_REQUESTS: 429,
    Code.HEAD_TOO_LARGE: 431,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
}


class Problem(Reply, kw_only=True, omit_defaults=True):
    """The body of every answer that is not a success.

    `detail` is a sentence for the user; `reference` finds the log line of an internal error.
    """

    status: int
    code: str
    title: str
    detail: str
    reference: str | None = None
    retry_after: float | None = None
    """Seconds."""
    opens_at: datetime | None = None
    stored: SavedAnswer | None = None
    notes: list[ImportNote] = msgspec.field(default_factory=list)
    field: str | None = None
    """The field of the request that is refused, by its name there, where it is one: a form says it beside it."""
