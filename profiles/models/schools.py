"""The district, its schools and its calendar."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models

from ..choices import DayKind


def check_time_zone(name: str) -> None:
    """Refuse a time zone that the tz database doesn't know."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone of the tz database.")


class District(models.Model):
    """The one district (or state) that this installation serves."""

    name = models.CharField(max_length=200, default="Our district")
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=[check_time_zone]
    )
    minutes_a_term = models.PositiveIntegerField(
        default=480, help_text="What a teacher who stated no hours sets aside a term."
    )
    email_domain = models.CharField(max_length=200, blank=True)
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone; naive times in imports are in it."""
        return ZoneInfo(self.time_zone)


class School(models.Model):
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    identifier = models.CharField(max_length=100, blank=True)  # the state's or district's number
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="school_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolYear(models.Model):
    title = models.CharField(max_length=100)
    start_date = models.DateField()
    end_date = models.DateField()
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["start_date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date__gt=models.F("start_date")), name="year_ends_later"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="school_year_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Term(models.Model):
    """A stretch of the school year that hours are set aside for."""

    school_year = models.ForeignKey(
        SchoolYear, null=True, blank=True, on_delete=models.CASCADE, related_name="terms"
    )
    title = models.CharField(max_length=100)
    start_date = models.DateField()
    end_date = models.DateField()
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["start_date", "end_date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date__gt=models.F("start_date")), name="term_ends_later"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="term_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SpecialDay(models.Model):
    """A day or stretch of days that moves needs or makes room. No schools: all of them."""

    kind = models.CharField(max_length=20, choices=DayKind.choices)
    title = models.CharField(max_length=100, blank=True)
    start_date = models.DateField()
    end_date = models.DateField()
    schools = models.ManyToManyField(School, blank=True, related_name="special_days")

    class Meta:
        ordering = ["start_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_date__gte=models.F("start_date")), name="day_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
