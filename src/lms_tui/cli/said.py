"""How what was said with a mentor is printed: who and when on a line, and below it the words as the app draws them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from lms_tui.cli.printing import moment, say, width
from lms_tui.tui.words import dotted
from lms_tui.wire.mentor import Message, Role
from lms_tui.wire.mentor_results import TranscriptRequest
from lms_tui.wire.mentor_threads import ThreadPage, ThreadRequest
from lms_tui.wire.operation import Operation
from lms_tui.wire.text import clean_line

if TYPE_CHECKING:
    from lms_tui.client.api import Api

Paged = TypeVar("Paged", ThreadRequest, TranscriptRequest)
Page = TypeVar("Page", bound=ThreadPage)


async def from_beginning(page: Page, api: "Api", operation: Operation[Paged, Page], ask: Paged) -> None:
    """Put before the newest `page` of a thread all that was said before it; `ask` is how it was asked for."""
    while page.earlier:
        ask.before = page.messages[0].id
        older: Page = await api.call(operation, ask)
        page.messages, page.earlier = [*older.messages, *page.messages], older.earlier


def print_said(messages: Iterable[Message], learner: str) -> None:
    """Print messages, the oldest first; questions as they were typed, answers as Markdown without colours."""
    for message in messages:
        say()
        say(clean_line(_head(message, learner)))
        _question(message.text) if message.role is Role.USER else _answer(message.text)


def _head(message: Message, learner: str) -> str:
    at = moment(message.created_at)
    if message.role is Role.USER:
        return dotted(learner, at)
    tokens = f"{message.tokens} tokens" if message.tokens is not None else ""
    return dotted("Mentor", at, message.model or "", tokens, "broke off or was stopped" if message.cut else "")


def _question(text: str) -> None:
    from lms_tui.tui.wrapping import wrapped

    for line in text.splitlines():
        say("\n".join(wrapped(clean_line(line), width())))


def _answer(text: str) -> None:
    from lms_tui.tui.text.plain import laid_out

    for line in laid_out(text, width()):
        say(line)
