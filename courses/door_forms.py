"""Forms at the door and for checking in."""

from __future__ import annotations

from django import forms

from .models import Roster
from .queries.sheets import LARGEST


class GraceForm(forms.ModelForm):
    """How long the code counts around the start."""

    class Meta:
        model = Roster
        fields = ["grace_minutes"]
        labels = {"grace_minutes": "Minutes before and after the start"}


class SheetForm(forms.Form):
    """A paper sheet typed into a table."""

    file = forms.FileField(
        label="The sheet as CSV",
        help_text="One line a person, with a column for email, id or name. Minutes, if they were "
        "not there all the time.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self):
        """Refuse what is no sheet of people by its size alone."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("It is larger than a sheet of people can be: 1 MB.")
        return file


class CodeForm(forms.Form):
    """The six digits on the coach's screen."""

    code = forms.CharField(
        label="The code on the screen",
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "digits"}
        ),
    )

    def clean_code(self) -> str:
        """Return the digits alone: people type them in pairs."""
        return "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())
