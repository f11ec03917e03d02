"""What `--json` prints: ASCII alone, so that nothing of a text of others acts on the terminal that shows it."""

import json
from typing import Any

import msgspec


def print_json(value: Any) -> None:
    """Print `value`, of whatever msgspec can encode, as one line of JSON; all but printable ASCII is escaped.

    JSON itself escapes C0 alone: C1 (a CSI in 8 bits), DEL and bidi overrides would come out as they are.
    """
    print(json.dumps(msgspec.to_builtins(value, str_keys=True)).replace("\x7f", "\\u007f"))
