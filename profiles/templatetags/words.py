"""Plain words for numbers and dates on screen. A template builtin: no {% load %} is needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..choices import DayKind, Format, Grade, GradeBand, Level, Slot, Subject, TicketKind

register = template.Library()

CHOICES = {
    "day": DayKind,
    "format": Format,
    "grade": Grade,
    "grade band": GradeBand,
    "level": Level,
    "slot": Slot,
    "subject": Subject,
    "ticket kind": TicketKind,
}


@register.filter
def hours(minutes: int | None) -> str:
    """Return minutes as "45 min", "2 h" or "3 h 40 min"."""
    if minutes is None:
        return ""
    whole, rest = divmod(int(minutes), 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest else f"{whole} h"


@register.filter
def names(values: Iterable[str], kind: str) -> str:
    """Return stored choice values as a reader knows them: "Grade 6, Grade 7"."""
    known = dict(CHOICES[kind].choices)
    return ", ".join(str(known.get(value, value)) for value in values)


@register.filter
def day(when: date | datetime | None, form: str = "") -> SafeString | str:
    """Return a day as "Thu 3 Dec", as "3 December 2026" (long) or "3 Dec 2026" (short)."""
    if when is None:
        return ""
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    month = f"{local:%B}" if form == "long" else f"{local:%b}"
    text = f"{month} {local.year}" if form else month
    weekday = "" if form else f"{local:%a} "
    return format_html(
        '<time datetime="{}">{}{} {}</time>', local.strftime("%Y-%m-%d"), weekday, local.day, text
    )


@register.filter
def clock(when: datetime | None) -> str:
    """Return a time of day in the district as "3:30 pm"."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"
