"""How it went: asked of each teacher, and kept as totals of five people or more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

#: Answers come out of nobody's hands before as many people are added up.
FEWEST_TOGETHER = 5
#: From the question to the day on which it closes.
CLOSES_AFTER = timedelta(days=30)
#: How long an answer can be changed.
CHANGEABLE_FOR = timedelta(days=1)


class Moment(models.TextChoices):
    CLOSE = "close", "At the close"
    LATER = "later", "Some weeks on"


class Evaluation(models.Model):
    """One teacher asked about one session, at its close or some weeks on.

    The answers stand here only until they are added to an EvaluationTotal, and are wiped then.
    What stays is that they were given, and what a teacher told us for the own path: whether it
    still works.
    """

    class Outcome(models.TextChoices):
        WORKS = "works", "It works"
        STUCK = "stuck", "I still get stuck"
        NOT_USED = "not-used", "I have not used it yet"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="evaluations"
    )
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="evaluations"
    )
    offering = models.ForeignKey(
        "courses.Offering",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="evaluations",
    )
    moment = models.CharField(max_length=10, choices=Moment.choices)
    asked_at = models.DateTimeField(default=timezone.now)
    reminders = models.PositiveSmallIntegerField(default=0)  # lines owed in the daily mail
    answered_at = models.DateTimeField(null=True, blank=True)  # for the first time
    skipped_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)  # added up, or given up; then wiped
    answers = models.JSONField(default=dict, blank=True)  # question -> answer
    words = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "course", "offering", "moment"],
                nulls_distinct=False,
                name="evaluation_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["course", "moment", "offering"],
                condition=models.Q(answered_at__isnull=False, counted_at=None),
                name="evaluation_to_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.get_moment_display().lower()}"

    @property
    def is_later(self) -> bool:
        """Whether it asks about use, some weeks on."""
        return self.moment == Moment.LATER

    def is_kept(self, now: datetime) -> bool:
        """Whether the answer was given more than a day ago: it can't be changed any more."""
        return bool(self.answered_at and now - self.answered_at >= CHANGEABLE_FOR)

    def is_closed(self, now: datetime) -> bool:
        """Whether it can no longer be answered for the first time."""
        return bool(self.skipped_at) or now - self.asked_at >= CLOSES_AFTER


class EvaluationTotal(models.Model):
    """The answers of five people or more, added up; whose they are is not kept.

    Everybody's answers are in one total and no more. Whatever is shown is a sum of whole totals,
    so two views, or one view on two days, differ by five people or by none.
    """

    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="evaluation_totals"
    )
    offering = models.ForeignKey(  # null: self-paced, and runs that too few people spoke of
        "courses.Offering",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="evaluation_totals",
    )
    moment = models.CharField(max_length=10, choices=Moment.choices)
    people = models.PositiveIntegerField()
    counts = models.JSONField()  # question -> answer -> people
    counted_date = models.DateField()

    class Meta:
        ordering = ["counted_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(people__gte=FEWEST_TOGETHER), name="evaluation_total_of_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} people on {self.course}"


class EvaluationWords(models.Model):
    """What five people or more wrote about a session, in the order of the alphabet."""

    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="evaluation_words"
    )
    moment = models.CharField(max_length=10, choices=Moment.choices)
    people = models.PositiveIntegerField()
    words = models.JSONField()
    counted_date = models.DateField()

    class Meta:
        ordering = ["counted_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(people__gte=FEWEST_TOGETHER), name="evaluation_words_of_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} people on {self.course}, in words"
