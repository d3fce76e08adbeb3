"""Professional development finished elsewhere, with its evidence."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from .enrolments import HistoryLines

#: Longest that one claim may be: a summer institute of ten days.
MOST_MINUTES = 6000


def evidence_place(claim: Claim, name: str) -> str:
    """Return a name that tells nothing: below the media, where no address leads."""
    return f"evidence/{uuid4().hex}"


class Claim(models.Model):
    """What a teacher learned elsewhere and asks to have counted."""

    class State(models.TextChoices):
        SENT = "sent", "Waits for an answer"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Sent back"
        WITHDRAWN = "withdrawn", "Taken back by you"

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="claims")
    title = models.CharField(max_length=200)
    provider = models.CharField(max_length=200)
    held_date = models.DateField()
    minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    words = models.TextField(blank=True, max_length=2000)
    link = models.URLField(blank=True)
    evidence = models.FileField(blank=True, upload_to=evidence_place)
    evidence_name = models.CharField(max_length=150, blank=True)  # as the teacher called it
    evidence_type = models.CharField(max_length=50, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    course = models.ForeignKey(
        "courses.CoursePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="claims",
    )  # the session of the look book that it is equal to, as the coordinator says
    sent_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["state", "sent_at"], name="claims_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(reason=""),
                name="claim_sent_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.title}"


class ClaimEvent(models.Model):
    """One line of a claim's history. Lines are only ever added."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=10, choices=Claim.State.choices)
    happened_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)

    objects = HistoryLines.as_manager()

    class Meta:
        ordering = ["happened_at", "id"]

    def __str__(self) -> str:
        return f"{self.words} at {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> str:
        """What happened, to whoever reads the history."""
        return {
            Claim.State.SENT: "Sent in",
            Claim.State.APPROVED: "Approved",
            Claim.State.RETURNED: "Sent back",
            Claim.State.WITHDRAWN: "Taken back",
        }[Claim.State(self.state)]
