"""Places in a list that is paged by key, as clients hold them: text that only the service reads."""

import base64
import binascii
from typing import Any

import msgspec

from lms_tui.service.faults import Fault
from lms_tui.wire.errors import Code


def written(place: Any) -> str:
    """Return `place`, of whatever msgspec can encode, as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(cursor: str, kind: Any, where: str) -> Any:
    """Return the place of the type `kind` that `cursor` stands for.

    Raises Fault `bad_request` for one that is broken or of something else than `where` ("the catalog").
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Fault(Code.BAD_REQUEST, f"This place in {where} is not readable. Begin at the first page.") from error
