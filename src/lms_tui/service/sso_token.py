"""The id_token of an issuer: whether it is good, and for whom it vouches (OpenID Connect Core, 3.1.3.7).

Signatures and times are checked by PyJWT, which this module imports: `sso_issuer` imports it in a thread, at first use.
Which key and which algorithm may count is decided here. Algorithms with a shared secret are not among them, so that no
public key can be taken for one, and neither is `none`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import jwt

LEEWAY_SECONDS: Final = 60

_ALGORITHMS: Final[dict[str, tuple[str, str | None]]] = {
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS256": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""Those that are taken, each with the type and the curve of its keys."""

Jwk = dict[str, Any]


class TokenRefusedError(Exception):
    """The token is not good; its text says why, for the log."""


class UnknownKeyError(TokenRefusedError):
    """It was signed by a key that is not among those known: perhaps a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand in a token."""

    issuer: str
    client_id: str
    nonce: str
    """'' where none was sent."""
    nonce_required: bool = False


def verified(token: str, keys: Sequence[Jwk], expected: Expected) -> dict[str, Any]:
    """Return the claims of `token` where a key of `keys` signed it, and it is for us, and for now.

    `exp`, `iat` and `nbf` have 60 s of leeway. Raises UnknownKeyError, TokenRefusedError.
    """
    algorithm, key = _key_of(token, keys)
    try:
        claims = jwt.decode(
            token,
            jwt.PyJWK(key, algorithm),
            algorithms=[algorithm],
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "enforce_minimum_key_length": True},
        )
    except jwt.PyJWTError as error:
        raise TokenRefusedError(f"{type(error).__name__}: {error}") from error
    _check_party(claims, expected.client_id)
    _check_nonce(claims, expected)
    return claims


def _key_of(token: str, keys: Sequence[Jwk]) -> tuple[str, Jwk]:
    """Return the algorithm that the token names, and the one key that may have signed it so."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenRefusedError(f"no token: {error}") from error
    algorithm, wanted = header.get("alg"), header.get("kid")
    if algorithm not in _ALGORITHMS:
        raise TokenRefusedError(f"signed by {algorithm!r}, which is not taken")
    fitting = [key for key in keys if _fits(key, algorithm) and wanted in (None, key.get("kid"))]
    if len(fitting) != 1:
        raise UnknownKeyError(f"{len(fitting)} keys for {algorithm} called {wanted!r}")
    return algorithm, fitting[0]


def _fits(key: Jwk, algorithm: str) -> bool:
    kind, curve = _ALGORITHMS[algorithm]
    return (
        key.get("kty") == kind
        and (curve is None or key.get("crv") == curve)
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
        and "verify" in (key.get("key_ops") or ["verify"])
    )


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """Raise TokenRefusedError for a token that was made for several, or for another who hands it on."""
    for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if for_several else client_id) != client_id:
        raise TokenRefusedError("made for another client (azp)")


def _check_nonce(claims: dict[str, Any], expected: Expected) -> None:
    """Raise TokenRefusedError for another sign-in's token. RFC 8628 knows no nonce: few issuers give it back."""
    nonce = claims.get("nonce")
    if expected.nonce and nonce is None and not expected.nonce_required:
        return
    if nonce != (expected.nonce or None):
        raise TokenRefusedError("made for another sign-in (nonce)")
