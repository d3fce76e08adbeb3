"""Credit as data: what counts, how minutes become units, and what each teacher was given.

An award is never edited. A correction is a new award that names the one it takes the place of.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable


class CreditType(models.Model):
    """What is counted apart: professional development, hours for English learners, CEU …"""

    name = models.CharField(max_length=100, unique=True)
    is_default = models.BooleanField(
        "usual",
        default=False,
        help_text="Every session that names no credit of its own earns it.",
    )
    is_active = models.BooleanField("in use", default=True)
    # Set: what was finished is looked through for credit that a new rule now gives (the sweep).
    owed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-is_default", "name"]

    def __str__(self) -> str:
        return self.name


class CreditRule(models.Model):
    """How minutes become units of one credit type, from a day to a day."""

    class Rounding(models.TextChoices):
        HUNDREDTHS = "0.01", "To the hundredth"
        QUARTERS_DOWN = "0.25-down", "Down to a quarter"
        QUARTERS = "0.25", "To the nearest quarter"
        HALVES_DOWN = "0.5-down", "Down to a half"
        WHOLE_DOWN = "1-down", "Down to a whole"

    credit_type = models.ForeignKey(CreditType, on_delete=models.PROTECT, related_name="rules")
    jurisdiction = models.CharField(
        max_length=100, help_text="Who says so: the state, or the district."
    )
    unit = models.CharField(max_length=40, default="hour", help_text="One of it: hour, CEU, point.")
    minutes_per_unit = models.PositiveIntegerField(default=60, validators=[MinValueValidator(1)])
    minimum_minutes = models.PositiveIntegerField(
        "shortest session",
        default=0,
        validators=[MaxValueValidator(6000)],
        help_text="In minutes. What is shorter earns nothing.",
    )
    rounding = models.CharField(
        max_length=12, choices=Rounding.choices, default=Rounding.QUARTERS_DOWN
    )
    from_date = models.DateField("from")
    until_date = models.DateField("until", null=True, blank=True, help_text="The last day.")

    class Meta:
        ordering = ["credit_type", "-from_date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date=None)
                | models.Q(until_date__gte=models.F("from_date")),
                name="credit_rule_ends_later",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes_per_unit__gte=1), name="credit_rule_has_a_unit"
            ),
            models.UniqueConstraint(
                fields=["credit_type", "from_date"], name="credit_rule_begins_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit_type}: {self.minutes_per_unit} min = 1 {self.unit}"

    def amount_of(self, minutes: int) -> Decimal:
        """Return the units that these minutes make; 0 below the minimum."""
        if minutes <= 0 or minutes < self.minimum_minutes:
            return Decimal(0)
        step, _, way = self.rounding.partition("-")
        steps = Decimal(minutes) / self.minutes_per_unit / Decimal(step)
        whole = steps.quantize(Decimal(1), ROUND_DOWN if way else ROUND_HALF_UP)
        return (whole * Decimal(step)).quantize(Decimal("0.01"))


class CourseCredit(Orderable):
    """A credit type that a session earns, when it is not the usual one."""

    course = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="credits")
    credit_type = models.ForeignKey(CreditType, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: all of the session's minutes."
    )

    panels = [FieldPanel("credit_type"), FieldPanel("minutes")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "credit_type"], name="course_credit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.credit_type}"


class CreditAward(models.Model):
    """Credit given to a teacher, as it was given: name, title, date and amount are frozen.

    The awards of one teacher, type and source are a chain, numbered by `version`; the last one
    stands, unless it is a revocation. The constraints let one of two racing processes write.
    """

    teacher = models.ForeignKey("profiles.Teacher", on_delete=models.CASCADE, related_name="awards")
    credit_type = models.ForeignKey(CreditType, on_delete=models.PROTECT, related_name="awards")
    rule = models.ForeignKey(CreditRule, on_delete=models.PROTECT, related_name="awards")
    source = models.CharField(max_length=60)  # what was finished: "course:12", "claim:7"
    version = models.PositiveIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="successor"
    )
    course = models.ForeignKey(
        "courses.CoursePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    name = models.CharField(max_length=250)  # the teacher's, as it was then
    title = models.CharField(max_length=255)  # of what was finished, as it was then
    district = models.CharField(max_length=200)
    earned_date = models.DateField()
    minutes = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=40)

    awarded_at = models.DateTimeField(default=timezone.now)
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # null: the program
    reason = models.CharField(max_length=300, blank=True)
    is_by_hand = models.BooleanField(default=False)  # the program leaves it as it is
    is_revoked = models.BooleanField(default=False)  # takes the place of one, and gives nothing

    class Meta:
        ordering = ["-earned_date", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "credit_type", "source", "version"], name="credit_awarded_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_revoked=True, amount=0)
                | models.Q(is_revoked=False, amount__gt=0),
                name="credit_award_has_an_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(version=1, supersedes=None)
                | models.Q(version__gt=1, supersedes__isnull=False),
                name="credit_award_names_what_it_supersedes",
            ),
        ]
        indexes = [models.Index(fields=["teacher", "course"], name="credit_of_a_course")]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount_words} for {self.title}"

    @property
    def amount_words(self) -> str:
        """The amount with its unit: "1 hour", "0.75 hours"."""
        return units_in_words(self.amount, self.unit)


def amount_in_words(amount: Decimal) -> str:
    """Return an amount without idle zeros."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def units_in_words(amount: Decimal, unit: str) -> str:
    """Return an amount with its unit: "1 hour", "2.5 hours", "5 CEU"."""
    number = amount_in_words(amount)
    return f"{number} {unit}" if number == "1" or unit.isupper() else f"{number} {unit}s"
