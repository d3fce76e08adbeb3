"""Plain words for numbers and dates on screen. A template builtin: no {% load %} is needed."""

from django import template

register = template.Library()


@register.filter
def hours(minutes: int | None) -> str:
    """Return minutes as "45 min", "2 h" or "3 h 40 min"."""
    if minutes is None:
        return ""
    whole, rest = divmod(int(minutes), 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest else f"{whole} h"
