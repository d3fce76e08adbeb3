"""Dated runs of a session, with their seats."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format


class Offering(models.Model):
    """One dated run. Seats are handed out by `courses.operations` alone.

    `seats_taken` and `next_position` are written under the lock that the first UPDATE of this
    row takes (docs/decisions/seats.md); the constraint is the backstop.
    """

    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="offerings"
    )
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(blank=True, help_text="Where to join, when it is online.")
    school = models.ForeignKey(
        "profiles.School", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    seats = models.PositiveIntegerField(default=20)
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    next_position = models.PositiveIntegerField(default=1, editable=False)
    is_cancelled = models.BooleanField(default=False)
    source = models.CharField(max_length=50, blank=True, editable=False)
    external_id = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        verbose_name = "run"
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="offering_ends_later"
            ),
            models.CheckConstraint(
                condition=models.Q(seats_taken__lte=models.F("seats")), name="offering_not_oversold"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="offering_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} on {self.starts_at:%Y-%m-%d}"

    @property
    def when(self) -> str:
        """When it begins, in the zone that the page speaks in."""
        return date_format(timezone.localtime(self.starts_at), "D j M Y, H:i")

    @property
    def taken(self) -> str:
        """How full it is, in words."""
        return "Cancelled" if self.is_cancelled else f"{self.seats_taken} of {self.seats}"

    @property
    def seats_left(self) -> int:
        """Seats nobody holds; 0 when the run is cancelled."""
        return 0 if self.is_cancelled else max(0, self.seats - self.seats_taken)

    @property
    def minutes(self) -> int:
        """From start to end."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)
