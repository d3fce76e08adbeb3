"""Forms of the import screens."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from .models import RosterProfile, TicketSource
from .rosters.teacher_table import TEACHERS
from .tickets.columns import LABELS, NAMES, REQUIRED, Columns, recognise
from .tickets.csv import Sample
from .tickets.dates import readings_of
from .uploads import Kind


class UploadForm(forms.Form):
    """The file, and what must be known with it."""

    file = forms.FileField(label="File", allow_empty_file=True)
    source = forms.CharField(
        label="Name of your help desk",
        max_length=50,
        required=False,
        initial="Help desk",
        help_text="The same name next time: then tickets are updated, not doubled.",
    )
    as_draft = forms.BooleanField(
        label="As drafts: publish nothing yet", required=False, initial=False
    )

    def __init__(self, kind: Kind, *args, **kwargs):
        super().__init__(*args, **{"prefix": kind.name, **kwargs})
        self.fields["file"].widget.attrs["accept"] = kind.accept
        for name in ("source", "as_draft"):
            if name not in kind.fields:
                del self.fields[name]
        if "source" in self.fields:
            self.fields["source"].required = True
            self.fields["source"].widget.attrs["list"] = "sources"

    def options(self) -> dict:
        """Return what was asked beside the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class ColumnsForm(forms.Form):
    """Which column of an export is what."""

    address = forms.CharField(
        label="Where a ticket is read in your help desk",
        max_length=300,
        required=False,
        help_text="With {id} for its number, such as https://help.example.org/ticket/{id}",
    )

    def __init__(self, sample: Sample, source: TicketSource, *args, **kwargs):
        header = [heading for heading, _ in sample]
        known = {heading.casefold(): heading for heading in header}
        saved = {
            name: known[heading.casefold()]
            for name, heading in source.columns.items()
            if heading.casefold() in known
        }
        initial = recognise(header) | saved | {"address": source.address_template}
        if source.date_order:
            initial["date_order"] = source.date_order
        super().__init__(*args, **{"initial": initial, **kwargs})
        choices = [("", "Not in this file"), *((heading, heading) for heading in header if heading)]
        for name in NAMES:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=choices, required=name in REQUIRED
            )
        readings = readings_of(cell for _, cells in sample for cell in cells)
        if readings:
            self.fields["date_order"] = forms.ChoiceField(
                label="How its dates are written",
                choices=readings,
                widget=forms.RadioSelect(attrs={"class": "long"}),  # a sentence each
                help_text="So each would be read. Nobody here guesses which number is the month.",
            )
        self.order_fields([*NAMES, "date_order", "address"])

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip()
        if address and not (address.startswith(("https://", "http://")) and "{id}" in address):
            raise ValidationError("Start with https:// and put {id} where the number stands.")
        return address

    def columns(self) -> Columns:
        """Return our name -> heading, as far as chosen."""
        return {name: self.cleaned_data[name] for name in NAMES if self.cleaned_data[name]}


#: What stands beside the columns of which one is enough.
ONE_OF_TWO = {
    "id": "The number or the address is needed.",
    "email": "The address lets a teacher sign in.",
    "full_name": "Needed when the last name has no column of its own.",
}


class TeacherColumnsForm(forms.Form):
    """Which column of a table of teachers is what, and the name it is saved under."""

    name = forms.CharField(
        label="Name of this list",
        max_length=40,
        help_text="The same name next time: who is missing then counts as gone.",
    )

    def __init__(self, header: list[str], saved: list[RosterProfile], *args, **kwargs):
        at = {heading.casefold(): heading for heading in header if heading}
        fits = next(
            (
                profile
                for profile in saved
                if all(heading.casefold() in at for heading in profile.columns.values())
            ),
            None,
        )
        initial = {"name": fits.name if fits else "Teachers", **TEACHERS.recognise(header)}
        if fits:
            initial |= {name: at[word.casefold()] for name, word in fits.columns.items()}
        super().__init__(*args, **{"initial": initial, **kwargs})
        choices = [("", "Not in this file"), *((heading, heading) for heading in at.values())]
        for name in TEACHERS.names:
            self.fields[name] = forms.ChoiceField(
                label=TEACHERS.labels[name],
                choices=choices,
                required=False,
                help_text=ONE_OF_TWO.get(name, ""),
            )

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if missing := TEACHERS.missing(self.columns()):
            raise ValidationError(f"Still missing: {'; '.join(missing)}.")
        return cleaned

    def columns(self) -> dict[str, str]:
        """Return our name -> heading, as far as chosen."""
        chosen = {name: self.cleaned_data.get(name) for name in TEACHERS.names}
        return {name: heading for name, heading in chosen.items() if heading}
