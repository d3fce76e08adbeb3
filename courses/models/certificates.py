"""What is handed out for an award: a certificate, and an open badge signed with our keys."""

from __future__ import annotations

import secrets
from hashlib import sha256
from uuid import uuid4

from django.db import models
from django.utils import timezone

TOKEN_BYTES = 24  # 192 bits: an address that can't be guessed


def new_token() -> str:
    """Return what makes a certificate's public address unguessable."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class SigningKey(models.Model):
    """A key pair of this installation. The private half is sealed; old public halves stay known.

    One of each kind is active; a retired one still verifies what it signed.
    """

    class Kind(models.TextChoices):
        RS256 = "RS256", "RSA, for badges as JWT"
        EDDSA = "EdDSA", "Ed25519, for proofs within the badge"

    name = models.CharField(max_length=60, unique=True)  # in its public address
    kind = models.CharField(max_length=10, choices=Kind.choices)
    public = models.JSONField()  # a JWK
    private = models.TextField()  # PKCS #8 as PEM, sealed (profiles.seals)
    made_at = models.DateTimeField(default=timezone.now)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_active=True), name="one_active_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Achievement(models.Model):
    """What a badge is for, as it is published at an address of its own; frozen."""

    key = models.UUIDField(default=uuid4, unique=True)
    mark = models.CharField(max_length=64, unique=True)  # of all that it says
    name = models.CharField(max_length=255)
    description = models.TextField()
    criteria = models.TextField()
    credits = models.DecimalField(max_digits=8, decimal_places=2)

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """The certificate of one award, and its badge: one of each, whoever asks and however often."""

    award = models.OneToOneField(
        "courses.CreditAward", on_delete=models.CASCADE, related_name="certificate"
    )
    token = models.CharField(max_length=40, unique=True, default=new_token)
    issued_at = models.DateTimeField(default=timezone.now)
    # Signed when somebody asks for it first; then never again.
    badge_id = models.UUIDField(default=uuid4, unique=True)
    badge = models.JSONField(null=True, blank=True)  # with its embedded proof
    badge_jwt = models.TextField(blank=True)
    achievement = models.ForeignKey(
        Achievement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-issued_at", "-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """A number to read out: it belongs to the address and does not lead to it."""
        digest = sha256(self.token.encode()).hexdigest().upper()
        return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"
