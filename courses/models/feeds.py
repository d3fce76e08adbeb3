"""What calendars are told: a private feed to subscribe to, and invitations by mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class CalendarFeed(models.Model):
    """The address at which somebody's calendar reads; only a hash of its secret is known here."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    secret_hash = models.CharField(max_length=64, unique=True)  # SHA-256, in hexadecimal
    made_at = models.DateTimeField(default=timezone.now)
    read_date = models.DateField(null=True, blank=True)  # a calendar looked for the last time
    # What it held when it was read last, and since when: a reader asks whether it has changed.
    fingerprint = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Calendar of {self.user}"


class CalendarTold(models.Model):
    """What a teacher's calendar was last told of a run by mail: so it is told once, and in order.

    An invitation is owed when this differs from what stands now.
    """

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="+")
    offering = models.ForeignKey("courses.Offering", on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveIntegerField()  # of the calendar's events
    run_sequence = models.IntegerField(default=-1)  # of the run, when it was looked at last
    parts = models.JSONField(default=list)  # [[number, start, end, place]]; none: called off

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "offering"], name="calendar_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.offering}"
