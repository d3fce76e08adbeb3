"""Signing a credential: a proof within it, then all of it as a JWT."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from . import multibase
from .canonical import canonical_hash

Json = dict[str, Any]
CRYPTOSUITE = "eddsa-rdfc-2022"


def with_proof(credential: Json, *, private: Ed25519PrivateKey, method: str, created: str) -> Json:
    """Return the credential with a DataIntegrityProof by this key (W3C VC-DI-EdDSA, 3.2)."""
    options = {
        "type": "DataIntegrityProof",
        "created": created,
        "verificationMethod": method,
        "cryptosuite": CRYPTOSUITE,
        "proofPurpose": "assertionMethod",
    }
    value = multibase.encode(private.sign(signed_bytes(credential, options)))
    return credential | {"proof": [options | {"proofValue": value}]}


def signed_bytes(credential: Json, options: Json) -> bytes:
    """Return what an embedded proof signs: the proof's own words, and the credential's.

    Raises NotCanonical.
    """
    words = {name: value for name, value in options.items() if name != "proofValue"}
    plain = {name: value for name, value in credential.items() if name != "proof"}
    return canonical_hash(words | {"@context": plain.get("@context")}) + canonical_hash(plain)


def as_jwt(credential: Json, *, private: RSAPrivateKey, key_id: str, issued_at: datetime) -> str:
    """Return the credential as a compact JWS (Open Badges 3.0, 8.2), which is its own proof."""
    claims = credential | {
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(issued_at.timestamp()),
        "sub": credential["credentialSubject"]["id"],
    }
    return jwt.encode(claims, private, algorithm="RS256", headers={"kid": key_id, "typ": "JWT"})
