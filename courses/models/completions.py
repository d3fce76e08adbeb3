"""What was finished, when, and on what ground; and what a rule's parts rest on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from .enrolments import HistoryLines


class Completion(models.Model):
    """A teacher finished a session, once. It outlives the run it came from."""

    class Ground(models.TextChoices):
        CHECK = "check", "Every quick check answered right"
        ATTENDED = "attended", "The coach marked who came"
        TASK = "task", "The task was accepted"
        COACH = "coach", "Confirmed by a coach"
        RULE = "rule", "Everything it asks for is done"
        CLAIM = "claim", "Finished elsewhere"

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
    why = models.CharField(max_length=300, blank=True)  # the reason of whoever marked it by hand
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


class CompletionEvent(models.Model):
    """One line of what was given or taken back. Lines are only ever added."""

    class What(models.TextChoices):
        GIVEN = "given", "Counted as finished"
        TAKEN = "taken", "No longer counted"

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey("courses.CoursePage", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    ground = models.CharField(max_length=20, choices=Completion.Ground.choices)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    happened_at = models.DateTimeField(default=timezone.now)

    objects = HistoryLines.as_manager()

    class Meta:
        ordering = ["happened_at", "id"]
        indexes = [models.Index(fields=["teacher", "course"], name="completion_history")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.course} ({self.why})"


class Confirmation(models.Model):
    """A coach's word about one teacher and session, with its reason.

    It stands for the rule's part “a coach confirms”; with `is_whole` it stands for all of the
    rule: the coach calls it finished whatever else the rule asks for.
    """

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="confirmations"
    )
    is_whole = models.BooleanField(default=False)
    why = models.CharField(max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "course"], name="confirmed_once"),
            models.CheckConstraint(condition=~models.Q(why=""), name="confirmed_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.course}, {self.why}"


class HandIn(models.Model):
    """A task that a teacher handed in: a short text, a link, or both; newest counts."""

    class State(models.TextChoices):
        SENT = "sent", "Waits for a coach"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Sent back"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="hand_ins"
    )
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="hand_ins"
    )
    words = models.TextField(blank=True, max_length=4000)
    link = models.URLField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            # One of a teacher's hand-ins at a time waits or counts; those sent back stay below.
            models.UniqueConstraint(
                fields=["teacher", "course"],
                condition=~models.Q(state="returned"),
                name="handed_in_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.course} ({self.get_state_display()})"
