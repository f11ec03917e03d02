"""From the bytes of a reply to its Struct, with every text in it made safe to show.

Cleaning costs next to nothing where there is nothing to clean. JSON cannot hold raw control characters, so a body
of plain ASCII without one of the escapes that can stand for something harmful is clean as it is: three looks at the
bytes. All other bodies are decoded first and their texts walked, each with `wire.text.clean`, where the rules are.
"""

from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from lms_tui.wire.text import clean

Decoded = TypeVar("Decoded", bound=msgspec.Struct)

_ESCAPES: Final = (b"\\u", b"\\r", b"\\b", b"\\f")


def decode(body: bytes, kind: type[Decoded]) -> Decoded:
    """Return `body` as a `kind`, cleaned. Raises msgspec.MsgspecError for what is not JSON of that shape."""
    try:
        decoded: Decoded = _decoder(kind).decode(body)
    except RecursionError as error:  # the parser goes no deeper than Python, and leaves it at that
        raise msgspec.DecodeError("it is nested too deeply") from error
    if _may_harm(body):
        _clean_inside(decoded)
    return decoded


def _may_harm(body: bytes) -> bool:
    if not body.isascii() or b"\x7f" in body:
        return True
    # One byte is found ten times as fast as two, and most bodies have no backslash at all.
    return b"\\" in body and any(escape in body for escape in _ESCAPES)


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _clean_inside(value: Any) -> Any:
    """Clean all texts within `value` where they stand; return `value`, or its clean copy if it is a text itself."""
    if isinstance(value, str):
        return clean(value) if type(value) is str else value  # an enum's value is one of ours
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            found = getattr(value, name)
            if (cleaned := _clean_inside(found)) is not found:
                setattr(value, name, cleaned)
    elif isinstance(value, list):
        for place, found in enumerate(value):
            if (cleaned := _clean_inside(found)) is not found:
                value[place] = cleaned
    elif isinstance(value, dict):
        for key, found in list(value.items()):
            del value[key]
            value[_clean_inside(key)] = _clean_inside(found)
    return value
