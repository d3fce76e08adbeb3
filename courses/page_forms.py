"""What a coach's form of a session checks beyond its fields."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm


class SessionForm(WagtailAdminPageForm):
    """Asks for the minutes in plain words, and refuses rows that contradict each other."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "minutes" in self.fields:
            self.fields["minutes"].error_messages["required"] = (
                "Say how long it takes before you publish it: teachers plan their time by it."
            )

    def is_valid(self) -> bool:
        """Look at the rows below the page once all of them were read."""
        is_valid = super().is_valid()
        if self.is_bound:
            for name, field, twice in (
                ("taught_skills", "skill", "This skill stands here twice."),
                ("prerequisites", "before", "This session stands here twice."),
            ):
                is_valid &= self._each_once(name, field, twice)
            is_valid &= self._comes_after_itself()
        return is_valid

    def _rows(self, name: str) -> list:
        """Return the forms of rows that are to be kept and could be read."""
        formset = self.formsets.get(name)
        return [
            form
            for form in (formset.forms if formset is not None else ())
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]

    def _each_once(self, name: str, field: str, twice: str) -> bool:
        seen, is_valid = set(), True
        for form in self._rows(name):
            value = form.cleaned_data.get(field)
            if value is not None and value in seen:
                form.add_error(field, twice)
                is_valid = False
            seen.add(value)
        return is_valid

    def _comes_after_itself(self) -> bool:
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
