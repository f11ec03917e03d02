"""The AI provider of a service of this machine: `[mentor]` in the configuration file, `LMS_TUI_MENTOR_…` around it.

Loaded where something of it is given. The key never stands in the file and never comes from the command line: it is in
the keyring of the account that the service runs under, in a file of its own that only its owner reads, or in the
environment.
"""

import ipaddress
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from lms_tui.client.address import is_loopback

_OURS: Final = frozenset(
    ("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "response_format", "n")
)
"""Fields of a request that are not to be given twice."""
_BOUNDS: Final = {
    "tokens_per_day": (0, 1_000_000_000),
    "streams": (1, 100_000),
    "connect_seconds": (0.1, 60),
    "read_seconds": (1, 3_600),
    "history_tokens": (1_000, 10_000_000),
    "answer_tokens": (0, 1_000_000),
}
_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
"""Addresses behind a provider's or a VPN's translation (RFC 6598): nobody's in the world."""


class MentorConfig(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Every setting of `[mentor]` (docs/mentor.md)."""

    base: str
    """The address of the API, up to what all of its paths begin with: `https://api.openai.com/v1`."""
    model: str
    key: str | None = None
    """From the environment alone."""
    key_file: str | None = None
    key_keyring: bool = False
    """The key is in the keyring; `lms-tui mentor setup` puts it there."""
    ca: str | None = None
    """A file with certificates to trust in place of the machine's."""
    tokens_per_day: int = 200_000
    """Of one learner; 0: any number."""
    streams: int = 100
    """Answers under way at once."""
    connect_seconds: float = 5.0
    read_seconds: float = 60.0
    history_tokens: int = 20_000
    """Of a conversation that are told with a question."""
    answer_tokens: int = 8_000
    """The most of one answer; 0: as the server has it."""
    extra: dict[str, Any] = {}
    """Fields that are added to each request; in the file alone."""

    def __repr__(self) -> str:
        """Leave the key out."""
        return f"MentorConfig(base={self.base!r}, model={self.model!r})"

    @property
    def private(self) -> bool:
        """Whether the provider is on this machine or in a network of one's own."""
        return is_private(urlsplit(self.base).hostname or "")


def read(given: Mapping[str, Any]) -> MentorConfig:
    """Return the settings. Raises ValueError with a sentence for what is missing or wrong."""
    try:
        mentor = msgspec.convert(dict(given), MentorConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"mentor: {error} (docs/mentor.md).") from None
    if not mentor.model.strip() or not mentor.model.isprintable():
        raise ValueError("mentor.model is empty: give the name of a model that the server has.")
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(mentor, name) <= most:
            raise ValueError(f"mentor.{name} is {getattr(mentor, name)}: give one from {least} to {most}.")
    if sum((mentor.key is not None, mentor.key_file is not None, mentor.key_keyring)) > 1:
        raise ValueError("mentor.key_file, mentor.key_keyring and LMS_TUI_MENTOR_KEY are several keys: leave one.")
    key = None if mentor.key is None else check_key(mentor.key, "LMS_TUI_MENTOR_KEY")
    if mentor.ca is not None and not Path(mentor.ca).expanduser().is_file():
        raise ValueError(f"mentor.ca names {mentor.ca}, which is not a file.")
    _check_extra(mentor.extra)
    return msgspec.structs.replace(mentor, base=check_base(mentor.base), key=key)


def check_key(key: str, what: str) -> str:
    """Return a key as it can be sent; `what` it is begins a sentence. Raises ValueError without the key in it."""
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(f"{what} is no key: it has to be one word of ASCII letters.")
    return key


def check_base(base: str) -> str:
    """Return the address of a provider in its one spelling. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(base)
        _ = parts.port
    except ValueError:
        raise ValueError("mentor.base is no address: give one like https://api.openai.com/v1.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not base.isascii() or " " in base:
        raise ValueError(f"mentor.base is {base!r}: give an address like https://api.openai.com/v1.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(
            "mentor.base holds no user, no key and nothing behind ? or #: lms-tui mentor setup asks for it."
        )
    if parts.path.rstrip("/").endswith("/chat/completions"):
        raise ValueError("mentor.base ends before /chat/completions, as in https://api.openai.com/v1.")
    if parts.scheme == "http" and not is_private(parts.hostname):
        raise ValueError(
            f"http:// to {parts.hostname} could be read on the way, the key and what learners say with it: use https://."
            " Without it mentor.base may be on this machine or in a network of your own: an address like 192.168.1.9,"
            " or a name without a dot or in .local, .internal, .lan or .home.arpa."
        )
    return base.rstrip("/")


def is_private(host: str) -> bool:
    """Tell whether `host` is this machine or, by its address or kind of name, in a network of one's own."""
    if is_loopback(host):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith((".local", ".internal", ".lan", ".home.arpa"))
    return address.is_private or (address.version == 4 and address in _SHARED)


def _check_extra(extra: Mapping[str, Any]) -> None:
    for name in sorted(_OURS & extra.keys()):
        raise ValueError(f"mentor.extra.{name} is given by the program: leave it out (answer_tokens is for lengths).")
    try:
        json.dumps(extra, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError("mentor.extra has a value that JSON has not, such as a date.") from None
