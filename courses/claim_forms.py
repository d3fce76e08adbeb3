"""The teacher's form of a claim, and the coordinator's answer to one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from django import forms

from .evidence import LARGEST, NotEvidence, type_of
from .models import Claim, CoursePage
from .models.claims import MOST_MINUTES
from .queries import live_sessions

#: Older than this counts nowhere any more.
OLDEST = timedelta(days=366 * 10)


class ClaimForm(forms.ModelForm):
    """What was learned elsewhere: where, when, how long, and what shows it."""

    hours = forms.IntegerField(label="Hours", min_value=0, max_value=MOST_MINUTES // 60, initial=0)
    rest = forms.IntegerField(
        label="and minutes", min_value=0, max_value=59, initial=0, required=False
    )
    file = forms.FileField(
        label="Certificate or program",
        required=False,
        help_text="A PDF, or a photo as JPEG or PNG, up to 10 MB. Only you and the coordinators "
        "can open it.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    link = forms.URLField(label="Or a link that shows it", required=False, assume_scheme="https")

    field_order = ["title", "provider", "held_date", "hours", "rest", "file", "link", "words"]

    class Meta:
        model = Claim
        fields = ["title", "provider", "held_date", "words"]
        labels = {
            "title": "What it was called",
            "provider": "Who held it",
            "held_date": "Last day of it",
            "words": "What you took from it",
        }
        widgets = {
            "held_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "words": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        if self.instance.pk:
            hours, rest = divmod(self.instance.minutes, 60)
            self.initial.update(hours=hours, rest=rest, link=self.instance.link)

    def clean_held_date(self) -> date:
        """Refuse what lies ahead, and what is too long ago to count anywhere."""
        held = self.cleaned_data["held_date"]
        if held > self.today:
            raise forms.ValidationError("It lies ahead. Send it in when you have done it.")
        if held < self.today - OLDEST:
            raise forms.ValidationError("It is more than ten years ago.")
        return held

    def clean_file(self):
        """Refuse what is no PDF or picture, or too large."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 10 MB. Take a smaller picture.")
        try:
            type_of(file)
        except NotEvidence as error:
            raise forms.ValidationError(str(error)) from None
        return file

    def clean(self) -> dict:
        """Ask for some time, and for a file or a link."""
        cleaned = super().clean() or self.cleaned_data
        minutes = 60 * (cleaned.get("hours") or 0) + (cleaned.get("rest") or 0)
        if "hours" in cleaned and not 0 < minutes <= MOST_MINUTES:
            self.add_error("hours", "Say how long it took, 100 hours at most.")
        cleaned["minutes"] = minutes
        has_file = cleaned.get("file") or self.instance.evidence
        if not has_file and not cleaned.get("link") and not {"file", "link"} & self.errors.keys():
            self.add_error("file", "Add the certificate, or a link that shows it.")
        return cleaned


class AnswerForm(forms.Form):
    """A coordinator's answer to a claim."""

    course: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Equal to a session of the look book",
        queryset=CoursePage.objects.none(),
        required=False,
        empty_label="None: it counts for itself",
        help_text="Then that session counts as done, and paths leave it out.",
    )
    why = forms.CharField(
        label="A word to the teacher",
        max_length=300,
        required=False,
        help_text="Needed when you send it back: what is missing?",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sessions = live_sessions().order_by("title").only("title")
        cast(forms.ModelChoiceField, self.fields["course"]).queryset = sessions
