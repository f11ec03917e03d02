"""What can go wrong between the client and the service; each has a sentence for the user.

ClientError
├── Unreachable      nobody answered, or not in time: the same call may be made again
├── NotUnderstood    somebody answered in another language: not our service, or one too old or too new
├── SignInNeeded     no session, or one that has ended
└── Refused          the service said no; `problem` has its code and whatever belongs to it
"""

from lms_tui.wire.errors import Code, Problem


class ClientError(Exception):
    """A call did not succeed."""

    @property
    def sentence(self) -> str:
        """What went wrong and what to do about it, for the user."""
        return str(self)


class Unreachable(ClientError):  # noqa: N818 - reads as the state it is
    """The service does not answer; what was sent may or may not have arrived, and may be sent again."""


class NotUnderstood(ClientError):  # noqa: N818
    """The answer is not one of our service's."""


class SignInNeeded(ClientError):  # noqa: N818
    """There is no session, or it has ended."""


class Refused(ClientError):  # noqa: N818
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
        return self.code in (Code.UNAVAILABLE, Code.TOO_MANY_REQUESTS, Code.INTERNAL)
