"""What a badge says: an Open Badges 3.0 credential (1EdTech, context 3.0.3, VCDM 2.0)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from profiles.queries import the_district

from ..models import Achievement, Certificate, CreditAward, SigningKey
from . import multibase
from .addresses import (
    achievement_address,
    certificate_address,
    issuer_address,
    key_address,
    revocations_address,
)
from .canonical import EXTENSIONS, OB_3, VC_2
from .keys import ed25519_bytes

Json = dict[str, Any]


def credential_of(certificate: Certificate, achievement: Achievement, email: str) -> Json:
    """Return the credential of a certificate, without a proof.

    Who it is for is said by the hash of the address, salted with the badge's own number; without
    an address by the name, which the certificate shows anyway.
    """
    award = certificate.award
    return {
        "@context": [VC_2, OB_3, EXTENSIONS],
        "id": certificate.badge_id.urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.title,
        "issuer": {
            "id": issuer_address(),
            "type": ["Profile"],
            "name": award.district,
        },
        "validFrom": moment(certificate.issued_at),
        "awardedDate": moment(datetime.combine(award.earned_date, time(), UTC)),
        "credentialStatus": {
            "id": revocations_address(),
            "type": "1EdTechRevocationList",
        },
        "credentialSubject": {
            "id": subject_id(certificate),
            "type": ["AchievementSubject"],
            "identifier": [_identity(award, email, certificate.badge_id.hex)],
            "creditsEarned": number(award.amount),
            "achievement": achievement_document(achievement),
        },
        "evidence": [
            {
                "id": certificate_address(certificate),
                "type": ["Evidence"],
                "name": "Certificate",
                "description": f"{award.amount_words} of {award.credit_type.name}",
            }
        ],
    }


def subject_id(certificate: Certificate) -> str:
    """Return who earned it, as a number of this badge alone: nothing to follow a person by."""
    return f"urn:uuid:{_uuid_of(f'subject {certificate.badge_id}')}"


def moment(when: datetime) -> str:
    """Return a moment as a credential writes it."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def number(amount: Decimal) -> float | int:
    """Return an amount as JSON writes it."""
    return int(amount) if amount == int(amount) else float(amount)


def _identity(award: CreditAward, email: str, salt: str) -> Json:
    if not email:
        return {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": award.name,
            "identityType": "name",
        }
    hashed = sha256((email + salt).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${hashed}",
        "identityType": "emailAddress",
        "salt": salt,
    }


# ---- what is published beside it ----------------------------------------------------------------


def achievement_for(award: CreditAward, description: str, criteria: str) -> Achievement:
    """Return the achievement of an award, the same one for everybody who earned the same.

    What was finished elsewhere has one of its own: nobody else earned it.
    """
    said = [award.title, description, criteria, str(award.amount), award.unit]
    if award.course_id is None:
        said.append(f"{award.teacher_id} {award.source}")
    mark = sha256(json.dumps(said).encode()).hexdigest()
    fields = {
        "name": award.title,
        "description": description,
        "criteria": criteria,
        "credits": award.amount,
    }
    try:
        with transaction.atomic():
            return Achievement.objects.get_or_create(mark=mark, defaults=fields)[0]
    except IntegrityError:
        return Achievement.objects.get(mark=mark)


def achievement_document(achievement: Achievement) -> Json:
    """Return an achievement as it stands in badges and at its address."""
    return {
        "id": achievement_address(achievement),
        "type": ["Achievement"],
        "achievementType": "Course",
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
        "creditsAvailable": number(achievement.credits),
    }


def issuer_document(keys: list[SigningKey]) -> Json:
    """Return the issuer's profile with every key that ever signed."""
    issuer = issuer_address()
    embedded = [key for key in keys if key.kind == SigningKey.Kind.EDDSA]
    methods = [
        {
            "id": method_of(key),
            "type": "Multikey",
            "controller": issuer,
            "publicKeyMultibase": multibase.key_text(ed25519_bytes(key.public)),
        }
        for key in embedded
    ]
    return {
        "@context": [VC_2, OB_3],
        "id": issuer,
        "type": ["Profile"],
        "name": the_district().name,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def method_of(key: SigningKey) -> str:
    """Return how a proof names one of our Ed25519 keys."""
    return f"{issuer_address()}#{multibase.key_text(ed25519_bytes(key.public))}"


def key_document(key: SigningKey) -> Json:
    """Return the public half of a key as it is published."""
    return key.public | {"kid": key_address(key)}


def revocations_document(badge_ids: list[str]) -> Json:
    """Return the list of badges that no longer stand."""
    return {
        "id": revocations_address(),
        "type": "1EdTechRevocationList",
        "issuer": issuer_address(),
        "revokedCredential": badge_ids,
    }


def _uuid_of(text: str) -> str:
    digest = sha256(text.encode()).hexdigest()
    # Shaped as a version 8 UUID (RFC 9562): made of a hash of our own.
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
