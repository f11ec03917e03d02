"""What is called by a name that people give: the checks that groups and categories share."""

from lms_tui.rules import named as rules
from lms_tui.service.faults import Fault
from lms_tui.wire.errors import Code


def good_name(name: str) -> str:
    """Return `name` trimmed. Raises Fault `name_refused`."""
    name = name.strip()
    _refuse(rules.fault_of_name(name), "name")
    return name


def good_text(text: str, longest: int, field: str) -> str:
    """Return what is said about something, trimmed; `field` names it in the request. Raises Fault `name_refused`."""
    text = text.strip()
    _refuse(rules.fault_of_text(text, longest), field)
    return text


def taken(what: str, name: str, *, archived: bool) -> Fault:
    """Return the answer to whoever calls `what` ("group") by the name of another."""
    also = ", which is archived" if archived else ""
    return Fault(
        Code.NAME_REFUSED, f"There is a {what} called {name} already{also}. Choose another name.", field="name"
    )


def _refuse(sentence: str | None, field: str) -> None:
    if sentence is not None:
        raise Fault(Code.NAME_REFUSED, sentence, field=field)
