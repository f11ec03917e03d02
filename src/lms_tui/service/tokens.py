"""Session tokens without a session table: opaque, HMAC-signed, with the database's time of issue inside.

Links of files are made in the same way, with the object's key and the time of their end inside: whoever holds one may
read that object until then, and nothing else.

The keys stand in the file `session-keys`, one a line in hexadecimal: the first signs, all verify. To rotate, put
a new line in front and take the old one out 30 days later; a running `lms-tui serve` takes the file up on SIGHUP.
"""

import base64
import binascii
import hmac
import os
import secrets
import stat
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

Kind = Literal["access", "refresh"]

_BODY = struct.Struct(">c16sq")
_LINK_HEAD = struct.Struct(">cq")
_LINK_MARK = b"f"
_MARK: dict[Kind, bytes] = {"access": b"a", "refresh": b"r"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNATURE_BYTES = 32
_KEY_FILE = "session-keys"
_FEWEST_DIFFERENT = 16


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token with a good signature says."""

    user: UUID
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a link with a good signature says."""

    key: str
    name: str
    ends_at: datetime


class Tokens:
    """Signs and verifies. Raises ValueError when made without a key, or with one under 32 bytes."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("session keys must be at least one, each of 32 bytes or more")
        self._keys = keys

    def sign(self, kind: Kind, user: UUID, issued_at: datetime) -> str:
        """Return a token of `kind` for `user`, issued at the database's `issued_at` (to the microsecond)."""
        return self._signed(_BODY.pack(_MARK[kind], user.bytes, _micros(issued_at)))

    def verify(self, kind: Kind, token: str) -> Claim | None:
        """Return what `token` says, or None for one that is of another kind or not of our making."""
        body = self._body(token)
        if body is None or len(body) != _BODY.size or body[:1] != _MARK[kind]:
            return None
        _, user, micros = _BODY.unpack(body)
        return Claim(UUID(bytes=user), _EPOCH + timedelta(microseconds=micros))

    def sign_link(self, key: str, name: str, ends_at: datetime) -> str:
        """Return a link that opens the object `key`, for saving called `name`, until the database's `ends_at`."""
        head = _LINK_HEAD.pack(_LINK_MARK, _micros(ends_at))
        return self._signed(head + f"{key}\0{name}".encode())

    def verify_link(self, link: str) -> LinkClaim | None:
        """Return what `link` says, its end perhaps past, or None for one that is not of our making."""
        body = self._body(link)
        if body is None or len(body) <= _LINK_HEAD.size or body[:1] != _LINK_MARK:
            return None
        _, micros = _LINK_HEAD.unpack(body[: _LINK_HEAD.size])
        key, _, name = body[_LINK_HEAD.size :].decode().partition("\0")
        return LinkClaim(key, name, _EPOCH + timedelta(microseconds=micros))

    def fingerprint(self, text: str) -> bytes:
        """Return 16 bytes by which `text` is known again by who has the same first key, and which tell it to nobody."""
        return hmac.digest(self._keys[0], b"\0fingerprint\0" + text.encode("utf-8", "replace"), "sha256")[:16]

    def derived(self, purpose: str) -> list[bytes]:
        """Return a key of 32 bytes for `purpose` from each of the keys, the one to use for what is new first."""
        return [hmac.digest(key, b"\0derived\0" + purpose.encode(), "sha256") for key in self._keys]

    def _signed(self, body: bytes) -> str:
        return _written(body + hmac.digest(self._keys[0], body, "sha256"))

    def _body(self, token: str) -> bytes | None:
        """Return what was signed, None where the signature is none of ours."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if _written(raw) != token:  # other last letters that mean the same bytes: nobody but us writes these
            return None
        body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        good = any(hmac.compare_digest(signature, hmac.digest(key, body, "sha256")) for key in self._keys)
        return body if good else None


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def keys_in(folder: Path) -> tuple[bytes, ...]:
    """Return the keys of `folder`, made at the first start; several workers starting at once agree on one file.

    Raises what `stored_keys` raises.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _KEY_FILE
    if not path.exists():
        draft = folder / f".session-keys.{secrets.token_hex(8)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another worker was first: its keys count
        finally:
            draft.unlink()
    return stored_keys(folder)


def stored_keys(folder: Path) -> tuple[bytes, ...]:
    """Return the keys of `folder` and make none.

    Raises OSError where there is no file, PermissionError (which is one) when it is open to others, ValueError when
    it does not hold hexadecimal lines, or one that somebody typed: of 32 random bytes some 30 are different.
    """
    path = folder / _KEY_FILE
    found = path.stat()
    if stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.geteuid():
        raise PermissionError(f"{path} can be read by others; make it yours alone: chmod 600 {path}")
    keys = tuple(bytes.fromhex(line) for line in path.read_text().split())
    if any(len(set(key)) < _FEWEST_DIFFERENT for key in keys):
        raise ValueError("a session key that is not random")
    return keys
