"""What a coach's form of a session checks beyond its fields."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm

from profiles.choices import Format


class SessionForm(WagtailAdminPageForm):
    """Asks for the minutes in plain words, and refuses sessions that wait for each other."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "minutes" in self.fields:
            self.fields["minutes"].error_messages["required"] = (
                "Say how long it takes before you publish it: teachers plan their time by it."
            )

    def defer_required_fields(self) -> None:
        """Let a draft lack what publishing asks for, but not while a colleague reviews it.

        Their approval publishes it, from a list too, where no form could say what is missing.
        """
        if not (self.instance.pk and self.instance.workflow_in_progress):
            super().defer_required_fields()

    def clean(self) -> dict:
        """Refuse a rule that nobody could ever meet."""
        cleaned = super().clean() or self.cleaned_data
        asked = cleaned.get("completion_rule") or []
        body = cleaned.get("body") or []
        if "check" in asked and not any(block.block_type == "check" for block in body):
            words = "The rule asks for quick checks, and the body has none."
            self.add_error("completion_rule", words)
        if "attended" in asked and cleaned.get("format") != Format.LIVE:
            words = "Only a live session has dates that somebody can attend."
            self.add_error("completion_rule", words)
        if "task" in asked and "task" in self.fields and not cleaned.get("task"):
            self.add_error("task", "Say what to hand in: the rule asks for it.")
        return cleaned

    def is_valid(self) -> bool:
        """Look at the rows below the page too, once all of them were read."""
        return super().is_valid() and self._has_no_circle()

    def _rows(self, name: str) -> list:
        """Return the forms of rows that are to be kept."""
        formset = self.formsets.get(name)
        return [
            form
            for form in (formset.forms if formset is not None else ())
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    def _has_no_circle(self) -> bool:
        """Refuse a required session that itself requires this one, however far back."""
        is_valid = True
        for form in self._rows("prerequisites"):
            before = form.cleaned_data.get("before")
            if before is None:
                continue
            if before.pk == self.instance.pk:
                form.add_error("before", "A session can't come before itself.")
                is_valid = False
            elif form.cleaned_data.get("is_required") and self.instance.pk in before.required_ids():
                form.add_error(
                    "before", "That session requires this one, so nobody could take either."
                )
                is_valid = False
        return is_valid
