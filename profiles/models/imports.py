"""The history of imports: who, when, what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class ImportRun(models.Model):
    """One import, dry or real. `cursor` is where a killed import goes on."""

    class Kind(models.TextChoices):
        ROSTER = "roster", "Roster"
        TICKETS = "tickets", "Tickets"
        CATALOGUE = "catalogue", "Catalogue"

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, nothing written yet"
        RUNNING = "running", "Running"
        APPLIED = "applied", "Applied"
        REFUSED = "refused", "Refused, nothing written"
        STOPPED = "stopped", "Stopped before its end"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # null: from the command line
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)  # SHA-256 of the file, never its name
    source = models.CharField(max_length=50, blank=True)
    cursor = models.PositiveIntegerField(default=0)  # rows applied so far
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d %H:%M}"
