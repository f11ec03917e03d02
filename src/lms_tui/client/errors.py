"""What can go wrong between a screen and the service; each has a `sentence` for the user.

ClientError
├── Unreachable            no connection, a time-out, a service or database that is away: may be sent again
├── NotUnderstood          a reply that cannot be read, or a service of another wire version
├── NotKept                this machine's disk did not take what was to be kept on it
├── SignInNeeded           no session, or one that has ended
└── Refused                the service said no; `problem` and `code` tell why
    ├── SignInFailed       address and password do not go together
    ├── NotFound           missing, or somebody else's
    ├── EnrolFirst         open to enrolled learners only
    ├── CourseUnavailable  a draft or archived course of an enrolled learner
    ├── AnswerConflict     another terminal answered meanwhile; `stored` has what stands
    ├── QuizChanged        another set of questions now: back to the review
    ├── AttemptClosed      submitted already
    ├── AttemptsUsedUp     no attempt is left
    ├── Cooldown           not yet; `opens_at` tells when
    ├── Stale              an instructor gave a fresh start meanwhile
    ├── CourseRefused      an import with faults; `notes` has each
    ├── TooManyRequests    wait `retry_after` seconds
    └── ServiceFault       a fault inside the service; `reference` finds its log line

A code that is not drawn here comes as `Refused` itself. Extras of a kind (`opens_at`, `notes`, …) are in `problem`.
"""
# ruff: noqa: N818 - named for what happened, as a screen reads it: `except EnrolFirst`

from typing import Final

from lms_tui.wire.errors import Code, Problem
from lms_tui.wire.quizzes import SavedAnswer


class ClientError(Exception):
    """A call did not succeed."""

    @property
    def sentence(self) -> str:
        """What went wrong and what to do about it, for the user."""
        return str(self)


class Unreachable(ClientError):
    """The service does not answer; what was sent may or may not have arrived, and may be sent again."""

    def __init__(self, sentence: str, *, retry_after: float | None = None, will_retry: bool = False) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        """Seconds that the service asked to wait, if it did."""
        self.will_retry = will_retry
        """Whether the outbox keeps the request and sends it again by itself."""


class NotUnderstood(ClientError):
    """The answer is not one of our service's, or of one too old or too new. Sending again will not help."""


class NotKept(ClientError):
    """The disk of this machine did not take it (full, read-only, broken file): it is not safe."""


class SignInNeeded(ClientError):
    """There is no session, or it has ended."""


class Refused(ClientError):
    """The service answered and said no."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem

    @property
    def code(self) -> str:
        """One of `wire.errors.Code`, or a newer service's own."""
        return self.problem.code

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed later without anybody doing anything."""
        return self.code in (Code.UNAVAILABLE, Code.TOO_MANY_REQUESTS, Code.TOO_SLOW, Code.INTERNAL)


class SignInFailed(Refused):
    """Unknown address, wrong password or archived person: which one is never told."""


class NotFound(Refused):
    """Missing, or somebody else's."""


class EnrolFirst(Refused):
    """Only enrolled learners may."""


class CourseUnavailable(Refused):
    """The course is a draft or archived now; the learner's progress is kept."""


class AnswerConflict(Refused):
    """Another terminal answered meanwhile, and the learner chooses."""

    @property
    def stored(self) -> SavedAnswer | None:
        """The answer that stands; its `updated_at` is the base of one that shall replace it."""
        return self.problem.stored


class QuizChanged(Refused):
    """The quiz has other questions than those that were shown."""


class AttemptClosed(Refused):
    """The attempt has been submitted."""


class AttemptsUsedUp(Refused):
    """No attempt is left."""


class Cooldown(Refused):
    """The next attempt is not open yet: `problem.opens_at`, by the database's clock."""


class Stale(Refused):
    """The progress row that the write names has been replaced by a fresh start."""


class CourseRefused(Refused):
    """An import with faults, each in `problem.notes`: nothing was imported."""


class TooManyRequests(Refused):
    """Held back for `problem.retry_after` seconds."""


class ServiceFault(Refused):
    """Something went wrong inside the service; `problem.reference` finds its log line."""


_BY_CODE: Final[dict[str, type[Refused]]] = {
    Code.SIGN_IN_FAILED: SignInFailed,
    Code.NOT_FOUND: NotFound,
    Code.ENROL_FIRST: EnrolFirst,
    Code.COURSE_UNAVAILABLE: CourseUnavailable,
    Code.ANSWER_CONFLICT: AnswerConflict,
    Code.QUIZ_CHANGED: QuizChanged,
    Code.ATTEMPT_CLOSED: AttemptClosed,
    Code.ATTEMPTS_USED_UP: AttemptsUsedUp,
    Code.COOLDOWN: Cooldown,
    Code.STALE: Stale,
    Code.COURSE_REFUSED: CourseRefused,
    Code.TOO_MANY_REQUESTS: TooManyRequests,
    Code.INTERNAL: ServiceFault,
}


def from_problem(problem: Problem) -> Refused | SignInNeeded | Unreachable:
    """Return the error that stands for a problem of the service."""
    if problem.code == Code.UNAUTHENTICATED:
        return SignInNeeded(problem.detail)
    if problem.code == Code.UNAVAILABLE:
        return Unreachable(problem.detail, retry_after=problem.retry_after)
    return _BY_CODE.get(problem.code, Refused)(problem)
