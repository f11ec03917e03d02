"""What a check has to answer: its form as a JSON schema, and the strict reading of what came.

A text is a judgement when all of it is one JSON object of that form, or one fence around it. A fence in the midst of
prose is none: a model that repeats what a learner wrote would else give the marks that the learner wrote.
"""

import re
from collections.abc import Collection
from typing import Annotated, Any, Final

import msgspec

from lms_tui.wire.text import clean, clean_line

LONGEST_INSIGHTS: Final = 4_000
LONGEST_ACTION: Final = 300
MOST_ACTIONS: Final = 8
_LONGEST: Final = 64_000
"""Characters of an answer that are looked at, and asked for no more."""

_FENCED: Final = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*)\n[ \t]*```", re.DOTALL)


class UnreadableError(ValueError):
    """What came is no judgement; the text says to the model what is wrong with it."""


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that the learner could do next."""

    action: Annotated[str, msgspec.Meta(max_length=LONGEST_ACTION)]
    lesson: int | None
    """The number of a lesson that was given, where it leads to one."""


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model found."""

    understanding: Annotated[int, msgspec.Meta(ge=1, le=10)]
    engagement: Annotated[int, msgspec.Meta(ge=0, le=100)]
    insights: Annotated[str, msgspec.Meta(max_length=LONGEST_INSIGHTS)]
    recommended_actions: Annotated[list[Action], msgspec.Meta(max_length=MOST_ACTIONS)]


def schema(lessons: Collection[int]) -> dict[str, Any]:
    """Return the form as a JSON schema, in the part of it that all servers know; `lessons` are those to choose from.

    How long a text may be stands in its description: `maxLength` is refused by some servers.
    """
    none = {"type": "null"}
    lesson = {"anyOf": [{"type": "integer", "enum": sorted(lessons)}, none]} if lessons else none
    action = _object(
        action={"type": "string", "description": f"One sentence of at most {LONGEST_ACTION} characters."}, lesson=lesson
    )
    return _object(
        understanding={"type": "integer", "minimum": 1, "maximum": 10},
        engagement={"type": "integer", "minimum": 0, "maximum": 100},
        insights={"type": "string", "description": f"At most {LONGEST_INSIGHTS} characters."},
        recommended_actions={"type": "array", "items": action, "maxItems": MOST_ACTIONS},
    )


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def is_too_long(characters: int) -> bool:
    """Whether an answer of so many characters is no judgement any more, whatever it holds."""
    return characters > _LONGEST


def read(text: str, lessons: Collection[int]) -> Judgement:
    """Return the judgement that `text` is, its texts cleaned. Raises UnreadableError."""
    if is_too_long(len(text)):
        raise UnreadableError("It is far too long.")
    text = text.strip()
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1]
    try:
        found = msgspec.json.decode(text, type=Judgement)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableError(f"It cannot be read: {str(error)[:200]}.") from error
    insights = clean(found.insights).strip()
    actions = [Action(clean_line(each.action), each.lesson) for each in found.recommended_actions]
    if not insights:
        raise UnreadableError("`insights` is empty.")
    if not all(each.action for each in actions):
        raise UnreadableError("An `action` is empty.")
    for each in actions:
        if each.lesson is not None and each.lesson not in lessons:
            raise UnreadableError(f"There is no lesson {each.lesson} in the list; take one of it, or null.")
    return Judgement(found.understanding, found.engagement, insights, actions)
