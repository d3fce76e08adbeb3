"""Sessions that a group of teachers must take by a date."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from profiles.choices import GradeBand, Subject
from profiles.models.fields import ChoiceListField


class Requirement(models.Model):
    """A required session. The audience is the meeting of what is marked; nothing marked: all."""

    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.CASCADE, related_name="requirements"
    )
    due_date = models.DateField()
    schools = models.ManyToManyField("profiles.School", blank=True, related_name="requirements")
    grade_bands = ChoiceListField(choices=GradeBand.choices)
    subjects = ChoiceListField(choices=Subject.choices)
    note = models.CharField(max_length=200, blank=True, help_text="Why, in a line for teachers.")
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # withdrawn

    class Meta:
        ordering = ["due_date", "id"]

    def __str__(self) -> str:
        return f"{self.course} by {self.due_date}"
