"""Mail that is owed: written in the transaction that causes it, sent by the worker."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone


class Notice(models.Model):
    """One thing to tell one person. Several go out as one digest.

    `key` keeps a cause from being told twice; `message_id` is fixed before the mail is handed
    over, so that a mail repeated after a crash carries the same one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=40)  # names the template that words it
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict, blank=True)  # ids and dates, never ticket text
    caused_at = models.DateTimeField(default=timezone.now)
    message_id = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)  # by a process that is sending it
    sent_at = models.DateTimeField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)  # goes out alone, whatever the digest choice

    class Meta:
        ordering = ["caused_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["user", "caused_at"],
                condition=models.Q(sent_at=None),
                name="notice_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @staticmethod
    def new_message_id(domain: str) -> str:
        """Return a fresh Message-ID of this domain."""
        return f"<{uuid4()}@{domain}>"
