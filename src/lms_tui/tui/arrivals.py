"""What is told of a write that has reached the service, or was refused by it, while its own screen is not open."""

from lms_tui.client.delivery import Delivered
from lms_tui.client.errors import Refused
from lms_tui.wire import mentor, quizzes
from lms_tui.wire.text import clean_line


def arrival(write: Delivered) -> tuple[str, str] | None:
    """Return a sentence and its colour; None where nothing is to be said.

    What became of an answer is told in its quiz alone, beside the question.
    """
    outcome = write.outcome
    if isinstance(outcome, quizzes.Result):
        verdict = "passed" if outcome.is_passed else "not passed"
        return f"“{clean_line(outcome.title)}” was submitted: {outcome.score} %, {verdict}.", "success"
    if isinstance(outcome, Refused) and isinstance(write.request, quizzes.SubmitRequest):
        return f"{outcome.sentence} f3 leads back to what you submitted.", "warning"
    if isinstance(outcome, Refused) and isinstance(write.request, mentor.AskRequest):
        return f"f3 leads to your question: {outcome.sentence}", "warning"
    if isinstance(outcome, Refused) and write.operation.name.startswith(("learning.", "mentor.")):
        return outcome.sentence, "warning"
    return None
