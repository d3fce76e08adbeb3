"""Judging a badge, ours or anybody's: is it signed, by which key, in force, and in shape?

Nothing is fetched: a key is the one in the badge itself, one given along, or one of our own. So a
badge that is signed with a key of its own is said to be just that.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import multibase
from .canonical import VC_1, NotCanonical
from .shape import faults_of, members, moment_of
from .signing import CRYPTOSUITE, signed_bytes

Json = dict[str, Any]
Jwks = Mapping[str, Json]  # the address or name of a key -> its JWK
JWT_ALGORITHMS = ["RS256", "ES256", "EdDSA"]
#: What a JWT says again of the credential (Open Badges 3.0, 8.2.4.1).
REPEATED = {"iss", "jti", "sub", "nbf", "exp", "iat", "vc"}


@dataclass(frozen=True)
class Verdict:
    """What came of a check: the faults that make a badge worth nothing, and what is to be known."""

    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()
    credential: Json = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether nothing was found against it."""
        return not self.faults


def check_badge(badge: str | Json, *, now: datetime, keys: Jwks | None = None) -> Verdict:
    """Return the verdict on a badge: a JWT, or a credential with its proof."""
    keys = keys or {}
    if isinstance(badge, str):
        credential, faults, notes = _check_jwt(badge, keys)
    else:
        credential = badge
        faults, notes = _check_proofs(credential, keys)
    if credential:
        faults = [*faults, *_faults_of_time(credential, now), *faults_of(credential)]
    return Verdict(tuple(dict.fromkeys(faults)), tuple(notes), credential)


# ---- as JWT -------------------------------------------------------------------------------------


def _check_jwt(badge: str, keys: Jwks) -> tuple[Json, list[str], list[str]]:
    try:
        header = jwt.get_unverified_header(badge)
    except jwt.PyJWTError:
        return {}, ["the JWT can't be read"], []
    jwk, note, fault = _key_of_header(header, keys)
    claims = _claims_of(badge)
    credential = _credential_in(claims)
    if header.get("alg") not in JWT_ALGORITHMS:
        return credential, [f"it is signed by {header.get('alg')}, which no badge may be"], []
    if jwk is None:
        return credential, [fault], []
    try:
        key = jwt.PyJWK.from_dict(jwk, algorithm=str(header.get("alg"))).key
        # Times are judged with the rest, so that an expired badge is not called a forged one.
        jwt.decode(
            badge,
            key,
            algorithms=JWT_ALGORITHMS,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False,
                     "verify_aud": False, "verify_sub": False, "verify_jti": False},
        )  # fmt: skip
    except jwt.PyJWTError:
        return credential, ["the signature is not that of its key, or the badge was changed"], []
    return credential, list(_faults_of_claims(claims, credential)), [note]


def _key_of_header(header: Json, keys: Jwks) -> tuple[Json | None, str, str]:
    """Return the key that a JWT names, with a note on where it comes from; or why there is none."""
    named = str(header.get("kid", ""))
    # By its last part too: the address of an installation may change, its keys do not.
    for name in (named, named.rstrip("/").rpartition("/")[2]):
        if name in keys:
            return dict(keys[name]), f"signed with the key {named}", ""
    own = header.get("jwk")
    if isinstance(own, dict):
        if "d" in own:
            return None, "", "its header gives a private key away"
        return own, "signed with the key it brings along; whose that is, it can't say itself", ""
    if named:
        return None, "", f"its key {named} is not at hand (give it with --keys)"
    return None, "", "its header names no key"


def _claims_of(badge: str) -> Json:
    part = badge.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _credential_in(claims: Json) -> Json:
    """Return the credential of a JWT: in `vc` (VCDM 1.1), or beside the claims (VCDM 2.0)."""
    if isinstance(claims.get("vc"), dict):
        return claims["vc"]
    return {name: value for name, value in claims.items() if name not in REPEATED}


def _faults_of_claims(claims: Json, credential: Json) -> list[str]:
    issuer, subject = credential.get("issuer"), credential.get("credentialSubject")
    start = moment_of(credential.get("validFrom") or credential.get("issuanceDate"))
    said = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": credential.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": int(start.timestamp()) if start else None,
    }
    return [
        f"{claim} of the JWT is missing, or says other than the credential"
        for claim, value in said.items()
        if claims.get(claim) is None or claims[claim] != value
    ]


# ---- with proofs of its own ---------------------------------------------------------------------


def _check_proofs(credential: Json, keys: Jwks) -> tuple[list[str], list[str]]:
    """Judge the embedded proofs; one that holds is enough (Open Badges 3.0, 8.1)."""
    proofs = members(credential.get("proof"))
    if not proofs:
        return ["it carries no proof"], []
    faults: list[str] = []
    for proof in proofs:
        if fault := _fault_of_proof(credential, proof):
            faults.append(fault)
            continue
        method = str(proof["verificationMethod"])
        return [], [_whose(method, credential, keys)]
    return faults, []


def _fault_of_proof(credential: Json, proof: Any) -> str:
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof":
        kind = proof.get("type") if isinstance(proof, dict) else proof
        return f"its proof is a {kind}, which is not checked here"
    if proof.get("cryptosuite") != CRYPTOSUITE:
        return f"its proof is by {proof.get('cryptosuite')}, which is not checked here"
    if proof.get("proofPurpose") != "assertionMethod":
        return "its proof is not for an assertion"
    try:
        public = Ed25519PublicKey.from_public_bytes(
            _key_of_method(str(proof.get("verificationMethod")))
        )
        value = multibase.decode(str(proof.get("proofValue")))
    except ValueError as error:
        return f"its proof names no key or no signature that can be read ({error})"
    try:
        public.verify(value, signed_bytes(credential, proof))
    except NotCanonical as error:
        return f"it can't be checked: {error}"
    except InvalidSignature:
        return "the signature is not that of its key, or the badge was changed"
    return ""


def _key_of_method(method: str) -> bytes:
    """Return the Ed25519 key that a verification method spells out: did:key, or #z6Mk…"""
    scheme = method.partition(":")[0]
    _, hashed, fragment = method.partition("#")
    if method.startswith("did:key:"):
        return multibase.key_bytes(method.removeprefix("did:key:").partition("#")[0])
    if scheme not in {"http", "https", "did"}:
        raise multibase.NotMultibase(f"{method} is no address of a key")
    if not hashed:
        raise multibase.NotMultibase(f"{method} does not spell the key out")
    return multibase.key_bytes(fragment)


def _whose(method: str, credential: Json, keys: Jwks) -> str:
    issuer = credential.get("issuer")
    name = issuer.get("id") if isinstance(issuer, dict) else issuer
    if method in keys:
        return f"signed with the key {method}"
    if name and method.startswith(f"{name}#"):
        return "signed with a key named after its issuer; whether it is the issuer's is not checked"
    return "signed with the key it brings along; whose that is, it can't say itself"


# ---- in force -----------------------------------------------------------------------------------


def _faults_of_time(credential: Json, now: datetime) -> list[str]:
    is_old = members(credential.get("@context"))[:1] == [VC_1]
    start = moment_of(credential.get("issuanceDate" if is_old else "validFrom"))
    end = moment_of(credential.get("expirationDate" if is_old else "validUntil"))
    faults = []
    if start and start > now:
        faults.append(f"it is not in force before {start.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if end and end <= now:
        faults.append(f"it expired on {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    return faults
