"""The screen that asks which column of a table is what, for each kind that asks."""

from __future__ import annotations

from typing import Any, Protocol

from django import forms

from .import_forms import ColumnsForm, TeacherColumnsForm
from .models import ImportRun, RosterProfile, TicketSource
from .rosters import teacher_table
from .rosters.files import RosterFiles
from .rosters.uploading import needs_columns
from .tickets.csv import Sample, sample_of
from .uploads import Options, Upload


class ColumnsStep(Protocol):
    """What the screen needs of a kind. Every method may raise ImportRefused."""

    def is_due(self, upload: Upload) -> bool:
        """Whether the columns of this upload must be told before it can be checked."""
        ...

    def form(self, upload: Upload, data: Any) -> forms.Form:
        """The form, bound to `data` when there is any."""
        ...

    def sample(self, upload: Upload) -> Sample:
        """Each heading with the first cells that may be shown."""
        ...

    def options(self, form: Any) -> Options:
        """What a valid form says, to be stored with the upload."""
        ...


class TicketColumns:
    """A help desk's export: its name is asked with the file, and its texts are not shown."""

    def is_due(self, upload: Upload) -> bool:
        return not upload.options.get("columns")

    def form(self, upload: Upload, data: Any) -> ColumnsForm:
        name = upload.options["source"]
        source = TicketSource.objects.filter(name=name).first() or TicketSource(name=name)
        return ColumnsForm(sample_of(upload.path), source, data)

    def sample(self, upload: Upload) -> Sample:
        return sample_of(upload.path)

    def options(self, form: ColumnsForm) -> Options:
        order = form.cleaned_data.get("date_order")  # not asked where every date is ISO 8601
        told = {"columns": form.columns(), "address": form.cleaned_data["address"]}
        return told | ({"date_order": order} if order else {})


class RosterColumns:
    """A table of teachers; rosters in a known format say themselves what is what."""

    def is_due(self, upload: Upload) -> bool:
        return needs_columns(upload)

    def form(self, upload: Upload, data: Any) -> TeacherColumnsForm:
        files = RosterFiles(upload.path)
        try:
            header = teacher_table.header_of(files)
        finally:
            files.close()
        return TeacherColumnsForm(header, list(RosterProfile.objects.all()), data)

    def sample(self, upload: Upload) -> Sample:
        files = RosterFiles(upload.path)
        try:
            return teacher_table.sample_of(files)
        finally:
            files.close()

    def options(self, form: TeacherColumnsForm) -> Options:
        return {"columns": form.columns(), "name": form.cleaned_data["name"]}


STEPS: dict[str, ColumnsStep] = {
    ImportRun.Kind.TICKETS: TicketColumns(),
    ImportRun.Kind.ROSTER: RosterColumns(),
}
