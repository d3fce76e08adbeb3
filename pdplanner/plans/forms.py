"""The teacher's answers as forms."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms

from profiles.models import School, Skill

from .models import StepAnswer


class NotAFitForm(forms.Form):
    """Why a session is not a fit, with room for one's own words."""

    why = forms.ChoiceField(choices=StepAnswer.Why.choices)
    words = forms.CharField(max_length=300, required=False)


class TicketForm(forms.Form):
    """What a ticket was really about."""

    skill = forms.ModelChoiceField(
        Skill.objects.all(),
        required=False,
        label="What was it about?",
        empty_label="None of these",
    )


#: Nobody sets a run later than that.
FURTHEST_AHEAD = timedelta(days=2 * 365)


class RunIdeaForm(forms.Form):
    """One more run that a coach thinks of: when, where, and with how many seats."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}), label="Starts at")
    school = forms.ModelChoiceField(
        School.objects.order_by("name"), required=False, label="Where", empty_label="Online"
    )
    seats = forms.IntegerField(min_value=1, max_value=1000)

    def __init__(self, *args, as_of: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._as_of = as_of

    def clean_day(self) -> date:
        """Refuse a day that has come already, or that no calendar reaches."""
        day: date = self.cleaned_data["day"]
        if day <= self._as_of:
            raise forms.ValidationError("Choose a day after today.")
        if day > self._as_of + FURTHEST_AHEAD:
            raise forms.ValidationError("Choose a day within two years.")
        return day
