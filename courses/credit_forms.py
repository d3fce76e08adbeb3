"""The coordinator's forms: credit types, rules, and the correction of an award."""

from __future__ import annotations

from datetime import date

from django import forms

from .models import CreditAward, CreditRule, CreditType

FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)


class CreditTypeForm(forms.ModelForm):
    """What is counted apart."""

    class Meta:
        model = CreditType
        fields = ["name", "is_default", "is_active"]
        labels = {
            "is_default": "Every session that names no credit of its own earns it",
            "is_active": "In use",
        }
        help_texts = {"is_default": "", "name": "As your state calls it: “Clock hours”."}


class CreditRuleForm(forms.ModelForm):
    """How minutes become units, from a day on."""

    class Meta:
        model = CreditRule
        fields = [
            "credit_type",
            "jurisdiction",
            "unit",
            "minutes_per_unit",
            "minimum_minutes",
            "rounding",
            "from_date",
            "until_date",
        ]
        labels = {
            "minutes_per_unit": "Minutes in one",
            "from_date": "First day",
            "until_date": "Last day",
        }
        help_texts = {"until_date": "Empty: until you say otherwise."}
        widgets = {
            "from_date": forms.DateInput(attrs={"type": "date"}),
            "until_date": forms.DateInput(attrs={"type": "date"}),
        }

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and not FIRST <= start < LAST:
            self.add_error("from_date", "Give a day between 1990 and 2100.")
        if start and end and end < start:
            self.add_error("until_date", "It has to end after it begins.")
        return cleaned


class CorrectionForm(forms.Form):
    """What an award should have said, and why."""

    name = forms.CharField(label="Name on the certificate", max_length=250)
    title = forms.CharField(label="What was finished", max_length=255)
    minutes = forms.IntegerField(
        min_value=0, max_value=6000, help_text="0 takes the credit back altogether."
    )
    reason = forms.CharField(
        label="Why", max_length=300, help_text="The teacher reads it on the transcript."
    )

    def __init__(self, data=None, *, award: CreditAward):
        stands = {"name": award.name, "title": award.title, "minutes": award.minutes}
        super().__init__(data, initial=stands)
        self.award = award

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not self.errors and all(
            cleaned[name] == getattr(self.award, name) for name in ("name", "title", "minutes")
        ):
            raise forms.ValidationError("Nothing is different from what stands.")
        return cleaned
