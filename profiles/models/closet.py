"""What teachers keep doing, and can show one another."""

from __future__ import annotations

from django.db import models


class Practice(models.Model):
    """One thing a teacher does: kept, packed for a colleague, or picked up from one."""

    class State(models.TextChoices):
        KEPT = "kept", "You do this"
        PACKED = "packed", "You can show someone this"
        PICKED = "picked", "You want to try this"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="practices"
    )
    skill = models.ForeignKey("profiles.Skill", on_delete=models.CASCADE, related_name="practices")
    words = models.CharField(max_length=200)  # "Exit tickets every Friday"
    state = models.CharField(max_length=10, choices=State.choices)
    picked_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="picked_up"
    )
    since_at = models.DateTimeField()  # in this state
    ended_at = models.DateTimeField(null=True, blank=True)  # let go

    class Meta:
        ordering = ["-since_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "picked_from"],
                condition=models.Q(ended_at=None, picked_from__isnull=False),
                name="picked_up_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "skill"])]

    def __str__(self) -> str:
        return self.words
