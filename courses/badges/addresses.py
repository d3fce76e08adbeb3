"""Where the issuer, its keys and its achievements are published: the site's own address."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from ..models import Achievement, Certificate, SigningKey


def public_address(name: str, *arguments: object) -> str:
    """Return the whole address of one of our public pages."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(name, args=arguments)


def issuer_address() -> str:
    """Return the issuer's id: the address of its profile."""
    return public_address("courses:badge-issuer")


def key_address(key: SigningKey) -> str:
    """Return where the public half of a key is published, as a JWK."""
    return public_address("courses:badge-key", key.name)


def achievement_address(achievement: Achievement) -> str:
    """Return the achievement's id: where it is published."""
    return public_address("courses:badge-achievement", achievement.key)


def certificate_address(certificate: Certificate) -> str:
    """Return the certificate's page for whoever wants to verify it."""
    return public_address("courses:certificate", certificate.token)


def revocations_address() -> str:
    """Return where the list of revoked badges is published."""
    return public_address("courses:badge-revocations")
