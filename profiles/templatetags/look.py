"""What every screen is drawn with: the main navigation, icons, parts of the page."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..choices import Role

register = template.Library()

#: Who sees which door, in the order it stands in the header.
DOORS = (
    ({Role.TEACHER}, "My path", "plans:path", ()),
    ({Role.COORDINATOR, Role.LEADER}, "Completion", "insights:completion", ()),
    ({Role.COORDINATOR}, "Requirements", "courses:requirements", ()),
    ({Role.COORDINATOR}, "Credit", "courses:credit", ()),
    (set(Role), "Look book", "wagtail_serve", ("",)),
    ({Role.TEACHER}, "Calendar", "courses:calendar", ()),
    ({Role.COORDINATOR}, "School year", "profiles:year", ()),
    ({Role.TEACHER}, "Record", "courses:record", ()),
    ({Role.TEACHER}, "Closet", "profiles:closet", ()),
    ({Role.COORDINATOR}, "Imports", "profiles:imports", ()),
    ({Role.COORDINATOR}, "Help desks", "profiles:feeds", ()),
    ({Role.COORDINATOR}, "Claims", "courses:claims", ()),
    ({Role.COORDINATOR}, "Forecast", "insights:forecast", ()),
    ({Role.COACH}, "At the door", "courses:door", ()),
    ({Role.COACH}, "CMS", "wagtailadmin_home", ()),
)

#: So many doors stand in one line on a phone; of more, the first few do and the rest is behind
#: "More". On a desk so many stand in one line.
MOST_ALWAYS, FEW_ALWAYS, MOST_WIDE = 5, 2, 8

#: Strokes on a 24 by 24 grid, drawn with the colour and size of the text around them.
ICONS = {
    "check": "M4.5 12.5 10 18 19.5 6.5",
    "lock": "M6.5 11V8a5.5 5.5 0 0 1 11 0v3M5 11h14v9H5zM12 14.5v2.5",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2",
    "arrow": "M5 12h14M13 6l6 6-6 6",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "down": "M6 9.5l6 6 6-6",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
    "calendar": "M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.5v.2",
    "warning": "M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.2",
    "swap": "M4 8.5h14M14.5 5l3.5 3.5-3.5 3.5M20 15.5H6M9.5 12 6 15.5 9.5 19",
    "print": "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
}


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """Return one of our icons; decoration only, the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag(takes_context=True)
def doors(context: template.Context) -> list[dict]:
    """Return the links of the main navigation that this visitor's roles open."""
    request: HttpRequest | None = context.get("request")
    held = {Role(role) for role in context.get("roles", ())}
    found = []
    for roles, label, name, args in DOORS:
        if not roles & held:
            continue
        try:
            url = reverse(name, args=args)
        except NoReverseMatch:
            continue
        here = request.path if request is not None else ""
        found.append({"url": url, "label": label, "is_here": here.startswith(url)})
    for number, link in enumerate(found):
        link["place"] = place_of(number, len(found))
    return found


def place_of(number: int, count: int) -> str:
    """Return where a door stands: "always" in the line, in it where there is room ("wide"), or
    always behind "More"."""
    if count <= MOST_ALWAYS:
        return "always"
    if number < FEW_ALWAYS:
        return "always"
    return "wide" if count <= MOST_WIDE or number < MOST_WIDE - 1 else "more"


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, page: int) -> str:
    """Return the address of another page of the list that is shown, its filters kept."""
    query = context["request"].GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"
