"""Who looked at what a teacher's signals say, and who asks to be forgotten."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SignalLook(models.Model):
    """Somebody looked at what was noticed about one teacher. Shown to that teacher."""

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=200)  # stays when the account goes
    what = models.CharField(max_length=100)  # "what was noticed about you"
    why = models.CharField(max_length=200)  # "you asked for a coach on 3 December"
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["-looked_at", "-id"]
        indexes = [models.Index(fields=["teacher", "-looked_at"])]

    def __str__(self) -> str:
        return f"{self.by_name} looked at {self.what}"


class ErasureRequest(models.Model):
    """A teacher asks that what is held about them be erased. Open until the coordinator answers."""

    class Outcome(models.TextChoices):
        ERASED = "erased", "Erased"
        WITHDRAWN = "withdrawn", "Taken back"
        DECLINED = "declined", "Not done"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="erasure_requests"
    )
    words = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome.choices)
    reply = models.CharField(max_length=300, blank=True)  # why it was not done
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher"],
                condition=models.Q(closed_at=None),
                name="one_open_erasure_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} asks to be forgotten"
