"""Texts that only the service reads, kept in the database under the keys of sessions (AES-256-GCM).

What was sealed under a key that has been taken out since is not opened any more: it lasts for minutes only.
Importing this module imports cryptography.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms_tui.service.tokens import Tokens

_PURPOSE: Final = "sealed"
_NONCE_BYTES: Final = 12


def sealed(tokens: Tokens, own: UUID, text: str) -> bytes:
    """Return `text` sealed for the row `own`: put into another row it is not opened."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(tokens.derived(_PURPOSE)[0]).encrypt(nonce, text.encode(), own.bytes)


def opened(tokens: Tokens, own: UUID, kept: bytes) -> str | None:
    """Return what was sealed for the row `own`, None where no key opens it."""
    nonce, rest = kept[:_NONCE_BYTES], kept[_NONCE_BYTES:]
    for key in tokens.derived(_PURPOSE):
        try:
            return AESGCM(key).decrypt(nonce, rest, own.bytes).decode()
        except (InvalidTag, ValueError):
            continue
    return None
