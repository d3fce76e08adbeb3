"""Dates and hours as coaches type them: by the clock on the wall of their district."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from wagtail.admin import widgets
from wagtail.admin.forms.models import register_form_field_override

from .times import NoSuchHour, moment_of


class WallDateTimeField(forms.DateTimeField):
    """Refuses an hour that the clocks skip, by name; takes the first of one that comes twice."""

    def to_python(self, value) -> datetime | None:
        """Return the moment when clocks of the current zone show this."""
        with timezone.override(UTC):  # read as it was typed; its zone comes below
            typed = super().to_python(value)
        if typed is None or (isinstance(value, datetime) and timezone.is_aware(value)):
            return typed
        try:
            zone = ZoneInfo(timezone.get_current_timezone_name())
            return moment_of(typed.replace(tzinfo=None), zone)
        except NoSuchHour as refusal:
            raise ValidationError(str(refusal), code="no-such-hour") from refusal


def read_by_the_wall() -> None:
    """Let every form of the CMS read dates and hours so."""
    register_form_field_override(
        models.DateTimeField,
        override={"widget": widgets.AdminDateTimeInput, "form_class": WallDateTimeField},
    )
