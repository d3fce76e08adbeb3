"""The teacher's form for a licence cycle: its dates, and how much of each credit it asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import Q

from profiles.models import Teacher

from .models import CreditType, LicenceCycle

FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
MOST = Decimal(10000)


class LicenceForm(forms.ModelForm):
    """One cycle. A credit type left empty is not asked for."""

    class Meta:
        model = LicenceCycle
        fields = ["title", "from_date", "until_date"]
        widgets = {
            "from_date": forms.DateInput(attrs={"type": "date"}),
            "until_date": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args, teacher: Teacher, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.teacher = teacher
        asked = {}
        if self.instance.pk:
            asked = dict(self.instance.needs.values_list("credit_type", "amount"))
        self.types = list(CreditType.objects.filter(Q(is_active=True) | Q(pk__in=asked)))
        for item in self.types:
            self.fields[self.name_of(item)] = forms.DecimalField(
                label=f"{item.name} it asks for",
                required=False,
                min_value=Decimal(0),
                max_value=MOST,
                decimal_places=2,
                initial=asked.get(item.pk),
            )

    @staticmethod
    def name_of(credit_type: CreditType) -> str:
        """Return the name of a credit type's field."""
        return f"amount-{credit_type.pk}"

    @property
    def amounts(self) -> dict[int, Decimal]:
        """What is asked for, by credit type; only of a valid form."""
        asked = {item.pk: self.cleaned_data.get(self.name_of(item)) for item in self.types}
        return {pk: amount for pk, amount in asked.items() if amount}

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and start < FIRST:
            self.add_error("from_date", "Give a day since 1990.")
        if end and end > LAST:
            self.add_error("until_date", "Give a day before 2100.")
        if start and end and end <= start:
            self.add_error("until_date", "It has to end after it begins.")
        if self.errors or not start:
            return cleaned
        if not self.amounts:
            raise forms.ValidationError("Say how much of at least one credit it asks for.")
        twin = LicenceCycle.objects.filter(
            teacher=self.instance.teacher, title=cleaned["title"], from_date=start
        ).exclude(pk=self.instance.pk)
        if twin.exists():
            self.add_error("title", "You have a licence of this name from this day already.")
        return cleaned
