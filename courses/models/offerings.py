"""Dated runs of a session, with their parts and seats."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel


class UidField(models.UUIDField):
    """A UUID given when the row is stored, in bulk too.

    Not a default: a migration would give every row that stands the same one.
    """

    def pre_save(self, model_instance, add):
        if (value := getattr(model_instance, self.attname)) is None:
            value = uuid.uuid4()
            setattr(model_instance, self.attname, value)
        return value


class Offering(ClusterableModel):
    """One dated run, in one or more parts. Seats are handed out by `courses.operations` alone.

    `starts_at` is the start of the first part and `ends_at` the end of the last: the operation
    that stores a run keeps it so. `seats_taken` (seated, or offered a seat) and `next_position`
    are written under the lock that the first UPDATE of this row takes (docs/decisions/seats.md);
    the constraint is the backstop.
    """

    class WaitingPolicy(models.TextChoices):
        AUTOMATIC = "automatic", "Whoever waits first gets the seat"
        OFFER = "offer", "Whoever waits first is offered the seat, until a deadline"
        COACH = "coach", "A coach decides who gets the seat"

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
    coaches = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name="more coaches",
        help_text="Who coaches it besides.",
    )
    needs_substitute = models.BooleanField(
        default=False, help_text="It falls into class hours: whoever goes needs a substitute."
    )
    seats = models.PositiveIntegerField(default=20)
    seats_min = models.PositiveIntegerField(
        "fewest people", default=0, help_text="With fewer, you are asked whether it takes place."
    )
    decide_by_at = models.DateTimeField(
        "go or no-go by",
        null=True,
        blank=True,
        help_text="When to count whether enough people come.",
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)  # that it takes place
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)  # a coach, go or no-go
    calls_itself_off = models.BooleanField(
        "call it off by itself",
        default=False,
        help_text="With too few people by then. Otherwise a coach says go or no-go.",
    )
    opens_at = models.DateTimeField(
        "registration opens", null=True, blank=True, help_text="Empty: at once."
    )
    closes_at = models.DateTimeField(
        "registration closes", null=True, blank=True, help_text="Empty: when it starts."
    )
    cancel_until_at = models.DateTimeField(
        "seats can be given back until", null=True, blank=True, help_text="Empty: until it starts."
    )
    needs_approval = models.BooleanField(
        default=False, help_text="People ask for a seat, and a coach says yes or no."
    )
    waiting_policy = models.CharField(
        "when a seat comes free",
        max_length=10,
        choices=WaitingPolicy.choices,
        default=WaitingPolicy.AUTOMATIC,
    )
    offer_hours = models.PositiveIntegerField(
        "hours to answer an offer", default=24, help_text="Then the next in line is asked."
    )
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    next_position = models.PositiveIntegerField(default=1, editable=False)
    is_cancelled = models.BooleanField(default=False)
    cancelled_why = models.CharField(max_length=200, blank=True, editable=False)
    # For calendars (RFC 5545): the sequence rises with each change of what people were promised.
    uid = UidField(null=True, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
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
            models.CheckConstraint(
                condition=models.Q(seats_min__lte=models.F("seats")), name="offering_minimum_fits"
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
    def cut_off_at(self) -> datetime:
        """Until when seats are given and offered: registration's end, at the latest the start."""
        return min(self.closes_at or self.starts_at, self.starts_at)

    @property
    def minutes(self) -> int:
        """Minutes that its parts take together."""
        return sum(part.minutes for part in parts_of(self))


class OfferingPart(models.Model):
    """One sitting of a run: most runs have one, a series has several."""

    offering = ParentalKey(Offering, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField(default=1)  # from 1, in the order of time
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(blank=True, help_text="Where to join, when it is online.")

    class Meta:
        verbose_name = "part of a run"
        verbose_name_plural = "parts of runs"
        ordering = ["offering", "number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="part_ends_later",
                violation_error_message="It has to end after it starts.",
            ),
            models.UniqueConstraint(fields=["offering", "number"], name="part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.offering}, part {self.number}"

    @property
    def minutes(self) -> int:
        """From start to end."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)


def parts_of(offering: Offering) -> list[OfferingPart]:
    """Return a run's parts in order; a run stored without parts is one part (not stored).

    Reads `parts` once; prefetched, it asks nothing.
    """
    parts = sorted(offering.parts.all(), key=lambda part: part.number)
    return parts or [
        OfferingPart(
            offering=offering,
            number=1,
            starts_at=offering.starts_at,
            ends_at=offering.ends_at,
            place=offering.place,
            link=offering.link,
        )
    ]
