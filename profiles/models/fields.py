"""A short list of choices in one column."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple, TypedMultipleChoiceField


class ChoiceListField(models.JSONField):
    """A list of values out of `choices`, stored as JSON in the order given, each once.

    Kept as one column because it is always read whole, with its row; what must be searched by
    value is a relation instead.
    """

    def __init__(self, *args, choices=None, **kwargs):
        self.list_choices = list(choices or [])
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, list):
            raise ValidationError("A list is expected.")
        allowed = {choice for choice, _ in self.list_choices}
        if unknown := [item for item in value if item not in allowed]:
            raise ValidationError(f"Not one of the choices: {', '.join(map(str, unknown))}.")
        if len(set(value)) != len(value):
            raise ValidationError("One value stands twice.")

    def formfield(self, **kwargs):
        options: dict[str, Any] = {
            "required": not self.blank,
            "label": self.verbose_name.capitalize(),
            "help_text": self.help_text,
            "widget": CheckboxSelectMultiple,
            "choices": self.list_choices,
        }
        options.update(kwargs)
        options.pop("encoder", None)
        options.pop("decoder", None)
        return TypedMultipleChoiceField(**options)
