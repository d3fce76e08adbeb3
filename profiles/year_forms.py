"""Forms of the coordinator's calendar."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from .models import District, SchoolYear, SpecialDay, Term

DATE = forms.DateInput(attrs={"type": "date"})
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


class DatedForm(forms.ModelForm):
    """Checks that a stretch of days is one."""

    same_day_allowed = False

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        for name, day in (("start_date", start), ("end_date", end)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, f"Give a day between {EARLIEST:%Y} and {LATEST:%Y}.")
        if start and end and (end < start or (end == start and not self.same_day_allowed)):
            self.add_error("end_date", "This has to be after the first day.")
        return cleaned


class SchoolYearForm(DatedForm):
    class Meta:
        model = SchoolYear
        fields = ["title", "start_date", "end_date"]
        widgets = {"start_date": DATE, "end_date": DATE}
        labels = {"title": "Name", "start_date": "First day", "end_date": "Last day"}


class TermForm(DatedForm):
    class Meta:
        model = Term
        fields = ["title", "school_year", "start_date", "end_date"]
        widgets = {"start_date": DATE, "end_date": DATE}
        labels = {"title": "Name", "start_date": "First day", "end_date": "Last day"}

    def clean(self) -> dict:
        cleaned = super().clean()
        year = cleaned.get("school_year")
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        if year and start and end and not (year.start_date <= start and end <= year.end_date):
            raise ValidationError(
                f"A term lies within its school year: {year.title} runs from "
                f"{year.start_date:%-d %B %Y} to {year.end_date:%-d %B %Y}."
            )
        return cleaned


class SpecialDayForm(DatedForm):
    same_day_allowed = True

    class Meta:
        model = SpecialDay
        fields = ["kind", "title", "start_date", "end_date", "schools"]
        widgets = {
            "start_date": DATE,
            "end_date": DATE,
            "schools": forms.CheckboxSelectMultiple,
        }
        labels = {
            "kind": "What it is",
            "title": "Name",
            "start_date": "First day",
            "end_date": "Last day",
        }
        help_texts = {
            "end_date": "The same day again for a single day.",
            "schools": "None marked: every school.",
        }


class DistrictForm(forms.ModelForm):
    class Meta:
        model = District
        fields = ["name", "time_zone", "minutes_a_term"]
        labels = {
            "name": "Name of the district",
            "time_zone": "Time zone",
            "minutes_a_term": "Minutes a term",
        }
        help_texts = {
            "time_zone": "Such as America/Chicago. Times in imports are read in it.",
        }
