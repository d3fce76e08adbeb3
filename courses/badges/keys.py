"""The keys of this installation: made on first use, sealed in the database, replaced at will."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from secrets import token_hex

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.db import IntegrityError, transaction

from profiles.seals import SealBroken, Secret, seal, unseal

from ..models import SigningKey

Private = RSAPrivateKey | Ed25519PrivateKey
Kind = SigningKey.Kind
RSA_BITS = 2048


def signing_key(kind: str, *, now: datetime) -> tuple[SigningKey, Private]:
    """Return the active key of a kind with its private half; made when there is none.

    A key sealed with a secret that this installation no longer has is retired: what it signed can
    still be verified, and a new one takes its place.
    """
    while True:
        key = SigningKey.objects.filter(kind=kind, is_active=True).first()
        if key is None:
            key = _make(kind, now=now)
        try:
            return key, _private_half(key)
        except SealBroken:
            SigningKey.objects.filter(pk=key.pk).update(is_active=False)


@transaction.atomic
def replace_keys(*, now: datetime) -> list[SigningKey]:
    """Retire the active keys and return new ones. What the old ones signed stays valid."""
    list(SigningKey.objects.select_for_update().filter(is_active=True))
    SigningKey.objects.filter(is_active=True).update(is_active=False)
    return [_make(kind, now=now) for kind in Kind.values]


def _make(kind: str, *, now: datetime) -> SigningKey:
    """Store a new key; when another process made one at the same moment, return that one."""
    fresh: Private
    if kind == Kind.RS256:
        fresh = generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    else:
        fresh = Ed25519PrivateKey.generate()
    pem = fresh.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),  # sealed below, before it is stored anywhere
    )
    name = f"{kind.lower()}-{now:%Y-%m}-{token_hex(4)}"
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                name=name,
                kind=kind,
                public=public_jwk(fresh) | {"alg": str(kind), "use": "sig"},
                private=seal(Secret(pem.decode())),
                made_at=now,
            )
    except IntegrityError:
        return SigningKey.objects.get(kind=kind, is_active=True)


def _private_half(key: SigningKey) -> Private:
    pem = unseal(key.private).open().encode()
    private = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(private, RSAPrivateKey | Ed25519PrivateKey)  # noqa: S101 (we made it)
    return private


def public_jwk(private: Private) -> dict[str, str]:
    """Return the public half as a JWK."""
    if isinstance(private, Ed25519PrivateKey):
        raw = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(raw)}
    from jwt.algorithms import RSAAlgorithm

    jwk = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
    return {name: jwk[name] for name in ("kty", "n", "e")}


def ed25519_bytes(jwk: dict[str, str]) -> bytes:
    """Return the raw public key of an Ed25519 JWK."""
    return base64.urlsafe_b64decode(jwk["x"] + "=" * (-len(jwk["x"]) % 4))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
