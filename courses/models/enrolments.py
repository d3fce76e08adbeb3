"""Who is going, who is waiting, and the history of it, which is only ever added to."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class Enrolment(models.Model):
    """A teacher in a run, or in a self-paced session that was started (then no offering)."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Asked for a seat"
        APPROVED = "approved", "Approved"
        SEATED = "seated", "Has a seat"
        WAITING = "waiting", "Waiting for a seat"
        OFFERED = "offered", "Offered a seat"
        STARTED = "started", "Started"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Let an offer pass"
        CANCELLED = "cancelled", "Cancelled by us"
        PARTLY = "partly", "Attended in part"
        ATTENDED = "attended", "Attended"
        NO_SHOW = "no-show", "Did not come"
        FINISHED = "finished", "Finished"

    # “Approved” is passed through: a line of the history, then seated or waiting at once.
    LIVE = (
        State.REQUESTED,
        State.APPROVED,
        State.SEATED,
        State.WAITING,
        State.OFFERED,
        State.STARTED,
    )
    HOLDS_A_SEAT = (State.SEATED, State.OFFERED)  # what `Offering.seats_taken` counts before it
    ENDED_EARLY = (State.WITHDRAWN, State.CANCELLED, State.EXPIRED)

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="enrolments"
    )
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="enrolments"
    )
    offering = models.ForeignKey(
        "courses.Offering",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="enrolments",
    )
    state = models.CharField(max_length=20, choices=State.choices)
    position = models.PositiveIntegerField(null=True, blank=True)  # in the order of arrival
    since_at = models.DateTimeField(default=timezone.now)  # in this state
    offered_until_at = models.DateTimeField(null=True, blank=True, db_index=True)
    answers = models.JSONField(default=dict, blank=True)  # quick checks answered right: block id

    # Wagtail would look through each row for what it refers to, in six statements a click.
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-since_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "offering"],
                condition=~models.Q(state__in=["withdrawn", "cancelled", "expired"]),
                name="enrolled_once_in_a_run",
            ),
            models.UniqueConstraint(
                fields=["teacher", "course"],
                condition=models.Q(offering=None)
                & ~models.Q(state__in=["withdrawn", "cancelled", "expired"]),
                name="enrolled_once_self_paced",
            ),
            models.UniqueConstraint(fields=["offering", "position"], name="position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.course} ({self.get_state_display()})"


class HistoryIsKept(Exception):
    """A line of the history is never changed or taken away: add another one."""


class HistoryLines(models.QuerySet):
    """Lines that can be read and added to. (A person's removal still takes theirs along.)"""

    def update(self, **changes) -> NoReturn:
        raise HistoryIsKept

    def delete(self) -> NoReturn:
        raise HistoryIsKept


class EnrolmentEvent(models.Model):
    """One line of an enrolment's history: what, when, and by whom (null: by the program)."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=20, choices=Enrolment.State.choices)
    happened_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    why = models.CharField(max_length=200, blank=True)

    objects = HistoryLines.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["happened_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} at {self.happened_at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise HistoryIsKept
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> NoReturn:
        raise HistoryIsKept
