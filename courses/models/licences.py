"""A teacher's licence: from when to when, and how much of which credit it asks for."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models


class LicenceCycle(models.Model):
    """One cycle of one licence. The teacher keeps it; nobody else reads it."""

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="licence_cycles"
    )
    title = models.CharField(
        "licence", max_length=150, help_text="As it is called: “Professional, grades 5 to 8”."
    )
    from_date = models.DateField("from")
    until_date = models.DateField("until", help_text="The day by which it must be renewed.")

    class Meta:
        ordering = ["until_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__gt=models.F("from_date")), name="licence_ends_later"
            ),
            models.UniqueConstraint(fields=["teacher", "title", "from_date"], name="licence_once"),
        ]

    def __str__(self) -> str:
        return self.title


class LicenceNeed(models.Model):
    """How much of one credit type a cycle asks for."""

    cycle = models.ForeignKey(LicenceCycle, on_delete=models.CASCADE, related_name="needs")
    credit_type = models.ForeignKey(
        "courses.CreditType", on_delete=models.PROTECT, related_name="+"
    )
    amount = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["credit_type", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "credit_type"], name="licence_need_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="licence_needs_some"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.credit_type}"
