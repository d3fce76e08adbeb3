"""The teacher's answers as forms."""

from __future__ import annotations

from django import forms

from profiles.models import Skill

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
