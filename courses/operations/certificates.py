"""Certificates and badges on their way out: made once, whoever asks and however often."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.db import transaction

from ..badges.addresses import key_address
from ..badges.credential import achievement_for, credential_of, method_of, moment
from ..badges.keys import signing_key
from ..badges.signing import as_jwt, with_proof
from ..models import Certificate, CreditAward, SigningKey
from ..queries.credit import certificates


def signed_badge(*, certificate: Certificate, now: datetime) -> Certificate:
    """Return the certificate with its badge: signed the first time, the same ever after.

    Two that ask at once sign once: the first to store wins, and both are given what is stored.
    """
    if certificate.badge_jwt:
        return certificate
    award = certificate.award
    rsa, rsa_private = signing_key(SigningKey.Kind.RS256, now=now)
    ed, ed_private = signing_key(SigningKey.Kind.EDDSA, now=now)
    assert isinstance(rsa_private, RSAPrivateKey)  # noqa: S101 (of the kind asked for)
    assert isinstance(ed_private, Ed25519PrivateKey)  # noqa: S101
    with transaction.atomic():
        achievement = achievement_for(award, _description(award), _criteria(award))
        credential = credential_of(certificate, achievement, award.teacher.email)
        embedded = with_proof(
            credential, private=ed_private, method=method_of(ed), created=moment(now)
        )
        token = as_jwt(
            credential,
            private=rsa_private,
            key_id=key_address(rsa),
            issued_at=certificate.issued_at,
        )
        Certificate.objects.filter(pk=certificate.pk, badge_jwt="").update(
            badge=embedded, badge_jwt=token, achievement=achievement
        )
    return certificates().get(pk=certificate.pk)


def _description(award: CreditAward) -> str:
    """What the badge says of the session: its summary, or that it was learned elsewhere."""
    if award.course is not None and award.course.summary:
        return award.course.summary
    return f"Professional development finished elsewhere and approved by {award.district}."


def _criteria(award: CreditAward) -> str:
    """What somebody did to earn it."""
    return (
        f"Finished “{award.title}” to the rule of {award.district}: {award.amount_words} of "
        f"{award.credit_type.name}, from {award.minutes} minutes."
    )
