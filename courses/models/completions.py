"""What was finished, when, and on what ground."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Completion(models.Model):
    """A teacher finished a session, once. It outlives the run it came from."""

    class Ground(models.TextChoices):
        CHECK = "check", "Every quick check answered right"
        ATTENDED = "attended", "The coach marked who came"
        COACH = "coach", "Confirmed by a coach"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="completions"
    )
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.PROTECT, related_name="completions"
    )
    offering = models.ForeignKey(
        "courses.Offering", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=255)  # as it was called then
    minutes = models.PositiveIntegerField()  # of credit, as it was then
    ground = models.CharField(max_length=20, choices=Ground.choices)
    completed_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-completed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["teacher", "course"], name="completed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.title}"
