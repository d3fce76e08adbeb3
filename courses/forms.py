"""The coordinator's form for a required session."""

from __future__ import annotations

from datetime import date
from typing import cast

from django import forms
from django.db.models import Q

from profiles.choices import GradeBand, Subject
from profiles.models import School

from .models import CoursePage, Requirement
from .queries import live_sessions

LATEST = date(2100, 1, 1)


class RequirementForm(forms.ModelForm):
    """Which session, by when, for whom. What isn't marked doesn't narrow it down."""

    grade_bands = forms.MultipleChoiceField(
        label="Grades",
        choices=GradeBand.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None marked: every grade.",
    )
    subjects = forms.MultipleChoiceField(
        choices=Subject.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None marked: every subject.",
    )

    class Meta:
        model = Requirement
        fields = ["course", "due_date", "schools", "grade_bands", "subjects", "note"]
        labels = {"course": "Session", "due_date": "By when", "note": "Why"}
        widgets = {
            "due_date": forms.DateInput(attrs={"type": "date"}),
            "schools": forms.CheckboxSelectMultiple,
        }
        help_texts = {"schools": "None marked: every school."}

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        open_ids = live_sessions().values("pk")
        chosen = Q(pk__in=open_ids)
        if self.instance.pk:  # a session taken down since stays choosable where it was chosen
            chosen |= Q(pk=self.instance.course_id)
        sessions = CoursePage.objects.filter(chosen).order_by("title")
        cast(forms.ModelChoiceField, self.fields["course"]).queryset = sessions
        schools = School.objects.filter(is_active=True)
        cast(forms.ModelChoiceField, self.fields["schools"]).queryset = schools

    def clean_due_date(self) -> date:
        """Refuse a day that has passed, unless it stood there before."""
        due = self.cleaned_data["due_date"]
        if due > LATEST or (due < self.today and due != self.initial.get("due_date")):
            raise forms.ValidationError("Give a day from today on.")
        return due
