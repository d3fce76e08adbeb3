"""Who was there, part by part of a run, who said so, and the way in by code."""

from __future__ import annotations

from secrets import token_hex

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from .enrolments import HistoryLines


class Roster(models.Model):
    """A run's list at the door: what its codes are made of, and whether it is closed."""

    offering = models.OneToOneField(
        "courses.Offering", on_delete=models.CASCADE, related_name="roster"
    )
    secret = models.CharField(max_length=64, default=token_hex, editable=False)
    grace_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MaxValueValidator(120)]
    )  # the code counts from so long before a part begins until so long after
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"Roster of {self.offering}"


class Presence(models.Model):
    """Minutes that somebody was there in one part of a run; nothing: not marked yet."""

    class How(models.TextChoices):
        DOOR = "door", "Marked at the door"
        CODE = "code", "Checked in by code"
        SHEET = "sheet", "From the paper sheet"
        LIST = "list", "Marked on the list"

    enrolment = models.ForeignKey(
        "courses.Enrolment", on_delete=models.CASCADE, related_name="presences"
    )
    part = models.PositiveSmallIntegerField(default=1)  # its number within the run
    minutes = models.PositiveIntegerField(null=True, blank=True)
    how = models.CharField(max_length=10, choices=How.choices)
    marked_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["part", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "part"], name="present_once_in_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}, part {self.part}: {self.minutes}"


class PresenceMark(models.Model):
    """One mark as it was made. Lines are only ever added; undoing adds one too."""

    presence = models.ForeignKey(Presence, on_delete=models.CASCADE, related_name="marks")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    how = models.CharField(max_length=10, choices=Presence.How.choices)
    is_undo = models.BooleanField(default=False)
    marked_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = HistoryLines.as_manager()

    class Meta:
        ordering = ["marked_at", "id"]

    def __str__(self) -> str:
        return f"{self.presence} at {self.marked_at:%Y-%m-%d %H:%M}"


class WalkIn(models.Model):
    """Somebody who came without having enrolled, let in at the door."""

    enrolment = models.OneToOneField(
        "courses.Enrolment", on_delete=models.CASCADE, related_name="walk_in"
    )
    is_over_the_seats = models.BooleanField(default=False)  # the coach said yes to one seat more
    let_in_at = models.DateTimeField(default=timezone.now)
    let_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"Walk-in: {self.enrolment}"
